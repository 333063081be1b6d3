"""Requests that were asked already, and how many of them are compared by two sides."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Protocol

from streams.errors import CodecError
from streams.policy.comparison import Comparison
from streams.policy.request import SharingRequest
from streams.rehearsal.tally import Tally

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
class Rehearsal:
    """What requests are judged by: two sides, and the time of those that nothing says a time of."""

    comparison: Comparison
    now: datetime

    def take(self, tally: Tally, asked: Asked, read: Callable[[bytes], SharingRequest]) -> None:
        """Count one request; it is decided as at the time when it was decided, else when it was asked.

        What is no request is told by its place.
        """
        try:
            request = read(asked.value or b"")
        except CodecError as error:
            tally.unreadable.append((asked.place, str(error)))
            return
        if self.comparison.spares(request.recipient_name):
            tally.compared += 1
            return
        if not asked.is_vouched:
            request = request.unauthenticated()
        at = asked.decided_at or request.requested_at or self.now
        tally.note(request, at, self.comparison.of(request, at))


class Work(Protocol):
    """Some requests that one process compares; it is pickled on its way there."""

    @property
    def extent(self) -> int:
        """Return how far it reaches on its source, in the source's own unit."""
        ...

    def tallied(self, rehearsal: Rehearsal) -> Tally:
        """Return what the comparison of all its requests comes to; it blocks."""
        ...


@dataclass(frozen=True, slots=True)
class Lines:
    """Some lines of a file, and how they are read."""

    read: Callable[[bytes], SharingRequest]
    asked: tuple[Asked, ...]
    extent: int

    def tallied(self, rehearsal: Rehearsal) -> Tally:
        """Return what the comparison of the lines comes to."""
        tally = Tally()
        for asked in self.asked:
            rehearsal.take(tally, asked, self.read)
        return tally
