"""The agency's own policy: data that narrows what the statute allows, and never lifts it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from streams.policy.vocabulary import EntityClass, EntityId, Purpose


@dataclass(frozen=True, slots=True, kw_only=True)
class Agency:
    """The agency whose data the gate guards."""

    entity_id: EntityId
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Extension:
    """A dated widening of Special Order 31 to one more class, `[start, end)`, with its authority.

    It takes two different approvers to count, and never reaches a class that the statute forbids.
    """

    entity_class: EntityClass
    start: datetime
    end: datetime
    authority: str
    reference: str
    approved_by: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AgencyPolicy:
    """One version of the policy file. Durations are ISO 8601 text; `policy_hash` is of the file's content.

    `visible_for` ends with logical deletion, `retained_for` with permanent deletion (Special Order 31:
    P2Y and P5Y). `screening` maps an open set of categories to whole words and phrases.
    """

    agency: Agency
    purposes: tuple[Purpose, ...]
    visible_for: str
    retained_for: str
    require_case_number: bool
    clock_skew: str
    request_max_age: str
    hold_deadline: str
    max_window: str
    screening: Mapping[str, tuple[str, ...]]
    extensions: tuple[Extension, ...] = ()
