"""What the security team is told as time goes by, although nobody has asked for anything.

An obligation whose day is over, an agreement that lets nothing through because of it, a review that is due, a
vendor's share that nobody has closed: one notice for each with its date. All of them follow from the books,
the ones to come too, so that whoever tells them has only to look at the clock.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from streams.policy.alert import Alert, Severity, make_alert
from streams.policy.books import Books
from streams.policy.digest import derived_id
from streams.policy.reasons import ROWS
from streams.policy.tasks import Cause, Task, agreement_task, entity_tasks
from streams.policy.terms import Terms
from streams.policy.vocabulary import AgreementStatus, EntityId, ReasonCode

_C = ReasonCode
# Named here because looking a member up on its enum costs as much as the rest of it.
_ACTIVE = AgreementStatus.ACTIVE
# Python's calendar ends a little later.
_LATEST = datetime(9998, 1, 1, tzinfo=UTC)
_CODES = {
    Cause.REVOKED: _C.AGREEMENT_REVOKED,
    Cause.SUSPENDED: _C.AGREEMENT_SUSPENDED,
    Cause.EXPIRED: _C.AGREEMENT_EXPIRED,
    Cause.INACTIVE: _C.RECIPIENT_UNRESOLVED,
}


class NoticeKind(StrEnum):
    """What a notice is about."""

    OVERDUE = "overdue"
    STOPPED = "stopped"
    REVIEW = "review"
    TASK = "task"


_RUNBOOK = {
    NoticeKind.OVERDUE: "alprgateagreementoverdue",
    NoticeKind.STOPPED: "alprgateagreementstopped",
    NoticeKind.REVIEW: "alprgateagreementstopped",
    NoticeKind.TASK: "alprgatetaskopen",
}


class Notice(NamedTuple):
    """One notice, true in `[at, until)`; instants are UTC.

    `subject` is the key of an entry of the books. `due` is the date that it goes by: that of the obligation
    or of the review, or when the task was opened. `what` is the kind of the obligation or the cause of the
    task.
    """

    at: datetime
    until: datetime
    kind: NoticeKind
    subject: str
    what: str
    due: datetime
    entity_id: EntityId


class Notices(NamedTuple):
    """The notices of some books, each once, the earliest first; before `complete_until` there are no more."""

    known: tuple[Notice, ...]
    complete_until: datetime


def notices_of(books: Books, grace_days: int, patience: timedelta, now: datetime) -> Notices:
    """Return the notices of all in which something has come due by `now`; the others are quiet so long.

    Thousands are quiet where a few are not, and nobody waits while their notices are made. A task is told of
    once it is open for longer than `patience`.
    """
    found = [_of_task(task, patience) for task in entity_tasks(books)]
    complete_until = _LATEST
    for terms in books.all_terms():
        if terms.status is _ACTIVE and now < terms.quiet_until:
            complete_until = min(complete_until, terms.quiet_until)
            continue
        found += dict.fromkeys(_of_terms(terms, grace_days))
        task = agreement_task(terms.agreement, books)
        if task is not None:
            found.append(_of_task(task, patience))
    return Notices(tuple(sorted(found)), complete_until)


def _of_terms(terms: Terms, grace_days: int) -> Iterator[Notice]:
    # What is owed is owed after the end too: a certificate of deletion above all.
    if not terms.is_concluded:
        return
    entity_id, subject = terms.agreement.entity_id, f"agreement/{terms.agreement_id}"
    is_active = terms.status is _ACTIVE
    for duty in terms.duties:
        met = duty.met_at or _LATEST
        due, stops = duty.overdue_at, duty.stops_at(grace_days)
        yield Notice(due, met, NoticeKind.OVERDUE, subject, duty.kind, due, entity_id)
        if is_active and stops < terms.end:
            end = min(met, terms.end)
            yield Notice(stops, end, NoticeKind.STOPPED, subject, duty.kind, due, entity_id)
    review_due = terms.review_due
    if is_active and review_due is not None and review_due < terms.end:
        yield Notice(review_due, terms.end, NoticeKind.REVIEW, subject, "review", review_due, entity_id)


def _of_task(task: Task, patience: timedelta) -> Notice:
    at = min(task.opened_at, _LATEST) + patience
    return Notice(at, _LATEST, NoticeKind.TASK, task.subject, task.cause, task.opened_at, task.entity_id)


def notice_alert(notice: Notice, agency: EntityId, now: datetime) -> Alert:
    """Return the alert that tells it; one for each subject and date, whoever tells it and how often."""
    kind, code = notice.kind, _code(notice)
    row = ROWS[code]
    # In the days of grace nothing is stopped, so it is told less loudly.
    severity = Severity.LOW if kind is NoticeKind.OVERDUE else row.severity or Severity.MEDIUM
    name = f"{kind}\n{notice.subject}\n{notice.what}\n{notice.due.timestamp()}"
    return make_alert(
        alert_id=derived_id(f"alert\n{name}"),
        kind=code,
        severity=severity,
        tier=row.tier,
        decision_ids=(),
        entity_id=notice.entity_id,
        organisation=agency,
        user_pseudonym="",
        summary=f"{_words(notice)} ({row.clause})",
        count=1,
        window_from=notice.due,
        window_to=now,
        runbook=f"docs/runbook.md#{_RUNBOOK[kind]}",
    )


def _code(notice: Notice) -> ReasonCode:
    match notice.kind:
        case NoticeKind.TASK:
            return _CODES[Cause(notice.what)]
        case NoticeKind.REVIEW:
            return _C.AGREEMENT_REVIEW_OVERDUE
        case _:
            return _C.OBLIGATION_OVERDUE


def _words(notice: Notice) -> str:
    subject, when = f"`{notice.subject}`", notice.due.isoformat()
    match notice.kind:
        case NoticeKind.OVERDUE:
            return (
                f"`{notice.what}` under {subject} is overdue since {when}, and nothing says that it was met"
            )
        case NoticeKind.STOPPED:
            return f"{subject} lets nothing through: `{notice.what}` is overdue since {when}, grace is over"
        case NoticeKind.REVIEW:
            return f"{subject} lets nothing through: its review was due at {when}"
        case NoticeKind.TASK:
            return (
                f"{subject} is {notice.what} since {when}, and nobody has confirmed that the vendor's share "
                f"with `{notice.entity_id}` is closed"
            )
