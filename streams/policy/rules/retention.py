"""How old the reads are: Special Order 31 hides them after two years and deletes them after five."""

from datetime import datetime

from streams.policy.case import Case
from streams.policy.decision import Reason
from streams.policy.durations import Duration
from streams.policy.policy_in_force import AGENCY_ZONE
from streams.policy.reasons import refuse
from streams.policy.vocabulary import ReasonCode


def retention_exceeded(case: Case) -> Reason | None:
    """What should have been deleted for good is not released (Special Order 31)."""
    field = _first_over(case, case.policy.retained_for)
    if field is None:
        return None
    message = f"reaches back beyond permanent deletion after `{case.policy.policy.retained_for}`"
    return refuse(ReasonCode.RETENTION_EXCEEDED, field, message)


def logically_deleted(case: Case) -> Reason | None:
    """What only the system's administrator may still see is not released (Special Order 31)."""
    field = _first_over(case, case.policy.visible_for)
    if field is None:
        return None
    message = f"reaches back beyond logical deletion after `{case.policy.policy.visible_for}`"
    return refuse(ReasonCode.LOGICALLY_DELETED, field, message)


def _first_over(case: Case, span: Duration) -> str | None:
    start = case.request.selector.window_from
    if start is not None and _is_over(span, start, case.now):
        return "selector.window_from"
    if any(_is_over(span, record.captured_at, case.now) for record in case.request.records):
        return "records"
    return None


def _is_over(span: Duration, start: datetime, now: datetime) -> bool:
    return span.is_over(start, now, AGENCY_ZONE)
