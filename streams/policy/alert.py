"""A violation alert: what the security team sees, without plates or names of people."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from streams.policy.making import maker_of
from streams.policy.vocabulary import DecisionId, EntityId, ReasonCode, Tier


class Severity(StrEnum):
    """How loudly to tell: CRITICAL pages someone; the reason's tier decides."""

    UNKNOWN = "unknown"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """One violation. `alert_id` is derived from what it is about, so a replay makes no second one.

    `organisation` is an entity id when known, else the pseudonym of what was claimed; `user_pseudonym` is
    an HMAC of the user under the audience's key.

    Instants are UTC. `window_from` is when it was asked, `window_to` when it was decided; `count` is the
    number of decisions told of. `runbook` is a path with an anchor in this project's documentation.
    """

    alert_id: str
    kind: ReasonCode
    severity: Severity
    tier: Tier
    decision_ids: tuple[DecisionId, ...]
    entity_id: EntityId | None
    # Never the name as claimed: it is free text, and may hold a person or a plate.
    organisation: str
    user_pseudonym: str
    summary: str
    count: int
    window_from: datetime
    window_to: datetime
    runbook: str


make_alert = maker_of(Alert)
