"""Which evidence holds the security team has yet to hear of, because nobody has verified them in time.

One partition speaks for all: its writer is fenced, so of several workers one alone alerts, in the transaction
of that partition. What was told is remembered for as long as the worker owns it. A later owner tells it again
under the same alert id, which stands for the same alert wherever it is read.
"""

from collections.abc import Iterable
from datetime import datetime

from streams.policy.evidence_hold import EvidenceHold
from streams.policy.evidence_index import EvidenceIndex
from streams.policy.vocabulary import EvidenceHoldId

# Every deployment has it.
SPEAKER = 0
# A hold that is verified, and later overdue again, is told again.
Due = tuple[EvidenceHoldId, datetime]
# So many at most in one transaction; the rest are due again at once.
MOST_TOLD = 500


class Reminders:
    """What one partition has told; all but the first tell nothing."""

    def __init__(self, partition: int) -> None:
        self._speaks = partition == SPEAKER
        self._told: set[Due] = set()

    def untold(self, evidence: EvidenceIndex, now: datetime) -> tuple[EvidenceHold, ...]:
        """Return the overdue holds that are to be told next, the earliest due first."""
        if not self._speaks:
            return ()
        return tuple(hold for hold in evidence.overdue(now) if _due(hold) not in self._told)[:MOST_TOLD]

    def told(self, holds: Iterable[EvidenceHold]) -> None:
        """Note that these were told, once their transaction is committed."""
        self._told.update(map(_due, holds))


def _due(hold: EvidenceHold) -> Due:
    return hold.hold_id, hold.reverify_due
