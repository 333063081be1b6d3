"""The only place that reads a clock. Everything else is given `now`.

Rules compare instants (terms of agreements, deadlines, ages), so a decision can be made again later only if
its instant is one of its inputs. Freshness and time-outs go by the monotonic time, which nobody can set.
"""

import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Wall time for decisions, monotonic time for freshness.

    The wall time may jump in both directions; two workers may disagree by some seconds.
    """

    def now(self) -> datetime:
        """Return the current instant, in UTC."""
        ...

    def monotonic(self) -> float:
        """Return seconds since an arbitrary start; never goes back."""
        ...


class SystemClock:
    """The machine's clock, shifted by `offset` where a fault test wants a wrong one."""

    def __init__(self, offset: timedelta = timedelta(0)) -> None:
        self._offset = offset

    def now(self) -> datetime:
        """Return the machine's wall time plus the offset, in UTC."""
        return datetime.now(UTC) + self._offset  # noqa: TID251  # this is the one reader

    def monotonic(self) -> float:
        """Return the machine's monotonic time in seconds."""
        return time.monotonic()


class ManualClock:
    """A clock that stands still until it is told to advance; for tests and simulations."""

    def __init__(self, start: datetime) -> None:
        self._now = start
        self._monotonic = 0.0

    def now(self) -> datetime:
        """Return the instant it was last set to."""
        return self._now

    def monotonic(self) -> float:
        """Return the seconds it was advanced by."""
        return self._monotonic

    def advance(self, by: timedelta) -> None:
        """Move both times on by the same; nothing that sleeps is woken by it."""
        self._now += by
        self._monotonic += by.total_seconds()
