"""Who may receive by statute, as the text of a Cedar expression, for Cedar has no functions."""

import json

from streams.policy.entity import Entity

NEVER = '["federal", "private", "hosting_processor", "towing"]'
PRIVATE = '["private", "hosting_processor", "towing"]'
UNDETERMINED = '["fusion_center", "tribal", "multi_state_network"]'
JOINT = ("task_force", "joint_powers_authority")
# A body within a body within a body: nobody has looked at who is in it.
_MOST_BODIES = 3


def quoted(entity_id: str) -> str:
    """Return the name of an entity in Cedar."""
    return f"Entity::{json.dumps(entity_id)}"


def usable(who: str) -> str:
    """Return that `who` is somebody at all: active, of a class, with evidence for it."""
    return (
        f'({who}.status == "active" && !["placeholder", "unknown"].contains({who}.class)'
        f" && {who}.has_evidence)"
    )


class Statute:
    """The table of classes over one registry."""

    def __init__(self, by_id: dict[str, Entity]) -> None:
        self._by_id = by_id
        self._joint = [one for one in by_id.values() if one.entity_class in JOINT]

    def eligible(self, who: str) -> str:
        """Return that `who`, any expression for an entity of the registry, can receive."""
        return f"({_alone(who)} && {self.members(who)})"

    def members(self, who: str) -> str:
        """Return that `who` is no joint body, or one of which all members can receive."""
        bodies = [f"({who} != {quoted(one.entity_id)} || {self._members_of(one, ())})" for one in self._joint]
        return f"({' && '.join(bodies)})" if bodies else "true"

    def _members_of(self, body: Entity, above: tuple[str, ...]) -> str:
        bodies = (*above, str(body.entity_id))
        if len(bodies) > _MOST_BODIES or not body.members:
            return "false"
        return f"({' && '.join(self._member(str(one), bodies) for one in body.members)})"

    def _member(self, entity_id: str, above: tuple[str, ...]) -> str:
        member = self._by_id.get(entity_id)
        if member is None or entity_id in above:
            return "false"
        within = self._members_of(member, above) if member.entity_class in JOINT else "true"
        return f"({_alone(quoted(entity_id))} && {within})"


def _alone(who: str) -> str:
    """Return that nothing bars `who` apart from its members."""
    return (
        f'{usable(who)} && !{NEVER}.contains({who}.class) && {who}.jurisdiction == "US-CA"'
        f" && (!{UNDETERMINED}.contains({who}.class) || {who}.is_determined)"
    )
