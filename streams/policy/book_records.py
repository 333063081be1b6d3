"""What stands on the topics of the books besides entities, agreements and the policy.

The books are the topic `alpr.books`: the latest value of each key. Their revision is the offset of the last
change in it. Every change stands in `alpr.books.events` too, for ever: the State Auditor's recommendation 32
asks for a record, apart from the vendor's system, of when and with whom data were shared.
"""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Heartbeat:
    """A worker's sign of life in the books, which it must see come back; no change, so no revision."""

    worker: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class BookEvent:
    """One change of the books: who made it, when and why. `value` is the framed entry; None is no value."""

    event_id: str
    key: str
    value: bytes | None
    by: str
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BooksAck:
    """A worker's word that no transaction of the partition begun under less than `revision` is open.

    `epoch` is the place in the partition's chain at which it was given; `at` is UTC. `input` is `requests` or
    `reads`: each has a chain of its own in a partition of that number.
    """

    worker: str
    partition: int
    revision: int
    at: datetime
    epoch: int
    input: str = "requests"
