"""The confirmations of the books by what they are about, and when each entry was last written.

The times are those of the records, not of what they say: an agreement has no field for when it was revoked,
and who revokes in a hurry gives none.
"""

from datetime import UTC, datetime
from typing import NamedTuple

from streams.policy.closure import Closure


class Written(NamedTuple):
    """The offset of an entry's last record, and when it was written, UTC."""

    offset: int
    at: datetime


# What nobody knows the time of is older than anything, so that it is looked at first.
UNWRITTEN = Written(-1, datetime(1970, 1, 1, tzinfo=UTC))


class ClosureIndex:
    """The latest confirmation of each subject, and the last record of each key."""

    def __init__(self) -> None:
        self._closures: dict[str, Closure] = {}
        self._written: dict[str, Written] = {}

    def get(self, subject: str) -> Closure | None:
        """Return the latest confirmation of that subject, or None."""
        return self._closures.get(subject)

    def put(self, closure: Closure) -> None:
        """Put the confirmation in the place of the earlier one of its subject."""
        self._closures[closure.subject] = closure

    def drop(self, subject: str) -> None:
        """Forget a confirmation that cannot be read any more: its task is open again."""
        self._closures.pop(subject, None)

    def written(self, key: str) -> Written:
        """Return the last record of that key; `UNWRITTEN` for one that was never seen here."""
        return self._written.get(key, UNWRITTEN)

    def note(self, key: str, written: Written) -> None:
        """Note that a record of that key was read."""
        self._written[key] = written

    def copy(self) -> "ClosureIndex":
        """Return an index of its own with the same records."""
        twin = ClosureIndex()
        twin._closures, twin._written = dict(self._closures), dict(self._written)
        return twin
