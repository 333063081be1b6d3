"""The state of a partition of live shares, rebuilt from its chain after every change of owner."""

from aiokafka.structs import TopicPartition

from streams.chains.recovery import check_unread, checked_link, replayed, settle
from streams.chains.state import ChainState
from streams.codecs.live_record import read_live_record
from streams.codecs.read_list import open_read_list
from streams.codecs.vault import Vault
from streams.errors import LedgerError
from streams.kafka.reader import PartitionReader, committed_of
from streams.ledger.live_record import LiveKind, LiveRecord
from streams.ledger.sealed import month_in
from streams.live.memory import SentReads
from streams.live.state import LiveState
from streams.settings import Settings
from streams.topics import Topics

# To begin with; most chains have their last balances and all the ids wanted within so many.
_REACH = 2_000


async def recovered(partition: int, settings: Settings, vault: Vault) -> LiveState:
    """Return the state that the log holds, ready to go on from `next_source`.

    Raises:
        LedgerError: the log is not the continuation of what was committed, or reads were deleted unread.
        InputError: the vault is another one.
        UnavailableError: the broker does not answer.
    """
    topics = Topics.of(settings)
    source = TopicPartition(topics.reads.name, partition)
    committed = await committed_of(settings, source)
    async with PartitionReader(settings) as reader:
        chain = TopicPartition(topics.manifests.name, partition)
        replay = await replayed(reader, chain, _REACH, lambda: Replaying(partition, settings, vault))
        settle(replay.chain, committed)
        await check_unread(reader, source, replay.chain)
    return replay.state


class Replaying:
    """A state that is rebuilt until its volumes are known and its memory of ids is full."""

    def __init__(self, partition: int, settings: Settings, vault: Vault) -> None:
        self._vault = vault
        self._partitions = settings.partitions
        self.chain = ChainState(name="the ledger of live shares", partition=partition)
        self.state = LiveState(chain=self.chain, sent=SentReads(settings.remembered_reads))

    @property
    def is_enough(self) -> bool:
        """Tell whether no earlier record would change the state."""
        return self.state.since_balances is not None and self.state.sent.is_full

    def take(self, value: bytes | None, place: str) -> None:
        """Take in one record, after its own hash has been computed anew from its bytes."""
        record = checked_link(read_live_record, value, place)
        self._check_count(record)
        self.state.replay(record)
        if record.kind is LiveKind.READS:
            self.state.sent.put(self._ids_of(record))

    def _ids_of(self, record: LiveRecord) -> tuple[str, ...]:
        sealed = record.sealed_reads
        # A key that was destroyed is years old, and so are the reads: nobody sends those again.
        if sealed is None or not self._vault.has(month_in(sealed.key_id)):
            return ()
        return tuple(read.read_id for read in open_read_list(record, self._vault).reads)

    def _check_count(self, record: LiveRecord) -> None:
        if record.partition_count not in {None, self._partitions}:
            raise LedgerError(
                f"the ledger of live shares began with {record.partition_count} partitions and the settings "
                f"say {self._partitions}: set ALPR_GATE_PARTITIONS back, the number is fixed at genesis"
            )
