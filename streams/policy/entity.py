"""An entity that asks for or receives ALPR information, with the evidence for its legal class.

Evidence stands beside the class because a name proves nothing: share lists name private universities like
cities, and one two-letter code means both Los Angeles and Louisiana.
"""

from dataclasses import dataclass
from datetime import datetime

from streams.policy.vocabulary import EntityClass, EntityId, EntityStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Where the class and jurisdiction come from, and who checked them when."""

    source: str
    verified_by: str
    verified_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LegalDetermination:
    """A recorded determination of counsel that the entity is a public agency (Civ. Code 1798.90.5(f))."""

    by: str
    reference: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """One legal entity. `jurisdiction` is ISO 3166-2 (`US-CA`) or `US` for the federal level.

    `name` and `aliases` are the only spellings that resolve to it. `members` are entity ids, for task
    forces and joint powers authorities. `parent` lends its agreement only if `inherits_parent_agreement`.
    """

    entity_id: EntityId
    name: str
    aliases: tuple[str, ...] = ()
    entity_class: EntityClass
    jurisdiction: str
    parent: EntityId | None = None
    # Not unless said: a unit has its own class, and its parent's contract may not name it.
    inherits_parent_agreement: bool = False
    members: tuple[EntityId, ...] = ()
    evidence: Evidence
    legal_determination: LegalDetermination | None = None
    status: EntityStatus
