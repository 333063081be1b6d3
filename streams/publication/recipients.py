"""Whom the agency shares with: every agreement that lets something through, and every one that does not now.

It names no person and no free text of an agreement: signatories, reviewers and evaluations stay on the books.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from streams.policy.books import Books
from streams.policy.entity import Entity
from streams.policy.policy_in_force import PolicyInForce
from streams.policy.standing import Standing
from streams.policy.terms import Terms
from streams.policy.vocabulary import AgreementStatus, EntityClass


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """One entity under one agreement. `lender` is the entity that an inherited agreement is with.

    `stopped` says why nothing is shared under it, and is None where something is.
    """

    entity: Entity
    terms: Terms
    lender: Entity | None
    stopped: str | None


def recipients(books: Books, policy: PolicyInForce, now: datetime) -> tuple[Recipient, ...]:
    """Return every entity with each concluded agreement that it may use, by name, as they stand at `now`."""
    found = [
        one
        for entity in books.entities()
        if (standing := books.standing(entity.entity_id)) is not None
        for one in _of(entity, standing, books, policy, now)
    ]
    return tuple(
        sorted(found, key=lambda one: (one.entity.name, one.entity.entity_id, one.terms.agreement_id))
    )


def _of(
    entity: Entity, standing: Standing, books: Books, policy: PolicyInForce, now: datetime
) -> Iterator[Recipient]:
    barred = _barred(standing, policy, now)
    for terms in standing.terms:
        with_another = terms.agreement.entity_id != entity.entity_id
        yield Recipient(
            entity=entity,
            terms=terms,
            lender=books.entity(terms.agreement.entity_id) if with_another else None,
            stopped=barred or _not_in_force(terms, policy.obligation_grace_days, now),
        )


def _barred(standing: Standing, policy: PolicyInForce, now: datetime) -> str | None:
    if standing.bars:
        return "the statute does not let this entity receive"
    is_local = standing.entity_class is EntityClass.LOCAL_LAW_ENFORCEMENT
    if not is_local and not policy.extends_to(standing.entity_class, now):
        return "not local law enforcement, and no extension in force"
    return None


def _not_in_force(terms: Terms, grace_days: int, now: datetime) -> str | None:
    if terms.status is not AgreementStatus.ACTIVE:
        return terms.status.value
    if now < terms.start:
        return "not yet in force"
    if terms.end <= now:
        return "ended"
    if not terms.prohibits_onward_sharing:
        return "no clause against sharing onward"
    # What is left of the rules about force is the review.
    if not terms.in_force(now, now):
        return "review overdue"
    return "obligation overdue" if any(duty.stops(now, grace_days) for duty in terms.duties) else None
