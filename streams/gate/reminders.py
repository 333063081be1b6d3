"""What the security team has yet to hear of: evidence holds that nobody has verified, and notices.

One partition speaks for all: its writer is fenced, so of several workers one alone alerts, in the transaction
of that partition. What was told is remembered for as long as the worker owns it. A later owner tells it again
under the same alert id, which stands for the same alert wherever it is read.
"""

from collections.abc import Iterable
from datetime import datetime

from streams.gate.schedule import Schedule
from streams.policy.books import Books
from streams.policy.evidence_hold import EvidenceHold
from streams.policy.notices import Notice
from streams.policy.vocabulary import EvidenceHoldId

# Every deployment has it.
SPEAKER = 0
Overdue = EvidenceHold | Notice
# A hold that is verified, and later overdue again, is told again. A notice has its date within it.
Due = tuple[EvidenceHoldId, datetime] | Notice
# So many at most in one transaction; the rest are due again at once.
MOST_TOLD = 500


class Reminders:
    """What one partition has told; all but the first tell nothing."""

    def __init__(self, partition: int, schedule: Schedule) -> None:
        self._speaks = partition == SPEAKER
        self._schedule = schedule
        self._told: set[Due] = set()

    def untold(self, books: Books, now: datetime) -> tuple[Overdue, ...]:
        """Return what is overdue and to be told next: holds and then notices, the earliest due first."""
        if not self._speaks:
            return ()
        overdue: tuple[Overdue, ...] = (*books.evidence.overdue(now), *self._schedule.due(books, now))
        return tuple(one for one in overdue if _due(one) not in self._told)[:MOST_TOLD]

    def told(self, overdue: Iterable[Overdue]) -> None:
        """Note that these were told, once their transaction is committed."""
        self._told.update(map(_due, overdue))


def _due(overdue: Overdue) -> Due:
    return (overdue.hold_id, overdue.reverify_due) if isinstance(overdue, EvidenceHold) else overdue
