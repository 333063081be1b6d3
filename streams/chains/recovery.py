"""The state of a partition, rebuilt from its chain after every change of owner.

It runs after the fence: before it, a former owner might still commit records that this reading has missed. It
reads the end of the chain only, as far as the state wants, then compares it with the committed note and with
what is left of the input. Nothing is repaired here. What does not fit together ends the worker, because a
gate that guesses could release a second time, or not at all, without anybody's notice.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Protocol, TypeVar

from aiokafka.structs import TopicPartition

from streams.chains.note import Note
from streams.chains.state import ChainState
from streams.errors import CodecError, LedgerError
from streams.kafka.reader import PartitionReader
from streams.kafka.stage import Committed
from streams.ledger.links import Link
from streams.logs import get_logger

log = get_logger(__name__)

# A transaction of one record takes two offsets: the record and the marker of its commit.
OFFSETS_PER_RECORD = 2
# Ample for a transaction's end to show in every partition.
SETTLING_SECONDS = 2.0

Value = TypeVar("Value")
LinkT = TypeVar("LinkT", bound=Link)


class Replay(Protocol):
    """A state that grows record by record, as the chain did; it knows when it has seen enough."""

    @property
    def chain(self) -> ChainState:
        """Return where the chain stands."""
        ...

    @property
    def is_enough(self) -> bool:
        """Tell whether nothing that stands before what was replayed would change the state."""
        ...

    def take(self, value: bytes | None, place: str) -> None:
        """Replay one record; `place` is where it lies, for messages.

        Raises:
            LedgerError: it cannot be read, was changed, or does not continue the one before.
        """
        ...


ReplayT = TypeVar("ReplayT", bound=Replay)


def checked_link(
    read_link: Callable[[bytes | None], tuple[LinkT, bytes]], value: bytes | None, place: str
) -> LinkT:
    """Return the record that the bytes at `place` hold, after its hash has been computed anew from them.

    A broker's disk is not trusted to have kept what it was given.

    Raises:
        LedgerError: it cannot be read, or was changed.
    """
    try:
        link, computed = read_link(value)
    except CodecError as error:
        raise LedgerError(f"{place}: {error}") from error
    if link.hash != computed:
        raise LedgerError(f"{place}: the record was changed after it was written, restore the topic")
    return link


async def replayed(
    reader: PartitionReader, chain: TopicPartition, reach: int, begin: Callable[[], ReplayT]
) -> ReplayT:
    """Replay the end of the chain, reaching back twice as far until it is enough, or to its beginning.

    Not every offset holds a record (markers), and not every record says what is wanted, so how far that is
    shows only in reading. `begin` makes an empty state; `reach` is how many records to begin with.

    Raises:
        LedgerError: a record does not fit, or what was before the first one is gone.
        UnavailableError: the broker does not answer.
    """
    first, end = await reader.bounds(chain)
    reach *= OFFSETS_PER_RECORD
    while True:
        start = max(first, end - reach)
        state, count = begin(), 0
        async for record in reader.read(chain, start, end):
            state.take(record.value, f"{chain.topic}[{chain.partition}]@{record.offset}")
            count += 1
        # Read from the very beginning, where the chain's own must be: a topic that was deleted and made anew
        # under a worker that went on with its chain would pass for a whole chain otherwise.
        if start == 0 and count and state.chain.head.seq != count - 1:
            raise LedgerError(
                f"{chain.topic}[{chain.partition}] begins at seq {state.chain.head.seq + 1 - count}: what "
                "was before is gone, restore the topic, see the runbook"
            )
        # `next_source` too: records without input alone tell no position to read on from.
        if start == first or (state.chain.next_source > 0 and state.is_enough):
            return state
        reach *= 2


def settle(chain: ChainState, committed: Committed | None) -> None:
    """Compare the chain with what was committed beside it, and read on from where both agree.

    Raises:
        LedgerError: they do not fit together.
    """
    if committed is not None:
        chain.check(Note.read(committed.metadata))
        # It may be ahead of the chain: offsets of markers and aborted records are on no record.
        chain.next_source = max(chain.next_source, committed.offset)


async def check_unread(reader: PartitionReader, source: TopicPartition, chain: ChainState) -> None:
    """Refuse an input that lost records before they were taken, or that is not the same any more.

    A topic that was made anew counts its offsets from 0 again: its first records would be passed over.

    Raises:
        LedgerError: it is such an input.
    """
    first, end = await reader.bounds(source)
    if chain.head.seq < 0:
        # A gate that is new here begins with what is still there.
        chain.next_source = max(first, chain.next_source)
    if first > chain.next_source:
        raise LedgerError(
            f"{source.topic}[{source.partition}] begins at {first}, but what stands from {chain.next_source} "
            "on is not decided yet: it was deleted unread, see the runbook"
        )
    if chain.next_source > end:
        raise LedgerError(
            f"{source.topic}[{source.partition}] ends at {end}, but what stands up to {chain.next_source} "
            "was decided: the topic was made anew, see the runbook"
        )


async def read_twice(read: Callable[[], Awaitable[Value]], partition: int) -> Value:
    """Return what is read; what does not fit together is read once more, a moment later.

    For a moment after a transaction or a change of leaders, a broker may not show the end of every partition
    that it has promised to keep.

    Raises:
        LedgerError: it does not fit the second time either.
    """
    try:
        return await read()
    except LedgerError as error:
        log.warning("the ledger does not fit, reading it again", partition=partition, error=error)
        await asyncio.sleep(SETTLING_SECONDS)
        return await read()
