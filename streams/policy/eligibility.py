"""Who may receive ALPR information by statute: the table of classes, as code that no data can lift.

Civ. Code 1798.90.55(b): a public agency shares with public agencies only; 1798.90.5(f): public agencies are
the state, its cities and counties, and what is theirs. Attorney General bulletin 2023-DLE-06: no federal
and no out-of-state body. Class and jurisdiction come from the registry, never from a name.

What is not in the table is refused: a class that a later version adds reads as `unknown`, and that is nobody.
Special Order 31 is stricter and has its own rule; to pass here is necessary and never enough.
"""

from collections.abc import Callable

from streams.policy.entity import Entity
from streams.policy.names import is_blank
from streams.policy.vocabulary import EntityClass, EntityId, EntityStatus, ReasonCode

CALIFORNIA = "US-CA"

Lookup = Callable[[EntityId], Entity | None]

PRIVATE_CLASSES = frozenset({EntityClass.PRIVATE, EntityClass.HOSTING_PROCESSOR, EntityClass.TOWING})
# Bodies that pass on to all their members what they receive.
COMPOSITE_CLASSES = frozenset({EntityClass.TASK_FORCE, EntityClass.JOINT_POWERS_AUTHORITY})
# Neither named as public agencies by the statute nor excluded: counsel has to say.
UNDETERMINED_CLASSES = frozenset(
    {EntityClass.FUSION_CENTER, EntityClass.TRIBAL, EntityClass.MULTI_STATE_NETWORK}
)
# What the statute can say of a recipient.
BAR_CODES = frozenset(
    {
        ReasonCode.RECIPIENT_UNRESOLVED,
        ReasonCode.RECIPIENT_NONSPECIFIC,
        ReasonCode.RECIPIENT_FEDERAL,
        ReasonCode.RECIPIENT_OUT_OF_STATE,
        ReasonCode.RECIPIENT_PRIVATE,
        ReasonCode.RECIPIENT_NOT_PUBLIC_AGENCY,
        ReasonCode.RECIPIENT_INELIGIBLE_MEMBER,
    }
)
NOBODY_CLASSES = frozenset({EntityClass.PLACEHOLDER, EntityClass.UNKNOWN})
# A joint powers authority may sit in a task force; deeper nesting is no body that anybody has checked.
_DEEPEST_BODY = 3


def unusable_because(entity: Entity) -> str | None:
    """Return why the entry stands for nobody who could receive anything, or None.

    Share lists hold entries such as "Decommissioned Org" and "DUPLICATE PLEASE DELETE". A class that nobody
    vouches for is as good as one that was guessed from the name.
    """
    if entity.status is not EntityStatus.ACTIVE:
        return f"its status is `{entity.status}`"
    if entity.entity_class in NOBODY_CLASSES:
        return f"its class is `{entity.entity_class}`"
    if is_blank(entity.evidence.source) or is_blank(entity.evidence.verified_by):
        return "its class has no evidence"
    return None


def statutory_bars(entity: Entity, lookup: Lookup) -> tuple[ReasonCode, ...]:
    """Return every reason of the statute why the entity cannot receive, in rule order; empty if it can."""
    return _bars(entity, lookup, frozenset())


def could_ever_receive(entity: Entity) -> bool:
    """Tell whether nothing in its class and place bars it, whatever else does at the moment."""
    never = {EntityClass.FEDERAL} | PRIVATE_CLASSES | NOBODY_CLASSES
    return entity.jurisdiction == CALIFORNIA and entity.entity_class not in never


def _bars(entity: Entity, lookup: Lookup, above: frozenset[EntityId]) -> tuple[ReasonCode, ...]:
    if unusable_because(entity) is not None:
        return (ReasonCode.RECIPIENT_UNRESOLVED,)
    # Before jurisdiction: a federal office in California is as federal as one in Washington.
    if entity.entity_class is EntityClass.FEDERAL:
        return (ReasonCode.RECIPIENT_FEDERAL,)
    if entity.entity_class in PRIVATE_CLASSES:
        return (ReasonCode.RECIPIENT_PRIVATE,)
    bars = []
    # Spelt exactly: `us-ca` or `US-CA-LA` may be a slip, and a slip must not open the state line.
    if entity.jurisdiction != CALIFORNIA:
        bars.append(ReasonCode.RECIPIENT_OUT_OF_STATE)
    if entity.entity_class in UNDETERMINED_CLASSES and not is_determined(entity):
        bars.append(ReasonCode.RECIPIENT_NOT_PUBLIC_AGENCY)
    if entity.entity_class in COMPOSITE_CLASSES and not _members_eligible(entity, lookup, above):
        bars.append(ReasonCode.RECIPIENT_INELIGIBLE_MEMBER)
    return tuple(bars)


def is_determined(entity: Entity) -> bool:
    """Tell whether counsel's determination that it is a public agency is on record.

    Tribes, fusion centers and networks of several states are not named in 1798.90.5(f); a gate is not who
    decides that.
    """
    determination = entity.legal_determination
    return determination is not None and not (is_blank(determination.by) or is_blank(determination.reference))


def _members_eligible(entity: Entity, lookup: Lookup, above: frozenset[EntityId]) -> bool:
    """Tell whether there are members and all could receive.

    A circle of members has no end to check, and of bodies within bodies within bodies nobody knows who is in.
    """
    above = above | {entity.entity_id}
    if len(above) > _DEEPEST_BODY:
        return False
    members = [lookup(member) for member in entity.members]
    return bool(members) and all(
        member is not None and member.entity_id not in above and not _bars(member, lookup, above)
        for member in members
    )
