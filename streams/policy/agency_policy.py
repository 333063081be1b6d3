"""The agency's own policy: data that narrows what the statute allows, and never lifts it.

Civ. Code 1798.90.51(b) has an operator post a usage and privacy policy: purposes, who may use it, monitoring,
the restrictions on sharing, retention. These values are the part of it that a gate can apply. They are data,
so that an agency changes them without new code; what the statute says is code, so that it cannot.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from streams.policy.duties import DEFAULT_GRACE_DAYS
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

    `require_case_number` asks for one of all but standing access. `clock_skew` is how far ahead another's
    clock may be, `request_max_age` how late a request may be decided, `hold_deadline` how long a hold may
    wait, `max_window` the longest window searched. For `obligation_grace_days` calendar days after an
    obligation of an agreement was due, the agreement still counts.
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
    # None by default: without any, Special Order 31 stands as it is.
    extensions: tuple[Extension, ...] = ()
    obligation_grace_days: int = DEFAULT_GRACE_DAYS
