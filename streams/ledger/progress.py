"""What a verifier remembers of a chain while it reads: the last link, and ids of decisions."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from streams.ledger.record import GENESIS_PREVIOUS, LedgerRecord
from streams.policy.vocabulary import DecisionId, RecordKind, Verdict


@dataclass(slots=True, kw_only=True)
class Progress:
    """The state after `count` good records. Only the two id sets grow with the chain."""

    partition: int | None
    count: int = 0
    hash: bytes = GENESIS_PREVIOUS
    revision: int | None = None
    offset: int = -1
    decided_at: datetime | None = None
    times_back: int = 0
    decided: set[DecisionId] = field(default_factory=set)
    open_holds: set[DecisionId] = field(default_factory=set)
    kinds: Counter[RecordKind] = field(default_factory=Counter)

    def take(self, record: LedgerRecord) -> None:
        """Take in one record that has passed every check."""
        self.partition = record.partition
        self.count += 1
        self.hash = record.hash
        self.revision = record.books_revision
        self.kinds[record.kind] += 1
        if record.source_offset is not None:
            self.offset = record.source_offset
        # Clocks of workers differ, so an honest chain may step back a little: it is counted, not refused.
        if self.decided_at is not None and record.decided_at < self.decided_at:
            self.times_back += 1
        self.decided_at = record.decided_at
        self._take_outcome(record)

    def _take_outcome(self, record: LedgerRecord) -> None:
        if record.kind is RecordKind.RESOLUTION and record.follows is not None:
            self.open_holds.discard(record.follows)
        if record.kind in (RecordKind.DECISION, RecordKind.RESOLUTION, RecordKind.DISCLOSURE):
            self.decided.add(record.decision_id)
            if record.verdict is Verdict.HOLD:
                self.open_holds.add(record.decision_id)
