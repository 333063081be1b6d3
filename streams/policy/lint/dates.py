"""What of an agreement has come due, or will within the horizon: its end, its review, its obligations."""

from collections.abc import Iterator
from datetime import datetime, timedelta, tzinfo

from streams.policy.agreement import Agreement
from streams.policy.duties import duties_of
from streams.policy.lint.finding import Check, Finding, finding_of
from streams.policy.policy_in_force import AGENCY_ZONE
from streams.policy.terms import zone_of
from streams.policy.vocabulary import AgreementStatus


def date_findings(agreement: Agreement, now: datetime, horizon: timedelta) -> Iterator[Finding]:
    """Yield what is over and what soon will be; days are those of the agreement's zone."""
    zone = zone_of(agreement.zone) or AGENCY_ZONE
    yield from _term(agreement, now, horizon, zone)
    yield from _review(agreement, now, horizon, zone)
    for duty in duties_of(agreement, zone_of(agreement.zone)):
        field, day = f"obligations[{duty.place}]", duty.due.isoformat()
        if duty.is_overdue(now):
            message = f"`{duty.kind}` was due on {day}, and nothing on record says that it was met"
            yield finding_of(agreement, Check.OBLIGATION_OVERDUE, field, message)
        elif not duty.is_met(now) and duty.overdue_at - now <= horizon:
            yield finding_of(agreement, Check.OBLIGATION_DUE, field, f"`{duty.kind}` is due on {day}")


def _term(agreement: Agreement, now: datetime, horizon: timedelta, zone: tzinfo) -> Iterator[Finding]:
    day = f"{agreement.end.astimezone(zone):%Y-%m-%d}"
    if agreement.end <= now:
        if agreement.status is AgreementStatus.ACTIVE:
            message = f"its term ended on {day}, and its status is still active"
            yield finding_of(agreement, Check.ENDED, "end", message)
    elif agreement.end - now <= horizon:
        yield finding_of(agreement, Check.EXPIRING, "end", f"its term ends on {day}")


def _review(agreement: Agreement, now: datetime, horizon: timedelta, zone: tzinfo) -> Iterator[Finding]:
    review = agreement.contract_reviewed
    # After its end no review is owed.
    if review is None or agreement.end <= now:
        return
    day = f"{review.due.astimezone(zone):%Y-%m-%d}"
    # Before its term begins nothing can leave, reviewed or not.
    if review.at > max(now, agreement.start):
        message = f"its review is dated {review.at.astimezone(zone):%Y-%m-%d}, after its term begins"
        yield finding_of(agreement, Check.REVIEW_OVERDUE, "contract_reviewed.at", message)
    if review.due <= now:
        message = f"its review was due on {day}, so the gate blocks"
        yield finding_of(agreement, Check.REVIEW_OVERDUE, "contract_reviewed.due", message)
    elif review.due - now <= horizon:
        yield finding_of(agreement, Check.REVIEW_DUE, "contract_reviewed.due", f"its review is due on {day}")
