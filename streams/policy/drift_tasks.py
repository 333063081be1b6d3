"""Which tasks of the books a vendor's own word closes: the share was there, was removed, and is open no more.

That a list does not name somebody proves little: it may name them by another spelling, or let everybody in
under the name of a pool. So a task is closed by a removal on record alone, and by none while somebody could
still be in: the entity or a unit of it, a pool, or somebody nobody knows who came after the removal.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from streams.policy.alias_index import names_a_pool
from streams.policy.books import BooksView
from streams.policy.share_memory import Share
from streams.policy.tasks import Task
from streams.policy.vocabulary import EntityId


class ClosedTask(NamedTuple):
    """A task whose share was removed at the vendor's, and when (UTC)."""

    task: Task
    removed_at: datetime


def closed_tasks(tasks: Iterable[Task], shares: Iterable[Share], books: BooksView) -> tuple[ClosedTask, ...]:
    """Return the tasks whose shares are closed at the vendors', by all that is on record of these."""
    shares = tuple(shares)
    opened = tuple(share for share in shares if share.is_open)
    if any(names_a_pool(share.recipient_name) for share in opened):
        return ()
    still_in = frozenset(one for share in opened for one in _line(share, books))
    strangers = _latest(share.since for share in opened if not _line(share, books))
    removed: dict[EntityId, datetime] = {}
    for share in shares:
        if share.removed_at is not None and not share.is_open:
            for one in _line(share, books):
                removed[one] = max(share.removed_at, removed.get(one, share.removed_at))
    return tuple(
        ClosedTask(task, removed[task.entity_id])
        for task in tasks
        if task.entity_id in removed
        and task.entity_id not in still_in
        # A stranger who came just then may be the same body under a new name.
        and (strangers is None or strangers < removed[task.entity_id])
    )


def _line(share: Share, books: BooksView) -> frozenset[EntityId]:
    """Return whoever has access by the share, and the units above; nothing for a stranger."""
    entity = books.resolve(share.recipient_name)
    standing = None if entity is None else books.standing(entity.entity_id)
    return frozenset() if standing is None else standing.line


def _latest(instants: Iterable[datetime | None]) -> datetime | None:
    return max((one for one in instants if one is not None), default=None)
