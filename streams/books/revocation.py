"""Revoking an agreement: on the books at once, then bound everywhere, then nothing undelivered is left.

Each step can be repeated: a second revocation changes nothing, waits on, and deletes what came meanwhile.
"""

from dataclasses import dataclass

from streams.books.acks import BoundReport, wait_bound
from streams.books.custodian import Author, Outcome, change_books
from streams.books.plan import planned_revocation
from streams.books.undelivered import Deleted, cut_off, delete_undelivered
from streams.clock import Clock
from streams.errors import InputError
from streams.policy.agreement import Agreement
from streams.policy.vocabulary import AgreementId
from streams.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Revoked:
    """The agreement as it is now, and the change that made it so."""

    agreement: Agreement
    outcome: Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """How far a revocation binds, and what was deleted of its recipients' topics."""

    bound: BoundReport
    deleted: tuple[Deleted, ...]


async def revoke(settings: Settings, clock: Clock, agreement_id: AgreementId, author: Author) -> Revoked:
    """Put the revocation on the books; every gate follows as soon as it reads it.

    Raises:
        InputError: there is no such agreement, or it cannot be read.
        FencedError: another custodian came in between.
        UnavailableError: the broker is not there.
    """
    # No check of the floor: a revocation only narrows, and must never be refused.
    outcome = await change_books(settings, clock, planned_revocation(agreement_id), author)
    agreement = outcome.books.agreement(agreement_id)
    if agreement is None:
        raise InputError(f"agreement `{agreement_id}` went away while it was revoked; look at the books")
    return Revoked(agreement=agreement, outcome=outcome)


async def settle(settings: Settings, clock: Clock, revoked: Revoked, patience: float) -> Settled:
    """Wait until the revocation binds every partition, then delete what its recipients have not fetched.

    What stands there goes even when some partition has not answered: it is on its way to somebody who may
    not have it. What that partition may still add goes when the command is repeated.
    """
    bound = await wait_bound(settings, revoked.outcome.revision, settings.partitions, patience)
    entities = cut_off(revoked.outcome.books, revoked.agreement.entity_id, clock.now())
    return Settled(bound=bound, deleted=await delete_undelivered(settings, entities))
