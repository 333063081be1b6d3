"""Requests that were asked already, in batches of raw bytes, as they come from a file or from Kafka."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from streams.policy.request import SharingRequest
from streams.policy.vocabulary import RecordKind

# As many as one process judges in a fraction of a second, so that progress is seen to move.
BATCH = 2_000


class Asked(NamedTuple):
    """One request as it was asked.

    `place` is its line or offset. `decided_at` is None when no ledger tells. `is_vouched` is False when the
    gate found that its seal does not hold, so that nobody vouches for the sender.
    """

    place: int
    value: bytes | None
    decided_at: datetime | None = None
    is_vouched: bool = True


@dataclass(frozen=True, slots=True)
class Batch:
    """Some requests, how their bytes are read, and how far on the source they reach, in its own unit.

    `left_out` are the kinds of ledger record of requests in between that cannot be judged by themselves.
    """

    read: Callable[[bytes], SharingRequest]
    asked: tuple[Asked, ...]
    extent: int
    left_out: tuple[RecordKind, ...] = ()
