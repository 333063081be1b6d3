"""What a confirmation changes in the books: one record beside what stopped; see `streams.policy.tasks`."""

from collections.abc import Sequence
from datetime import datetime

from streams.books.entries import BookKey, EntryKind
from streams.books.index import BooksIndex
from streams.books.plan import Change, Plan, Planner, joined
from streams.errors import InputError
from streams.policy.closure import Closure, ClosureHow
from streams.policy.drift_tasks import closed_tasks
from streams.policy.share_memory import Share
from streams.policy.tasks import open_tasks


def planned_closure(subject: str, by: str, reference: str, how: ClosureHow = ClosureHow.SEEN) -> Planner:
    """Return the planner that confirms that the vendor's share behind `subject` is closed.

    What is confirmed already stays as it is.
    """

    def plan(index: BooksIndex, now: datetime) -> Plan:
        key = BookKey(kind=EntryKind.CLOSURE, name=subject)
        known = index.books.closures.get(subject)
        task = next((one for one in open_tasks(index.books, now) if one.subject == subject), None)
        if task is None and known is not None:
            return Plan(unchanged=(key,))
        if task is None:
            raise InputError(f"there is no open task `{subject}`; `alpr-gate tasks list` shows all")
        closure = Closure(subject=subject, version=task.version, by=by, at=now, how=how, reference=reference)
        return Plan(changes=(Change(key=key, before=known, after=closure),))

    return plan


def planned_drift_closures(shares: Sequence[Share], by: str, topic: str) -> Planner:
    """Return the planner that confirms every task which the vendors' record on `topic` shows to be closed.

    What is closed is asked of the books as they are then: an agreement may have begun or ended meanwhile.
    """

    def plan(index: BooksIndex, now: datetime) -> Plan:
        found = closed_tasks(open_tasks(index.books, now), shares, index.books)
        parts = [
            planned_closure(task.subject, by, f"{topic}: removed {removed_at.isoformat()}", ClosureHow.DRIFT)
            for task, removed_at in found
        ]
        return joined(part(index, now) for part in parts)

    return plan
