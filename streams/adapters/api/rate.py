"""How often an agency may ask: a bucket of tokens for each, filled evenly."""

import math
from dataclasses import dataclass

from streams.clock import Clock
from streams.policy.vocabulary import EntityId

MINUTE = 60.0


@dataclass(slots=True)
class _Bucket:
    left: float
    at: float


class Rate:
    """At most `per_minute` requests of one agency in a minute, all at once or one by one.

    By entity and not by bearer token: a second token of an agency doubles nothing. Only who has been
    authenticated gets a bucket, so there are as many as agencies.
    """

    def __init__(self, per_minute: int, clock: Clock) -> None:
        self._most = float(per_minute)
        self._clock = clock
        self._buckets: dict[EntityId, _Bucket] = {}

    def wait(self, entity_id: EntityId) -> int:
        """Count one request and return 0, or return the whole seconds after which one is free again."""
        now = self._clock.monotonic()
        bucket = self._buckets.setdefault(entity_id, _Bucket(left=self._most, at=now))
        bucket.left = min(self._most, bucket.left + (now - bucket.at) * self._most / MINUTE)
        bucket.at = now
        if bucket.left >= 1:
            bucket.left -= 1
            return 0
        return math.ceil((1 - bucket.left) * MINUTE / self._most)
