"""Revoking an agreement: on the books at once, then bound everywhere, then nothing undelivered is left.

Each step can be repeated: a second revocation changes nothing, waits on, and deletes what came meanwhile.
"""

from dataclasses import dataclass

from streams.books.acks import BoundReport, wait_bound
from streams.books.custodian import Author, Outcome, change_books
from streams.books.entries import BookKey
from streams.books.plan import Planner, entry_of
from streams.books.undelivered import Deleted, cut_off, delete_undelivered
from streams.clock import Clock
from streams.policy.agreement import Agreement
from streams.policy.books import Books
from streams.policy.entity import Entity
from streams.policy.vocabulary import EntityId
from streams.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Revoked:
    """The change, and the recipients that it is about."""

    entities: tuple[EntityId, ...]
    outcome: Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """How far a revocation binds, and what was deleted of its recipients' topics."""

    bound: BoundReport
    deleted: tuple[Deleted, ...]


async def revoke(settings: Settings, clock: Clock, planner: Planner, author: Author) -> Revoked:
    """Put the revocation that the planner plans on the books; every gate follows as soon as it reads it.

    Raises:
        InputError: there is nothing of the kind, or it cannot be read.
        FencedError: another custodian came in between.
        UnavailableError: the broker is not there.
    """
    # No check of the floor: a revocation only narrows, and must never be refused.
    outcome = await change_books(settings, clock, planner, author)
    # Those that were revoked before too: what was left undelivered then goes now.
    keys = (*(change.key for change in outcome.plan.changes), *outcome.plan.unchanged)
    entities = {one for key in keys if (one := _recipient(outcome.books, key)) is not None}
    return Revoked(entities=tuple(sorted(entities)), outcome=outcome)


def _recipient(books: Books, key: BookKey) -> EntityId | None:
    match entry_of(books, key):
        case Agreement(entity_id=entity_id) | Entity(entity_id=entity_id):
            return entity_id
        case _:
            return None


async def settle(settings: Settings, clock: Clock, revoked: Revoked, patience: float) -> Settled:
    """Wait until the revocation binds every partition, then delete what its recipients have not fetched.

    What stands there goes even when some partition has not answered: it is on its way to somebody who may
    not have it. What that partition may still add goes when the command is repeated.
    """
    bound = await wait_bound(settings, revoked.outcome.revision, settings.partitions, patience)
    books, now = revoked.outcome.books, clock.now()
    entities = {one for entity_id in revoked.entities for one in cut_off(books, entity_id, now)}
    return Settled(bound=bound, deleted=await delete_undelivered(settings, tuple(sorted(entities))))
