"""Asks the rules: first of the request, then of each agreement the recipient may use."""

from collections.abc import Sequence
from dataclasses import dataclass

from streams.policy.case import Case
from streams.policy.decision import Reason
from streams.policy.rules import AGREEMENT_RULES, REQUEST_RULES
from streams.policy.rules.agreement import no_agreement
from streams.policy.terms import Terms


@dataclass(frozen=True, slots=True)
class Judgement:
    """All that failed, in rule order, and the agreement that satisfies or comes nearest."""

    reasons: tuple[Reason, ...]
    terms: Terms | None


def judge(case: Case) -> Judgement:
    """Return what the rules say.

    INVARIANT: without a reason there is one agreement that alone satisfies every agreement rule.
    """
    failures = [reason for _, rule in REQUEST_RULES if (reason := rule(case)) is not None]
    lacking, terms = nearest(case, () if case.standing is None else case.standing.terms)
    return Judgement((*failures, *lacking), terms)


def nearest(case: Case, candidates: Sequence[Terms]) -> tuple[tuple[Reason, ...], Terms | None]:
    """Return the agreement with the fewest failures, ties by id, and its failures; none is a failure."""
    best: tuple[tuple[Reason, ...], Terms] | None = None
    for terms in candidates:
        lacking = failures_of(case, terms)
        if not lacking:
            return (), terms
        if best is None or len(lacking) < len(best[0]):
            best = lacking, terms
    return best if best is not None else ((no_agreement(case),), None)


def failures_of(case: Case, terms: Terms) -> tuple[Reason, ...]:
    """Return every agreement rule that this one agreement fails, in rule order."""
    return tuple([reason for _, rule in AGREEMENT_RULES if (reason := rule(case, terms)) is not None])
