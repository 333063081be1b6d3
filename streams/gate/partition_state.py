"""All that the gate knows about one partition: the ledger and the open holds, and nothing else.

INVARIANT: the state that a worker has after a commit equals the one that another worker replays from the
ledger. Nothing is kept beside the log, so a worker may be killed at any instant, nothing has to be restored,
and a change of owner needs no handing over.
"""

from dataclasses import dataclass, field
from typing import Self

from streams.errors import LedgerError
from streams.gate.memory import Memory, Remembered, outcomes_of
from streams.gate.note import Note
from streams.gate.open_holds import OpenHolds
from streams.ledger.record import GENESIS_PREVIOUS, LedgerRecord
from streams.policy.making import maker_of
from streams.policy.vocabulary import ReasonCode, RecordKind

NO_REVISION = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The end of the chain: the last record's `seq` and `hash`, and the revision it was decided under.

    Before the genesis `seq` is -1, and `hash` is what the genesis names as the one before it.
    """

    seq: int = -1
    hash: bytes = GENESIS_PREVIOUS
    revision: int = NO_REVISION

    def note(self, revision: int) -> Note:
        """Return the note to commit for this head, under `revision` of the books."""
        return Note(seq=self.seq, hash=self.hash, revision=revision)


make_head = maker_of(Head)


@dataclass(slots=True, kw_only=True)
class PartitionState:
    """The state of one partition. `next_source` is the offset after the last one that has a ledger record.

    `bound_revision` is the newest revision that the partition has acknowledged to the custodian. No owner may
    decide under older books after that: the custodian counts on their being out of use. `sealed_with` is the
    id of the key that sealed the last access record that was replayed.
    """

    partition: int
    partition_count: int
    memory: Memory
    holds: OpenHolds = field(default_factory=OpenHolds)
    head: Head = Head()
    next_source: int = 0
    bound_revision: int = NO_REVISION
    sealed_with: str | None = None

    def replay(self, record: LedgerRecord) -> Self:
        """Take in one record of the ledger, in order, and return this state.

        The first may stand anywhere in the chain, for a replay seldom starts at the genesis; each after it
        must continue the one before. That a record fits its own hash is checked where its bytes are read.

        Raises:
            LedgerError: the record does not continue the chain, or counts other partitions than the topic.
        """
        if self.head.seq >= 0 and (record.seq != self.head.seq + 1 or record.prev_hash != self.head.hash):
            raise LedgerError(
                f"the ledger of partition {self.partition} breaks at seq {record.seq}: run `alpr-gate ledger "
                "verify` and restore the topic before the gate goes on"
            )
        # The number of partitions is in the first record alone; a replay that starts later trusts it.
        self._check_genesis(record)
        self.head = make_head(seq=record.seq, hash=record.hash, revision=record.books_revision)
        # Offsets only rise along a chain; expiries and the genesis have none.
        if record.source_offset is not None:
            self.next_source = record.source_offset + 1
        if record.sealed_access is not None:
            self.sealed_with = record.sealed_access.key_id
        self._remember(record)
        return self

    def _remember(self, record: LedgerRecord) -> None:
        outcome = Remembered(record.verdict, record.reasons)
        if record.kind is RecordKind.DISCLOSURE:
            # What counsel has not signed uses up no id.
            if record.leading_reason is not ReasonCode.DISCLOSURE_REFUSED:
                self.memory.put(record.decision_id, outcome)
        elif record.kind in (RecordKind.DECISION, RecordKind.RESOLUTION):
            for decision_id, remembered in outcomes_of(record.decision_id, record.follows, outcome):
                self.memory.put(decision_id, remembered)
        elif record.kind is RecordKind.REPEAT:
            # What it repeats may stand further back than the replay reaches.
            self.memory.put(record.decision_id, self.memory.get(record.decision_id) or outcome)

    def _check_genesis(self, record: LedgerRecord) -> None:
        if record.kind is RecordKind.GENESIS and record.partition_count != self.partition_count:
            raise LedgerError(
                f"the ledger began with {record.partition_count} partitions and the settings say "
                f"{self.partition_count}: set ALPR_GATE_PARTITIONS back, the number is fixed at genesis"
            )

    def check(self, note: Note) -> None:
        """Compare the head with the note of the last commit, and take over the revision that it binds.

        Note and record were committed together, so neither may be ahead of the other.

        Raises:
            LedgerError: the ledger lacks records that were committed, holds others in their place, or goes on
                where nothing was committed.
        """
        if note.seq > self.head.seq or (note.seq == self.head.seq and note.hash != self.head.hash):
            raise LedgerError(
                f"the ledger of partition {self.partition} ends at seq {self.head.seq}, but seq {note.seq} "
                "was committed: records are missing or replaced, restore the topic"
            )
        if note.seq < self.head.seq:
            raise LedgerError(
                f"the ledger of partition {self.partition} goes on after seq {note.seq}, the last that was "
                "committed: another program writes there, run `alpr-gate ledger verify`"
            )
        self.bound_revision = note.revision
