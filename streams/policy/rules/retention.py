"""How old the reads are: Special Order 31 hides them after two years and deletes them after five.

Two limits of the order, each with a code: after two years a read is logically deleted, seen by the system's
administrator alone; after five years, a day and a minute it is gone for good. Both are the policy's
(`visible_for`, `retained_for`, ISO 8601) on the agency's calendar. An audit export holds searches that
reached back up to 524 days where reads were to be kept for thirty, so the start of the window is what counts.

Longer only as evidence: what evidence holds of the request's own case name is released however old it is, and
nothing else is (`streams.policy.evidence_cover`). They lift these two reasons and no other.

Not here: the access records, which are kept for at least five years from their own date.
"""

from streams.policy.case import Case
from streams.policy.decision import Reason
from streams.policy.durations import Duration
from streams.policy.evidence_cover import Limit, unnamed_field
from streams.policy.policy_in_force import AGENCY_ZONE
from streams.policy.reasons import refuse
from streams.policy.vocabulary import ReasonCode


def retention_exceeded(case: Case) -> Reason | None:
    """What should have been deleted for good is not released (Special Order 31).

    A louder alert than the next: such a read ought not to exist. Reads so old are logically deleted too, so
    both codes stand on the record.
    """
    # Of the oldest read: to look at the newest would let a long window carry the rest out.
    field = _field_over(case, case.policy.retained_for)
    if field is None:
        return None
    message = f"reaches back beyond permanent deletion after `{case.policy.policy.retained_for}`"
    return refuse(ReasonCode.RETENTION_EXCEEDED, field, message)


def logically_deleted(case: Case) -> Reason | None:
    """What only the system's administrator may still see is not released (Special Order 31).

    A window that starts too early is refused, never clipped: a shorter one would answer another question than
    was asked.
    """
    field = _field_over(case, case.policy.visible_for)
    if field is None:
        return None
    message = f"reaches back beyond logical deletion after `{case.policy.policy.visible_for}`"
    return refuse(ReasonCode.LOGICALLY_DELETED, field, message)


def _field_over(case: Case, span: Duration) -> str | None:
    """Return the field that reaches back beyond the span to what no evidence hold names, or None."""
    # The oldest read decides for all, for a window is refused and never clipped to what is left of it.
    if case.age is None or case.oldest is None or case.age < span.shortest:
        return None
    if not span.is_over(case.oldest, case.now, AGENCY_ZONE):
        return None
    covers = case.books.evidence_of(case.request.case_number, case.now)
    if not covers:
        return case.oldest_field
    return unnamed_field(case.request, covers, Limit(span, case.now, AGENCY_ZONE))
