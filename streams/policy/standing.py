"""What the books as a whole say about one entity: what bars it by statute, whose agreements it may use.

Worked out once for each entity and kept until the books change, because it walks parents and members, and a
request may not pay for that. It says nothing about a request: what is asked, when and why the rules compare
with it.
"""

from dataclasses import dataclass
from typing import Protocol

from streams.policy.eligibility import COMPOSITE_CLASSES, statutory_bars, unusable_because
from streams.policy.entity import Entity
from streams.policy.terms import Terms
from streams.policy.vocabulary import EntityClass, EntityId, ReasonCode

# Parents can form a circle in the registry; no real line of command is as long as this.
_LONGEST_LINE = 8
_PRIVATE = ReasonCode.RECIPIENT_PRIVATE


class Registry(Protocol):
    """The questions that a standing is worked out from."""

    def entity(self, entity_id: EntityId) -> Entity | None:
        """Return the entity of that id, or None."""
        ...

    def terms_with(self, entity_id: EntityId) -> tuple[Terms, ...]:
        """Return the latest version of each agreement with the entity itself, compiled."""
        ...

    def is_processor(self, entity_id: EntityId) -> bool:
        """Tell whether that id is a processor's, which no recipient can have."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """An entity with its statutory bars (empty: it can receive) and the agreements it may use, by id.

    `unusable` says why it is nobody who could receive anything: inactive, a placeholder, without evidence.
    `terms` are its own and those that it inherits; drafts and proposals are left out. `line` is the entity
    and the units above it, whether they lend it an agreement or not.
    """

    entity_id: EntityId
    entity_class: EntityClass
    # All of them, not the first: who mends one must see the others.
    bars: tuple[ReasonCode, ...]
    terms: tuple[Terms, ...]
    unusable: str | None
    line: frozenset[EntityId]


def standing_of(entity: Entity, registry: Registry) -> Standing:
    """Return the standing of the entity."""
    terms = [one for lender in _lenders(entity, registry) for one in registry.terms_with(lender)]
    return Standing(
        entity_id=entity.entity_id,
        entity_class=entity.entity_class,
        bars=bars_of(entity, registry),
        # By id, so that a tie between agreements is decided alike by every worker and at every replay.
        terms=tuple(sorted((one for one in terms if one.is_concluded), key=lambda one: one.agreement_id)),
        unusable=unusable_because(entity),
        line=frozenset(_line(entity, registry)),
    )


def bars_of(entity: Entity, registry: Registry) -> tuple[ReasonCode, ...]:
    """Return what bars the entity by statute; by contract alone holds data whoever is a processor too.

    Hosting and towing are no sharing (Civ. Code 1798.90.55(b)), and by no entry of the registry become it.
    """

    def recipient(entity_id: EntityId) -> Entity | None:
        return None if registry.is_processor(entity_id) else registry.entity(entity_id)

    bars = statutory_bars(entity, recipient)
    if registry.is_processor(entity.entity_id) and _PRIVATE not in bars:
        return (*bars, _PRIVATE)
    return bars


def _line(entity: Entity, registry: Registry) -> tuple[EntityId, ...]:
    line = [entity.entity_id]
    above: Entity | None = entity
    while above is not None and above.parent is not None and len(line) < _LONGEST_LINE:
        line.append(above.parent)
        above = registry.entity(above.parent)
    return tuple(line)


def _lenders(entity: Entity, registry: Registry) -> tuple[EntityId, ...]:
    """Return the entity and those above that lend it their agreements.

    A task force's agreement covers no member, nor the reverse; and who cannot receive has nothing to lend.
    """
    lenders = [entity.entity_id]
    unit = entity
    while unit.inherits_parent_agreement and unit.parent is not None and unit.parent not in lenders:
        parent = registry.entity(unit.parent)
        # A chain that breaks lends nothing from above the break: a unit must not reach past a barred parent.
        if parent is None or bars_of(parent, registry):
            break
        # Members of a joint body have agreements of their own, and what it receives is for it alone.
        if COMPOSITE_CLASSES & {unit.entity_class, parent.entity_class}:
            break
        lenders.append(parent.entity_id)
        unit = parent
    return tuple(lenders)
