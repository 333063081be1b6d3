"""What is left to do after something stopped: see that the vendor's own share is closed too.

A task follows from the books alone. It is there for every agreement that is revoked, suspended or over, and
for every entity that was switched off while something would still let it receive; it is gone once a
confirmation of just this stop is on the books. What starts again and stops again has a task again.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from streams.policy.agreement import Agreement
from streams.policy.books import Books
from streams.policy.closure import is_proven
from streams.policy.entity import Entity
from streams.policy.vocabulary import AgreementStatus, EntityId, EntityStatus


class Cause(StrEnum):
    """Why something stopped."""

    REVOKED = "revoked"
    SUSPENDED = "suspended"
    EXPIRED = "expired"
    INACTIVE = "inactive"


_BY_STATUS = {
    AgreementStatus.REVOKED: Cause.REVOKED,
    AgreementStatus.SUSPENDED: Cause.SUSPENDED,
    AgreementStatus.EXPIRED: Cause.EXPIRED,
}
# Entities have no versions.
NO_VERSION = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One share to close at the vendor. `subject` is the key of what stopped, at `opened_at` (UTC).

    `version` is that of the agreement, and `NO_VERSION` for an entity.
    """

    subject: str
    version: int
    entity_id: EntityId
    cause: Cause
    opened_at: datetime


def open_tasks(books: Books, now: datetime) -> tuple[Task, ...]:
    """Return the tasks that are open at `now`, the oldest first."""
    of_agreements = (agreement_task(agreement, books) for agreement in books.agreements())
    found = (task for task in (*of_agreements, *entity_tasks(books)) if task is not None)
    ranked = sorted(found, key=lambda task: (task.opened_at, task.subject))
    return tuple(task for task in ranked if task.opened_at <= now)


def agreement_task(agreement: Agreement, books: Books) -> Task | None:
    """Return the task that an agreement has left, or that the end of its term will leave; None for none."""
    task = _of_agreement(agreement, books)
    return None if task is None or _is_confirmed(task, books) else task


def entity_tasks(books: Books) -> Iterator[Task]:
    """Yield the tasks that entities have left."""
    for entity in books.entities():
        task = _of_entity(entity, books)
        if task is not None and not _is_confirmed(task, books):
            yield task


def _of_agreement(agreement: Agreement, books: Books) -> Task | None:
    """Return the task of an agreement. A draft and a proposal let nothing through, so nothing stopped."""
    subject = f"agreement/{agreement.agreement_id}"
    cause, opened_at = _BY_STATUS.get(agreement.status), agreement.end
    if cause is not None:
        # Its term may have been over before anybody wrote so.
        opened_at = min(books.closures.written(subject).at, agreement.end)
    elif agreement.status is not AgreementStatus.ACTIVE:
        return None
    return Task(
        subject=subject,
        version=agreement.version,
        entity_id=agreement.entity_id,
        cause=cause or Cause.EXPIRED,
        opened_at=opened_at,
    )


def _of_entity(entity: Entity, books: Books) -> Task | None:
    """Return the task of an entity that could still receive but for its status."""
    if entity.status is EntityStatus.ACTIVE:
        return None
    own = books.agreements_of(entity.entity_id)
    if not entity.inherits_parent_agreement and all(one.status is not AgreementStatus.ACTIVE for one in own):
        return None
    subject = f"entity/{entity.entity_id}"
    return Task(
        subject=subject,
        version=NO_VERSION,
        entity_id=entity.entity_id,
        cause=Cause.INACTIVE,
        opened_at=books.closures.written(subject).at,
    )


def _is_confirmed(task: Task, books: Books) -> bool:
    """Tell whether a confirmation is about this very stop."""
    closure, stopped = books.closures.get(task.subject), books.closures.written(task.subject)
    if closure is None or not is_proven(closure) or closure.version != task.version:
        return False
    # By their order in the books, for two custodians have two clocks.
    if books.closures.written(f"closure/{task.subject}").offset <= stopped.offset:
        return False
    # The end of a term comes without a record.
    return task.opened_at <= stopped.at or closure.at >= task.opened_at
