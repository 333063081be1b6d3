"""When the books may be trusted: one frozen value, moved on by what the replica sees.

Only CURRENT may decide. The proof of freshness is the worker's own heartbeat: it writes a record into the
books and must read it back, so everything that was written before that record has been applied. Its age
is counted from the moment it was written, not from the moment it returned.
"""

import math
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Self


class BooksState(StrEnum):
    """What the replica knows about itself; only `CURRENT` lets the gate decide."""

    LOADING = "loading"
    CURRENT = "current"
    STALE = "stale"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Freshness:
    """What bears on the state of the books; instants are seconds of the monotonic clock.

    `goal` is the offset that has to be reached before the books are loaded, None until it is known.
    `fatal` lasts for good; `policy_fault` lasts until a policy that can be read arrives. `owned_at` is when
    the owner last signed what was read, and is asked for when `owner_stale_after` is given.
    """

    stale_after: float
    goal: int | None = None
    position: int = 0
    heartbeat_at: float | None = None
    policy_fault: str | None = None
    fatal: str | None = None
    owner_stale_after: float | None = None
    owned_at: float | None = None

    @property
    def loaded(self) -> bool:
        """Return whether everything that stood in the books at the start has been applied."""
        return self.goal is not None and self.position >= self.goal

    @property
    def failure(self) -> str | None:
        """Return why the books are FAILED, or None."""
        return self.fatal or self.policy_fault

    def age(self, now: float) -> float:
        """Return the seconds since the last heartbeat that came back was written; infinite for none.

        `now` is of the same monotonic clock as the heartbeat: the time of day may be set back, an age may
        not.
        """
        return math.inf if self.heartbeat_at is None else now - self.heartbeat_at

    def state(self, now: float) -> BooksState:
        """Return the state at `now`."""
        if self.failure is not None:
            return BooksState.FAILED
        # Loaded is not enough: without a heartbeat of its own the replica has not yet proved that it follows.
        if not self.loaded or self.heartbeat_at is None:
            return BooksState.LOADING
        if self.owner_stale_after is not None:
            if self.owned_at is None:
                return BooksState.LOADING
            if now - self.owned_at > self.owner_stale_after:
                return BooksState.STALE
        return BooksState.CURRENT if self.age(now) <= self.stale_after else BooksState.STALE

    def aimed(self, goal: int) -> Self:
        """Return the value once the end of the books at the start is known; the first goal stands."""
        return self if self.goal is not None else replace(self, goal=goal)

    def advanced(self, position: int) -> Self:
        """Return the value after everything below `position` was applied; a position never goes back."""
        return replace(self, position=max(self.position, position))

    def beaten(self, written_at: float) -> Self:
        """Return the value after the own heartbeat written at that instant was read back."""
        # Heartbeats can come back out of order after a fault; the age only ever gets younger by a later one.
        known = -math.inf if self.heartbeat_at is None else self.heartbeat_at
        return replace(self, heartbeat_at=max(known, written_at))

    def owned(self, signed_at: float) -> Self:
        """Return the value after the owner signed, at that instant, what was read."""
        return replace(self, owned_at=max(signed_at, -math.inf if self.owned_at is None else self.owned_at))

    def policy_read(self) -> Self:
        """Return the value after a policy that can be read."""
        return replace(self, policy_fault=None)

    def policy_unreadable(self, why: str) -> Self:
        """Return the value after a policy that cannot be read."""
        return replace(self, policy_fault=why)

    def broken(self, why: str) -> Self:
        """Return the value after a fault that nothing heals; the first one stands."""
        return self if self.fatal is not None else replace(self, fatal=why)
