"""What the topics of the books carry besides the entries: heartbeats, changes, acknowledgements."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Heartbeat:
    """A worker's sign of life in the books; it comes back to its writer and does not count as a change."""

    worker: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class BookEvent:
    """One change of the books. `value` is the framed new entry, or None when the entry is taken away."""

    event_id: str
    key: str
    value: bytes | None
    by: str
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BooksAck:
    """A writer's statement that `revision` binds `partition`, under one assignment of partitions."""

    worker: str
    partition: int
    revision: int
    at: datetime
    epoch: int
