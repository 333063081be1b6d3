"""A dead letter: bytes that no rule could read, kept with where they came from and why."""

from dataclasses import dataclass
from datetime import datetime

from streams.policy.vocabulary import DecisionId


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetter:
    """The original key and value, and the error. `decision_id` is that of its `malformed` ledger record.

    Key and value may hold plates and names: this is kept for who may read requests. `recorded_at` is UTC.
    """

    decision_id: DecisionId
    source_topic: str
    source_partition: int
    source_offset: int
    key: bytes | None
    value: bytes | None
    error: str
    recorded_at: datetime
