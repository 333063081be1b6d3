"""What some cases have exercised: reasons that were given, and parts of agreements that were used.

A part of an agreement is a purpose, a data type or a scope that it allows; a case exercises it when a request
that asks for it is forwarded under the agreement. What no case exercises nobody has looked at.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from streams.policy.agreement import Agreement
from streams.policy.reasons import OF_NO_REQUEST
from streams.policy.vocabulary import AgreementStatus, ReasonCode, Verdict
from streams.rehearsal.case_ground import Ground
from streams.rehearsal.case_running import Run


class Part(NamedTuple):
    """One thing that an agreement allows: `what` is `purpose`, `data type` or `scope`."""

    agreement_id: str
    what: str
    word: str

    def __str__(self) -> str:
        return f"{self.agreement_id}: {self.what} {self.word}"


@dataclass(frozen=True, slots=True)
class Coverage:
    """Of each kind what there is and what some case exercised."""

    codes: frozenset[ReasonCode]
    given: frozenset[ReasonCode]
    parts: frozenset[Part]
    used: frozenset[Part]

    @property
    def percent_of_rules(self) -> float:
        """Return how many of a hundred reason codes some case gives."""
        return _percent(len(self.given), len(self.codes))

    @property
    def percent_of_agreements(self) -> float:
        """Return how many of a hundred parts of agreements some forward uses."""
        return _percent(len(self.used), len(self.parts))


def coverage_of(runs: Iterable[Run], ground: Ground) -> Coverage:
    """Return what the runs exercise of all rules, and of the active agreements of the base."""
    runs = tuple(runs)
    parts = frozenset(part for agreement in ground.books({}).agreements() for part in _parts(agreement))
    return Coverage(
        codes=frozenset(ReasonCode) - OF_NO_REQUEST,
        given=frozenset(reason.code for run in runs for reason in run.decision.reasons),
        parts=parts,
        used=parts.intersection(part for run in runs for part in _used(run)),
    )


def _parts(agreement: Agreement) -> Iterator[Part]:
    if agreement.status is AgreementStatus.ACTIVE:
        yield from _named(agreement.agreement_id, agreement.purposes, agreement.data_types, agreement.scopes)


def _used(run: Run) -> Iterator[Part]:
    decision, request = run.decision, run.request
    if decision.verdict is Verdict.FORWARD and decision.agreement_id is not None:
        purposes = () if request.purpose_code is None else (request.purpose_code,)
        yield from _named(decision.agreement_id, purposes, request.data_types, request.scopes)


def _named(
    agreement_id: str, purposes: Iterable[str], data_types: Iterable[str], scopes: Iterable[str]
) -> Iterator[Part]:
    for what, words in (("purpose", purposes), ("data type", data_types), ("scope", scopes)):
        yield from (Part(agreement_id, what, str(word)) for word in words)


def _percent(part: int, whole: int) -> float:
    # Of nothing all is covered.
    return 100.0 * part / whole if whole else 100.0
