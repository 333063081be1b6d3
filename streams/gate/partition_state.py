"""All that the gate knows about one partition: the ledger and the open holds, and nothing else.

INVARIANT: the state that a worker has after a commit equals the one that another worker replays from the
ledger. Nothing is kept beside the log, so a worker may be killed at any instant, nothing has to be restored,
and a change of owner needs no handing over.
"""

from dataclasses import dataclass, field
from typing import Self

from streams.chains.state import ChainState
from streams.errors import LedgerError
from streams.gate.memory import Memory, Remembered, outcomes_of
from streams.gate.open_holds import OpenHolds
from streams.ledger.record import LedgerRecord
from streams.policy.vocabulary import ReasonCode, RecordKind


@dataclass(slots=True, kw_only=True)
class PartitionState(ChainState):
    """The state of one partition, with what it remembers of its decisions and the holds that are open.

    `sealed_with` is the id of the key that sealed the last access record that was replayed.
    """

    name: str = "the ledger"
    partition_count: int
    memory: Memory
    holds: OpenHolds = field(default_factory=OpenHolds)
    sealed_with: str | None = None

    def replay(self, record: LedgerRecord) -> Self:
        """Take in one record of the ledger, in order, and return this state.

        The first may stand anywhere in the chain, for a replay seldom starts at the genesis; each after it
        must continue the one before. That a record fits its own hash is checked where its bytes are read.

        Raises:
            LedgerError: the record does not continue the chain, or counts other partitions than the topic.
        """
        self.follow(record)
        # The number of partitions is in the first record alone; a replay that starts later trusts it.
        self._check_genesis(record)
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
