"""Shares that a vendor's lists show, set against the books: what runs without an agreement, and with whom.

Each such share becomes a draft that grants nothing: its term is empty, and so is every list but what the
vendor itself states. Marked as a share of unknown start, it waits for a person who evaluates the need, as the
State Auditor's recommendations 31 and 32 (2019-118) led agencies to do. Whoever could never receive gets no
draft, only a line in the report: that share has to be closed in the vendor's product.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from streams.policy.agreement import Agreement
from streams.policy.books import Books
from streams.policy.eligibility import statutory_bars
from streams.policy.entity import Entity
from streams.policy.names import tidy
from streams.policy.policy_in_force import AGENCY_ZONE
from streams.policy.vocabulary import (
    AgreementId,
    AgreementOrigin,
    AgreementStatus,
    EntityClass,
    EntityId,
    ReasonCode,
    Scope,
)


class Found(StrEnum):
    """How a listed recipient stands on the books."""

    UNRESOLVED = "unresolved"
    NEVER = "could_never_receive"
    EXTENSION = "needs_an_extension"
    NO_AGREEMENT = "no_agreement"
    PAPER_ONLY = "draft_on_the_books"
    STOPPED = "agreement_not_in_force"
    IN_FORCE = "agreement_in_force"


# A share of these has no agreement, and could have one.
_DRAFTED = frozenset({Found.EXTENSION, Found.NO_AGREEMENT})


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One recipient as a vendor's list names it, with the scopes that the list states."""

    name: str
    scopes: tuple[Scope, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What was found out about one listed name; `bars` say by which rule it could never receive."""

    name: str
    found: Found
    entity: Entity | None = None
    bars: tuple[ReasonCode, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """A row for each name, by the name, and the drafts, by entity."""

    rows: tuple[Row, ...]
    drafts: tuple[Agreement, ...]


def import_shares(listed: Iterable[Listed], books: Books, seen: datetime) -> Imported:
    """Return what the list shows beside the books; `seen` is when it was read."""
    scopes: dict[str, set[Scope]] = {}
    for one in listed:
        scopes.setdefault(tidy(one.name), set()).update(one.scopes)
    rows = tuple(_row(name, books, seen) for name in sorted(scopes))
    wanted: dict[EntityId, set[Scope]] = {}
    for row in rows:
        # Two spellings of one entity are one share.
        if row.entity is not None and row.found in _DRAFTED:
            wanted.setdefault(row.entity.entity_id, set()).update(scopes[row.name])
    drafts = tuple(_draft(entity_id, wanted[entity_id], seen) for entity_id in sorted(wanted))
    return Imported(rows=rows, drafts=drafts)


def _row(name: str, books: Books, seen: datetime) -> Row:
    entity = books.resolve(name)
    if entity is None:
        return Row(name=name, found=Found.UNRESOLVED)
    bars = statutory_bars(entity, books.entity)
    if bars:
        return Row(name=name, found=Found.NEVER, entity=entity, bars=bars)
    return Row(name=name, found=_found(entity, books, seen), entity=entity)


def _found(entity: Entity, books: Books, seen: datetime) -> Found:
    standing = books.standing(entity.entity_id)
    terms = () if standing is None else standing.terms
    # The policy is asked last: an agreement on record has to be told, whatever its entity's class.
    if any(one.in_force(seen, seen) for one in terms):
        return Found.IN_FORCE
    if terms:
        return Found.STOPPED
    if books.agreements_of(entity.entity_id):
        return Found.PAPER_ONLY
    policy = books.policy()
    is_local = entity.entity_class is EntityClass.LOCAL_LAW_ENFORCEMENT
    if is_local or (policy is not None and policy.extends_to(entity.entity_class, seen)):
        return Found.NO_AGREEMENT
    return Found.EXTENSION


def _draft(entity_id: EntityId, scopes: Iterable[Scope], seen: datetime) -> Agreement:
    """Return an agreement that covers nothing at any time, whatever somebody makes of its status."""
    today = seen.astimezone(AGENCY_ZONE).replace(hour=0, minute=0, second=0, microsecond=0).astimezone(UTC)
    return Agreement(
        agreement_id=AgreementId(f"legacy-{entity_id}"),
        version=1,
        entity_id=entity_id,
        status=AgreementStatus.DRAFT,
        # INVARIANT: an empty term. Who signs this has to write down from when until when.
        start=today,
        end=today,
        data_types=(),
        scopes=tuple(sorted(scopes)),
        purposes=(),
        fields=(),
        max_record_age="PT0S",
        live_feed=False,
        onward_sharing_prohibited=False,
        clause_reference="",
        clause_text="",
        signed_by=(),
        origin=AgreementOrigin.LEGACY_UNKNOWN_START,
        risk_flags=("start_date_unknown",),
    )
