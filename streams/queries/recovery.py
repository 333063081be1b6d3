"""The state of a partition of the searches, rebuilt from its chain after every change of owner."""

from aiokafka.structs import TopicPartition

from streams.chains.recovery import check_unread, checked_link, replayed, settle
from streams.codecs.query_access import read_access
from streams.codecs.vault import Vault
from streams.kafka.reader import PartitionReader, committed_of
from streams.ledger.sealed import month_in
from streams.queries.state import KnownAccesses, QueriesState
from streams.settings import Settings
from streams.topics import Topics


async def recovered(partition: int, settings: Settings, vault: Vault) -> QueriesState:
    """Return the state that the chain holds, ready to go on from `next_source`.

    Raises:
        LedgerError: the chain is not the continuation of what was committed, or searches were deleted before
            they were recorded.
        InputError: the vault has another key for the month that was sealed last.
        UnavailableError: the broker does not answer.
    """
    topics = Topics.of(settings)
    source = TopicPartition(topics.queries.name, partition)
    committed = await committed_of(settings, source)
    async with PartitionReader(settings) as reader:
        chain = TopicPartition(topics.queries_access.name, partition)
        limit = settings.remembered_ids
        state = (await replayed(reader, chain, limit, lambda: _Replay(partition, limit))).chain
        key_id = state.sealed_with
        if key_id is not None and vault.has(month_in(key_id)):
            vault.check(key_id)
        settle(state, committed)
        await check_unread(reader, source, state)
    return state


class _Replay:
    """A state that is rebuilt until it remembers as many accesses as its former owner."""

    def __init__(self, partition: int, limit: int) -> None:
        self.chain = QueriesState(partition=partition, known=KnownAccesses(limit))

    @property
    def is_enough(self) -> bool:
        """Tell whether the memory is full."""
        return len(self.chain.known) >= self.chain.known.limit

    def take(self, value: bytes | None, place: str) -> None:
        """Take in one record, after its own hash has been computed anew from its bytes."""
        self.chain.replay(checked_link(read_access, value, place))
