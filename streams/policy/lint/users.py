"""Which users of the book may not push at all, and which soon will not.

Source: Special Order 31 (authorised in writing, trained, reoriented after a year of inactivity); State
Auditor 2019-118 (accounts that nobody looked after).
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from streams.policy.lint.register_finding import RegisterCheck, RegisterFinding, error, in_order, warning
from streams.policy.policy_in_force import AGENCY_ZONE
from streams.policy.user import Lack, User, is_authorised, lacks_of, reorientation_due
from streams.policy.vocabulary import UserStatus

_LACKS = {
    Lack.NOT_AUTHORISED: (RegisterCheck.NOT_AUTHORISED, "authorised"),
    Lack.NOT_TRAINED: (RegisterCheck.NOT_TRAINED, "trained_at"),
    Lack.NOT_ORIENTED: (RegisterCheck.REORIENTATION_OVERDUE, "last_active_at"),
}


def lint_users(users: Iterable[User], now: datetime, horizon: timedelta) -> tuple[RegisterFinding, ...]:
    """Return the findings at `now`, errors first; `horizon` is how far ahead ends are told.

    Of whom is suspended nothing is said: they can do nothing, and may lack anything.
    """
    found: list[RegisterFinding] = []
    for user in users:
        if user.status is not UserStatus.SUSPENDED:
            found += _lacking(user, now)
            found += _ending(user, now, horizon)
    return in_order(found)


def _lacking(user: User, now: datetime) -> Iterator[RegisterFinding]:
    for lack in lacks_of(user, now):
        if lack in _LACKS:
            check, field = _LACKS[lack]
            yield error(check, user.user_id, field, f"{lack}, so pushes are blocked")


def _ending(user: User, now: datetime, horizon: timedelta) -> Iterator[RegisterFinding]:
    due = reorientation_due(user, now)
    if due is not None and now < due <= now + horizon:
        message = f"due for reorientation on {_day(due)}, unless active before"
        yield warning(RegisterCheck.REORIENTATION_DUE, user.user_id, "last_active_at", message)
    until = None if user.authorised is None else user.authorised.until
    if until is not None and is_authorised(user, now) and until <= now + horizon:
        message = f"the authorisation ends on {_day(until)}"
        yield warning(RegisterCheck.AUTHORISATION_ENDING, user.user_id, "authorised.until", message)


def _day(instant: datetime) -> str:
    return f"{instant.astimezone(AGENCY_ZONE):%Y-%m-%d}"
