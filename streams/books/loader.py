"""Read the books once, to their end: for a command, not for a gate."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiokafka.errors import KafkaError, UnknownTopicOrPartitionError

from streams.books.entries import read_record
from streams.books.index import BooksIndex
from streams.books.signed_history import history_of
from streams.books.source import TopicReader, open_topic
from streams.errors import UnavailableError
from streams.kafka.faults import reaching
from streams.policy.books import Books
from streams.settings import Settings
from streams.topics import Topics

# The broker marks the partitions some milliseconds after it has answered a commit.
LOOK_SECONDS = 0.01


async def read_books(settings: Settings) -> Books:
    """Return the books as they stand at their committed end.

    Raises:
        UnavailableError: no broker answers, or there are no books there yet.
        CodecError: a key cannot be read, so nothing of the books can be trusted.
    """
    return (await read_index(settings)).books


async def read_index(settings: Settings) -> BooksIndex:
    """Return the books at their committed end, with what cannot be read in them."""
    index = BooksIndex(history_of(settings))
    async with _books(settings, None) as reader:
        # INVARIANT: the end is asked for first, so all that was committed before the call is in what it
        # returns.
        end = await reader.end()
        while index.position < end:
            batch = await reader.read(timeout_ms=100)
            records = [read_record(raw.offset, raw.key, raw.value, raw.at) for raw in batch.records]
            index.apply(records, batch.position)
    return index


async def wait_readable(settings: Settings, revision: int) -> None:
    """Return once every reader of committed records can read that revision.

    The broker answers a commit before it has marked the partitions, so for some milliseconds a change that
    is committed cannot be read yet.
    """
    async with _books(settings, revision) as reader:
        while await reader.end() <= revision:  # noqa: ASYNC110  # only the broker knows, and it has to be asked
            await asyncio.sleep(LOOK_SECONDS)


@asynccontextmanager
async def _books(settings: Settings, position: int | None) -> AsyncIterator[TopicReader]:
    topic = Topics.of(settings).books.name
    try:
        with reaching(settings.bootstrap_servers):
            async with open_topic(settings, topic, position) as reader:
                yield reader
    except UnknownTopicOrPartitionError as error:
        raise UnavailableError(
            f"there is no topic `{topic}` at `{settings.bootstrap_servers}`; `alpr-gate policy apply FILE` "
            "makes it, and so does a gate"
        ) from error
    except KafkaError as error:
        raise UnavailableError(
            f"could not read `{topic}` at `{settings.bootstrap_servers}`: {type(error).__name__}; look at "
            "the brokers"
        ) from error
