"""The state of a partition, rebuilt from its ledger and its open holds after every change of owner.

It runs after the fence: before it, a former owner might still commit records that this reading has missed. It
reads the end of the ledger only, as far as the memory reaches, then compares it with the committed note, with
the holds, and with what is left of the input. Nothing is repaired here. What does not fit together ends the
worker, because a gate that guesses could release a second time, or not at all, without anybody's notice.
"""

from aiokafka.structs import TopicPartition

from streams.codecs.ledger_record import read_link
from streams.codecs.sealed_hold import open_hold_of
from streams.codecs.vault import Vault
from streams.errors import CodecError, InputError, LedgerError
from streams.gate.memory import Memory
from streams.gate.note import Note
from streams.gate.open_holds import OpenHolds
from streams.gate.partition_state import PartitionState
from streams.kafka.batch import Record
from streams.kafka.reader import PartitionReader, committed_of
from streams.ledger.sealed import month_in
from streams.policy.hold import Hold
from streams.policy.vocabulary import Verdict
from streams.settings import Settings
from streams.topics import Topics

# A transaction of one record takes two offsets: the record and the marker of its commit.
OFFSETS_PER_RECORD = 2


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
        state = await _replayed(reader, TopicPartition(topics.decisions.name, partition), settings)
        _check_vault(state, vault)
        if committed is not None:
            state.check(Note.read(committed.metadata))
            # It may be ahead of the ledger: offsets of markers and aborted records have no ledger record.
            state.next_source = max(state.next_source, committed.offset)
        state.holds = await _open_holds(reader, TopicPartition(topics.holds.name, partition), vault)
        _check_holds(state)
        await _check_unread(reader, TopicPartition(topics.requests.name, partition), state)
    return state


async def _replayed(reader: PartitionReader, ledger: TopicPartition, settings: Settings) -> PartitionState:
    """Replay the end of the ledger, reaching back twice as far until the memory is full, or to its beginning.

    Not every offset holds a decision (markers, repeats, garbage), so how far that is shows only in reading.
    An id that the former owner remembered and this one does not would be forwarded a second time.
    """
    first, end = await reader.bounds(ledger)
    reach = OFFSETS_PER_RECORD * settings.remembered_ids
    while True:
        start = max(first, end - reach)
        state = PartitionState(
            partition=ledger.partition,
            partition_count=settings.partitions,
            memory=Memory(settings.remembered_ids),
        )
        replayed = 0
        async for record in reader.read(ledger, start, end):
            _replay(state, record, f"{ledger.topic}[{ledger.partition}]@{record.offset}")
            replayed += 1
        # Read from the very beginning, where the chain's own must be: a topic that was deleted and made anew
        # under a worker that went on with its chain would pass for a whole ledger otherwise.
        if start == 0 and replayed and state.head.seq != replayed - 1:
            raise LedgerError(
                f"{ledger.topic}[{ledger.partition}] begins at seq {state.head.seq + 1 - replayed}: what was "
                "before is gone, restore the topic, see the runbook"
            )
        # `next_source` too: a chain of expiries alone fills the memory and tells no position to read on from.
        if start == first or (state.next_source > 0 and len(state.memory) >= settings.remembered_ids):
            return state
        reach *= 2


def _replay(state: PartitionState, record: Record, place: str) -> None:
    """Take in one ledger record, after its own hash has been computed anew from its bytes."""
    # Each record is hashed again: a broker's disk is not trusted to have kept what it was given.
    try:
        entry, computed = read_link(record.value)
    except CodecError as error:
        raise LedgerError(f"{place}: {error}") from error
    if entry.hash != computed:
        raise LedgerError(f"{place}: the record was changed after it was written, restore the topic")
    state.replay(entry)


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


async def _check_unread(reader: PartitionReader, source: TopicPartition, state: PartitionState) -> None:
    """Refuse an input topic that lost requests before they were decided, or that is not the same any more.

    A topic that was made anew counts its offsets from 0 again: its first requests would be passed over.
    """
    first, end = await reader.bounds(source)
    if state.head.seq < 0:
        # A gate that is new here begins with what is still there.
        state.next_source = first
    if first > state.next_source:
        raise LedgerError(
            f"{source.topic}[{source.partition}] begins at {first}, but requests from {state.next_source} on "
            "are not decided yet: they were deleted unread, see the runbook"
        )
    if state.next_source > end:
        raise LedgerError(
            f"{source.topic}[{source.partition}] ends at {end}, but requests up to {state.next_source} were "
            "decided: the topic was made anew, see the runbook"
        )
