"""What a command would change in the books: values only, so it can be shown, tested and refused.

What equals the books is left alone. An agreement changes by a higher version alone, so that applying an old
file can never take back a revocation. What the statutory floor forbids is refused with the request that it
would have let through. Nothing is ever removed.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby

from streams.books.entries import POLICY_KEY, BookKey, Entry, EntryKind, key_of, put_entry
from streams.books.index import BooksIndex
from streams.errors import InputError, UnlawfulChangeError
from streams.policy.agency_policy import AgencyPolicy
from streams.policy.agreement import Agreement
from streams.policy.books import Books
from streams.policy.entity import Entity
from streams.policy.floor import counterexample
from streams.policy.vocabulary import (
    AgreementId,
    AgreementStatus,
    EntityId,
    EntityStatus,
    EvidenceHoldId,
    ProcessorId,
)

# An entity's id is part of the name of its topic, and Kafka allows 249 characters for the whole.
ENTITY_ID = re.compile(r"[A-Za-z0-9._-]{1,160}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One entry as it was, None for a new or unreadable one, and as it will be."""

    key: BookKey
    before: Entry | None
    after: Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The changes in the order of their records, and the keys that a file named without changing them."""

    changes: tuple[Change, ...] = ()
    unchanged: tuple[BookKey, ...] = ()


Planner = Callable[[BooksIndex, datetime], Plan]


def planned_agreements(agreements: Sequence[Agreement]) -> Planner:
    """Return the planner that puts these agreements on the books; lower versions are their history."""

    def plan(index: BooksIndex, now: datetime) -> Plan:
        by_id = sorted(agreements, key=lambda each: (each.agreement_id, each.version))
        parts = [
            _agreement_part(index, tuple(versions), now)
            for _, versions in groupby(by_id, key=lambda each: each.agreement_id)
        ]
        return lawful(index.books, joined(parts), now)

    return plan


def _agreement_part(index: BooksIndex, versions: tuple[Agreement, ...], now: datetime) -> Plan:
    """Return what the versions of one agreement change, lowest first; none when the latest is on the books.

    Raises:
        InputError: its entity is unknown, its version is not higher than that of the books, or something
            that it owes is to be met in the future.
    """
    latest = versions[-1]
    known = index.books.agreement(latest.agreement_id)
    # Who receives is decided by the entity's class, so an agreement with nobody known could not be checked.
    if index.books.entity(latest.entity_id) is None:
        raise InputError(
            f"agreement `{latest.agreement_id}` is with `{latest.entity_id}`, which the books do not have; "
            "apply the entity first"
        )
    if known == latest:
        return Plan(unchanged=(key_of(latest),))
    # INVARIANT: versions only rise, so an old file that is applied again never takes back a revocation.
    if known is not None and latest.version <= known.version:
        raise InputError(
            f"agreement `{latest.agreement_id}` version {latest.version} differs from version "
            f"{known.version} ({known.status}) in the books; to change it give version {known.version + 1}"
        )
    _check_fulfilments(latest, now)
    newer = (each for each in versions if known is None or each.version > known.version)
    # Each version is an event of its own: the history of an agreement can be read from the books alone.
    changes: list[Change] = []
    for each in newer:
        changes.append(Change(key=key_of(each), before=known, after=each))
        known = each
    return Plan(changes=tuple(changes))


def _check_fulfilments(agreement: Agreement, now: datetime) -> None:
    """Refuse what is dated ahead: the clock alone would let an agreement count again, and nobody else."""
    for one in agreement.fulfilments:
        if one.at > now:
            raise InputError(
                f"agreement `{agreement.agreement_id}`: `{one.kind}` due on {one.due} is met in the future; "
                "give when it was met"
            )


def planned_entities(entities: Sequence[Entity]) -> Planner:
    """Return the planner that puts these entities on the books."""

    def plan(index: BooksIndex, now: datetime) -> Plan:
        parts = [_entity_part(index.books, entity) for entity in entities]
        # The floor speaks first: an unlawful change has to be told as such, whatever else is wrong with it.
        whole = lawful(index.books, joined(parts), now)
        check_names(whole, index.books)
        return whole

    return plan


def _entity_part(books: Books, entity: Entity) -> Plan:
    """Return what one entity changes. Its id ends the name of a topic, so not every text can be one."""
    if not ENTITY_ID.fullmatch(entity.entity_id):
        raise InputError(
            f"entity `{entity.entity_id}` cannot name a topic; use at most 160 letters, digits, `.`, `_`, `-`"
        )
    known = books.entity(entity.entity_id)
    if known == entity:
        return Plan(unchanged=(key_of(entity),))
    return Plan(changes=(Change(key=key_of(entity), before=known, after=entity),))


def check_names(plan: Plan, books: Books) -> None:
    """Refuse a name with two claimants: it would resolve to neither, and stop a recipient by accident."""
    after = books_after(books, plan)
    for change in plan.changes:
        if not isinstance(change.after, Entity):
            continue
        entity = change.after
        if any(after.resolve(name) != entity for name in (entity.name, *entity.aliases)):
            raise InputError(
                f"entity `{entity.entity_id}` has a name or an alias that another entity of the books has; "
                "take it from one of them"
            )


def planned_policy(policy: AgencyPolicy) -> Planner:
    """Return the planner that puts this policy in force."""

    def plan(index: BooksIndex, now: datetime) -> Plan:
        known = entry_of(index.books, POLICY_KEY)
        if known == policy:
            return Plan(unchanged=(POLICY_KEY,))
        change = Change(key=POLICY_KEY, before=known, after=policy)
        return lawful(index.books, Plan(changes=(change,)), now)

    return plan


def planned_revocation(agreement_id: AgreementId) -> Planner:
    """Return the planner that revokes: a new version, never a deletion; what is revoked already stays."""

    def plan(index: BooksIndex, _now: datetime) -> Plan:
        key = BookKey(kind=EntryKind.AGREEMENT, name=agreement_id)
        known = index.books.agreement(agreement_id)
        # A revocation is the next version of what is there, and what is there cannot be read.
        if key in index.faults:
            raise InputError(
                f"agreement `{agreement_id}` cannot be read, so nothing is shared under it; "
                "apply it again as a version that is revoked"
            )
        if known is None:
            raise InputError(f"there is no agreement `{agreement_id}`; `alpr-gate agreements list` shows all")
        if known.status is AgreementStatus.REVOKED:
            return Plan(unchanged=(key,))
        revoked = replace(known, version=known.version + 1, status=AgreementStatus.REVOKED)
        return Plan(changes=(Change(key=key, before=known, after=revoked),))

    return plan


Chosen = Callable[[Entity], bool]


def planned_revocations(chosen: Chosen) -> Planner:
    """Return the planner that stops all that chosen entities may receive.

    Their agreements are revoked. One that may have its parent's is switched off, for the parent keeps it.
    What cannot be read lets nothing through and is left alone.
    """

    def plan(index: BooksIndex, now: datetime) -> Plan:
        entities = sorted(filter(chosen, index.books.entities()), key=lambda one: one.entity_id)
        if not entities:
            raise InputError("the books have no such entity; `alpr-gate entities list` shows all")
        own = (one for entity in entities for one in index.books.agreements_of(entity.entity_id))
        parts = [planned_revocation(one.agreement_id)(index, now) for one in own]
        return joined((*parts, Plan(changes=tuple(map(_switched_off, filter(_may_inherit, entities))))))

    return plan


def _may_inherit(entity: Entity) -> bool:
    return entity.inherits_parent_agreement and entity.status is EntityStatus.ACTIVE


def _switched_off(entity: Entity) -> Change:
    return Change(key=key_of(entity), before=entity, after=replace(entity, status=EntityStatus.INACTIVE))


def joined(parts: Iterable[Plan]) -> Plan:
    """Return the parts as one plan, in their order."""
    parts = tuple(parts)
    return Plan(
        changes=tuple(change for part in parts for change in part.changes),
        unchanged=tuple(key for part in parts for key in part.unchanged),
    )


def lawful(books: Books, plan: Plan, now: datetime) -> Plan:
    """Return the plan, or raise when one of its changes would breach the floor on top of those before it."""
    # In order, on a copy: an entity of this file may be what makes its agreement lawful or unlawful.
    trial = books.copy()
    for change in plan.changes:
        breach = counterexample(trial, change.after, now)
        if breach is not None:
            raise UnlawfulChangeError(f"`{change.key}` is refused: {breach}")
        put_entry(trial, change.after)
    return plan


def entry_of(books: Books, key: BookKey) -> Entry | None:
    """Return the entry under a key, None for one that is not there or cannot be read."""
    found: Entry | None = None
    match key.kind:
        case EntryKind.AGREEMENT:
            found = books.agreement(AgreementId(key.name))
        case EntryKind.ENTITY:
            found = books.entity(EntityId(key.name))
        case EntryKind.EVIDENCE_HOLD:
            found = books.evidence.get(EvidenceHoldId(key.name))
        case EntryKind.USER:
            found = books.users.named(key.name)
        case EntryKind.CLOSURE:
            found = books.closures.get(key.name)
        case EntryKind.PROCESSOR:
            found = books.processors.get(ProcessorId(key.name))
        case EntryKind.POLICY if (in_force := books.policy()) is not None:
            found = in_force.policy
        case _:
            pass
    return found


def books_after(books: Books, plan: Plan) -> Books:
    """Return a copy of the books with the plan carried out."""
    after = books.copy()
    for change in plan.changes:
        put_entry(after, change.after)
    return after


def recipients_of(plan: Plan) -> frozenset[EntityId]:
    """Return the entities that may receive something once the plan is carried out, so need a topic.

    An entity that lends its parent's agreement is one of them, whether or not that agreement exists yet.
    """
    found: set[EntityId] = set()
    for change in plan.changes:
        match change.after:
            case Agreement(entity_id=entity_id, status=AgreementStatus.ACTIVE):
                found.add(entity_id)
            case Entity(entity_id=entity_id, inherits_parent_agreement=True):
                found.add(entity_id)
            case _:
                pass
    return frozenset(found)
