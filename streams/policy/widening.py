"""What a change of the books lets through that was not let through before; nothing when it only narrows.

A widening takes two people, a narrowing one, at once: whoever has to stop something must not wait. What is
not plainly a narrowing counts as a widening, and the words of a contract count as they are, not as they might
be meant. Nobody gains by a version that grants nothing, whatever else is changed in it.

Source: State Auditor 2019-118, recommendation 32 (approvals that were a click of one person).
"""

from collections.abc import Iterator, Mapping
from dataclasses import fields, replace

from streams.policy.agency_policy import AgencyPolicy, Extension
from streams.policy.agreement import Agreement
from streams.policy.durations import parse_duration
from streams.policy.entity import Entity
from streams.policy.evidence_hold import EvidenceHold
from streams.policy.live_terms import wider_parts
from streams.policy.processor import Processor
from streams.policy.user import Authorisation, User
from streams.policy.vocabulary import (
    AgreementStatus,
    EntityStatus,
    EvidenceHoldStatus,
    ProcessorStatus,
    UserStatus,
)

ALL_NETWORKS = ("*",)
EVERYTHING = "everything"
# A list of which less is narrower.
_LISTS = ("data_types", "scopes", "purposes", "fields", "fulfilments")
# What an agreement says besides them; compared by what it is, for no order of contracts is known.
_TERMS = (
    "entity_id", "zone", "clause_reference", "clause_text", "contract_digest", "counterparty_signatory",
    "contract_reviewed", "need_evaluation", "signed_by", "volume_budget", "origin",
)  # fmt: skip
_POLICY_DURATIONS = (
    "visible_for", "retained_for", "clock_skew", "request_max_age", "hold_deadline", "max_window",
)  # fmt: skip


def agreement_gains(before: Agreement | None, after: Agreement) -> tuple[str, ...]:
    """Return the fields by which the later version grants more, in the order of the record."""
    if after.status is not AgreementStatus.ACTIVE:
        return ()
    if before is None or before.status is not AgreementStatus.ACTIVE:
        return (EVERYTHING,)
    wider = set(_agreement_gains(before, after))
    return tuple(field.name for field in fields(Agreement) if field.name in wider)


def _agreement_gains(before: Agreement, after: Agreement) -> Iterator[str]:
    if after.version > before.version + 1:
        # One person could use up the numbers, and nobody could revoke it any more.
        yield "version"
    if after.start < before.start:
        yield "start"
    if after.end > before.end:
        yield "end"
    yield from (name for name in _LISTS if not set(getattr(after, name)) <= set(getattr(before, name)))
    yield from (name for name in _TERMS if getattr(after, name) != getattr(before, name))
    if after.obligations[: len(before.obligations)] != before.obligations:
        # What is owed besides narrows; another date or other words for what was owed may not.
        yield "obligations"
    # A star among names is none of either (see `streams.policy.terms`).
    if before.networks != ALL_NETWORKS and not set(after.networks) <= set(before.networks) - set(
        ALL_NETWORKS
    ):
        yield "networks"
    if not _is_no_longer(before.max_record_age, after.max_record_age):
        yield "max_record_age"
    yield from _live_gains(before, after)
    if after.onward_sharing_prohibited and not before.onward_sharing_prohibited:
        # Without the clause it granted nothing.
        yield "onward_sharing_prohibited"
    if not set(before.risk_flags) <= set(after.risk_flags):
        yield "risk_flags"


def _live_gains(before: Agreement, after: Agreement) -> Iterator[str]:
    if after.live_feed and not before.live_feed:
        yield "live_feed"
    if wider_parts(before.live_terms, after.live_terms):
        yield "live_terms"


def entity_gains(before: Entity | None, after: Entity) -> tuple[str, ...]:
    """Return the fields by which the later version may receive more: any that differs, but `inactive`.

    An alias counts, and one fewer too: whoever is spoken of by it is no longer recognised.
    """
    if before is None:
        return (EVERYTHING,)
    if after == replace(before, status=EntityStatus.INACTIVE):
        return ()
    return tuple(
        field.name for field in fields(Entity) if getattr(after, field.name) != getattr(before, field.name)
    )


def policy_gains(before: AgencyPolicy | None, after: AgencyPolicy) -> tuple[str, ...]:
    """Return the fields by which the later version lets more through."""
    if before is None:
        return (EVERYTHING,)
    wider = set(_policy_gains(before, after))
    return tuple(field.name for field in fields(AgencyPolicy) if field.name in wider)


def _policy_gains(before: AgencyPolicy, after: AgencyPolicy) -> Iterator[str]:
    if after.agency != before.agency:
        yield "agency"
    if not set(after.purposes) <= set(before.purposes):
        yield "purposes"
    yield from (
        name for name in _POLICY_DURATIONS if not _is_no_longer(getattr(before, name), getattr(after, name))
    )
    if before.require_case_number and not after.require_case_number:
        yield "require_case_number"
    if not _has_all_words(after.screening, before.screening):
        yield "screening"
    if after.obligation_grace_days > before.obligation_grace_days:
        yield "obligation_grace_days"
    if not all(_is_within_any(extension, before.extensions) for extension in after.extensions):
        yield "extensions"


def hold_gains(before: EvidenceHold | None, after: EvidenceHold) -> tuple[str, ...]:
    """Return the fields by which the later version of an evidence hold lifts more."""
    if after.status is EvidenceHoldStatus.RELEASED:
        return ()
    if before is None or before.status is not EvidenceHoldStatus.ACTIVE:
        return (EVERYTHING,)
    steps = {"version"} if after.version <= before.version + 1 else set()
    return tuple(
        field.name
        for field in fields(EvidenceHold)
        if field.name not in steps and getattr(after, field.name) != getattr(before, field.name)
    )


def processor_gains(before: Processor | None, after: Processor) -> tuple[str, ...]:
    """Return the fields by which the later version has more on record: any that differs, but `ended`.

    Nothing is ever forwarded to a processor. What counts is that nobody alone puts on record, and on the
    public page, who holds the agency's data and that the contract was reviewed.
    """
    if after.status is ProcessorStatus.ENDED:
        return ()
    if before is None or before.status is not ProcessorStatus.ACTIVE:
        return (EVERYTHING,)
    return tuple(
        field.name for field in fields(Processor) if getattr(after, field.name) != getattr(before, field.name)
    )


def user_gains(before: User | None, after: User) -> tuple[str, ...]:
    """Return the fields by which the later version lets the user do more.

    A later sign of activity counts too: it may bring back who had to be reoriented.
    """
    if after.status is not UserStatus.ACTIVE:
        return ()
    if before is None or before.status is not UserStatus.ACTIVE:
        return (EVERYTHING,)
    wider = set(_user_gains(before, after))
    return tuple(field.name for field in fields(User) if field.name in wider)


def _user_gains(before: User, after: User) -> Iterator[str]:
    for name in ("user_id", "entity_id"):
        if getattr(after, name) != getattr(before, name):
            yield name
    if not _is_no_wider(before.authorised, after.authorised):
        yield "authorised"
    for name in ("trained_at", "reoriented_at", "last_active_at"):
        # Taken away is the only change that plainly narrows: an earlier date may be one that counts at last.
        if getattr(after, name) not in {None, getattr(before, name)}:
            yield name


def _is_no_wider(before: Authorisation | None, after: Authorisation | None) -> bool:
    if after is None or after == before:
        return True
    if before is None or after.until is None:
        return False
    sooner = before.until is None or after.until <= before.until
    return sooner and after == replace(before, until=after.until)


def _has_all_words(after: Mapping[str, tuple[str, ...]], before: Mapping[str, tuple[str, ...]]) -> bool:
    return all(set(words) <= set(after.get(category, ())) for category, words in before.items())


def _is_within_any(extension: Extension, known: tuple[Extension, ...]) -> bool:
    return any(
        one.start <= extension.start
        and extension.end <= one.end
        and extension == replace(one, start=extension.start, end=extension.end)
        for one in known
    )


def _is_no_longer(before: str, after: str) -> bool:
    """Tell whether the later duration is plainly no longer on any calendar; what cannot be read is not."""
    if before == after:
        return True
    earlier, later = parse_duration(before), parse_duration(after)
    if earlier is None or later is None:
        return False
    # Part by part: a month may have 28 days or 31, so months and days are not weighed against each other.
    return later.months <= earlier.months and later.days <= earlier.days and later.exact <= earlier.exact
