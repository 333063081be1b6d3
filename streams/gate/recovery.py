"""The state of a partition, rebuilt from its ledger and its open holds after every change of owner.

The end of the ledger is replayed as far as the memory reaches (`streams.chains.recovery`), then compared with
the vault, with the holds, and with what is left of the input. What does not fit together ends the worker.
"""

from aiokafka.structs import TopicPartition

from streams.chains.recovery import check_unread, checked_link, replayed, settle
from streams.codecs.ledger_record import read_link
from streams.codecs.sealed_hold import open_hold_of
from streams.codecs.vault import Vault
from streams.errors import CodecError, InputError, LedgerError
from streams.gate.memory import Memory
from streams.gate.open_holds import OpenHolds
from streams.gate.partition_state import PartitionState
from streams.kafka.batch import Record
from streams.kafka.reader import PartitionReader, committed_of
from streams.ledger.sealed import month_in
from streams.policy.hold import Hold
from streams.policy.vocabulary import Verdict
from streams.settings import Settings
from streams.topics import Topics


async def recovered(partition: int, settings: Settings, vault: Vault) -> PartitionState:
    """Return the state that the log holds, ready to go on from `next_source`.

    Raises:
        LedgerError: the log is not the continuation of what was committed, holds are older than the ledger,
            or requests were deleted before they were decided.
        InputError: the topic of requests was widened, the vault is another one, or it lacks a key that holds
            are sealed with.
        UnavailableError: the broker does not answer.
    """
    topics = Topics.of(settings)
    if partition >= topics.partitions:
        raise InputError(
            f"topic `{topics.requests.name}` has a partition {partition}, but the settings say there are "
            f"{topics.partitions}: the number is fixed when the ledger begins, see the runbook"
        )
    committed = await committed_of(settings, TopicPartition(topics.requests.name, partition))
    async with PartitionReader(settings) as reader:
        ledger = TopicPartition(topics.decisions.name, partition)
        replay = await replayed(reader, ledger, settings.remembered_ids, lambda: _Replay(partition, settings))
        state = replay.chain
        _check_vault(state, vault)
        settle(state, committed)
        state.holds = await _open_holds(reader, TopicPartition(topics.holds.name, partition), vault)
        _check_holds(state)
        await check_unread(reader, TopicPartition(topics.requests.name, partition), state)
    return state


class _Replay:
    """A state that is rebuilt until its memory is full.

    An id that the former owner remembered and this one does not would be forwarded a second time.
    """

    def __init__(self, partition: int, settings: Settings) -> None:
        self._memory = Memory(settings.remembered_ids)
        self._most = settings.remembered_ids
        self.chain = PartitionState(
            partition=partition, partition_count=settings.partitions, memory=self._memory
        )

    @property
    def is_enough(self) -> bool:
        """Tell whether the memory is full."""
        return len(self._memory) >= self._most

    def take(self, value: bytes | None, place: str) -> None:
        """Take in one ledger record, after its own hash has been computed anew from its bytes."""
        self.chain.replay(checked_link(read_link, value, place))


async def _open_holds(reader: PartitionReader, partition: TopicPartition, vault: Vault) -> OpenHolds:
    """Return the holds that no tombstone has lifted.

    The topic is compacted, but only in time: several values of a key may be there, and the last one counts.

    Raises:
        LedgerError: a hold cannot be read; to pass over it would leave its requester without an answer.
    """
    latest: dict[bytes, Record] = {}
    first, end = await reader.bounds(partition)
    async for record in reader.read(partition, first, end):
        latest[record.key or b""] = record
    # Only what is left is opened: the key of a hold that was lifted long ago may have been destroyed.
    found = [_opened(record, partition, vault) for record in latest.values() if record.value is not None]
    # By age, not by the place that compaction has left each at.
    holds = OpenHolds()
    for hold in sorted(found, key=lambda hold: hold.opened_at):
        holds.open(hold)
    return holds


def _opened(record: Record, partition: TopicPartition, vault: Vault) -> Hold:
    try:
        return open_hold_of(record.value, vault)
    except (CodecError, LedgerError) as error:
        raise LedgerError(f"{partition.topic}[{partition.partition}]@{record.offset}: {error}") from error


def _check_vault(state: PartitionState, vault: Vault) -> None:
    """Refuse a vault that has another key for the month in which the ledger was sealed last."""
    key_id = state.sealed_with
    # A month without a key is no contradiction: its key may have been destroyed while nothing was asked.
    if key_id is not None and vault.has(month_in(key_id)):
        vault.check(key_id)


def _check_holds(state: PartitionState) -> None:
    """Refuse a hold that the ledger knows to be resolved: it would be resolved a second time."""
    for hold in state.holds:
        known = state.memory.get(hold.decision.decision_id)
        # An id that is forgotten tells nothing; the audit, which reads the whole chain, still would.
        if known is not None and (known.resolved_by is not None or known.verdict is not Verdict.HOLD):
            raise LedgerError(
                f"the holds of partition {state.partition} are older than its ledger, which resolves "
                f"`{hold.decision.decision_id}`: restore the topic, see the runbook"
            )
