"""The notices of the books by their time, for a whole worker: worked out anew when the books change."""

from bisect import bisect_right
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from streams.policy.books import Books
from streams.policy.notices import Notice, NoticeKind, Notices, notices_of
from streams.policy.policy_in_force import PolicyInForce

# Not even of the past.
NONE = Notices((), datetime.min.replace(tzinfo=UTC))


class Owed(NamedTuple):
    """How many agreements are overdue and stopped, and how many tasks are open and open for too long."""

    overdue: int
    stopped: int
    open_tasks: int
    late_tasks: int


class Schedule:
    """What comes due under the books; `patience` is how long a task may be open before it is told of."""

    def __init__(self, patience: timedelta) -> None:
        self._patience = patience
        self._of: tuple[Books, int, PolicyInForce] | None = None
        self._notices = NONE

    def due(self, books: Books, now: datetime) -> list[Notice]:
        """Return the notices that are true at `now`, the earliest first; none where there is no policy."""
        notices = self._known(books, now)
        begun = notices[: bisect_right(notices, now, key=lambda one: one.at)]
        return [notice for notice in begun if now < notice.until]

    def owed(self, books: Books, now: datetime) -> Owed:
        """Return the numbers for whoever watches the worker."""
        due = self.due(books, now)
        stopping = {NoticeKind.STOPPED, NoticeKind.REVIEW}
        tasks = [notice for notice in self._known(books, now) if notice.kind is NoticeKind.TASK]
        return Owed(
            overdue=len({one.subject for one in due if one.kind is not NoticeKind.TASK}),
            stopped=len({one.subject for one in due if one.kind in stopping}),
            open_tasks=sum(one.due <= now for one in tasks),
            late_tasks=sum(one.at <= now for one in tasks),
        )

    def _known(self, books: Books, now: datetime) -> tuple[Notice, ...]:
        policy = books.policy()
        if policy is None:
            return ()
        if self._of != (books, books.revision, policy) or now >= self._notices.complete_until:
            self._notices = notices_of(books, policy.obligation_grace_days, self._patience, now)
            self._of = books, books.revision, policy
        return self._notices.known
