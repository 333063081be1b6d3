"""A violation alert: what the security team sees, without plates or names of people."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

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
    """

    alert_id: str
    kind: ReasonCode
    severity: Severity
    tier: Tier
    decision_ids: tuple[DecisionId, ...]
    entity_id: EntityId | None
    organisation: str
    user_pseudonym: str
    summary: str
    count: int
    window_from: datetime
    window_to: datetime
    runbook: str
