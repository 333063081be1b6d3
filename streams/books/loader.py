"""Read the books once, to their end: for a command, not for a gate."""

from aiokafka.errors import KafkaError

from streams.books.entries import read_record
from streams.books.index import BooksIndex
from streams.books.source import open_topic
from streams.errors import UnavailableError
from streams.policy.books import Books
from streams.settings import Settings
from streams.topics import Topics


async def read_books(settings: Settings) -> Books:
    """Return the books as they stand at their committed end."""
    return (await read_index(settings)).books


async def read_index(settings: Settings) -> BooksIndex:
    """Return the books at their committed end, with what cannot be read in them."""
    topic = Topics.of(settings).books.name
    index = BooksIndex()
    try:
        async with open_topic(settings, topic) as reader:
            end = await reader.end()
            while index.position < end:
                batch = await reader.read(timeout_ms=100)
                records = [read_record(raw.offset, raw.key, raw.value) for raw in batch.records]
                index.apply(records, batch.position)
    except KafkaError as error:
        raise UnavailableError(
            f"could not read `{topic}` at `{settings.bootstrap_servers}` ({type(error).__name__}); "
            "is the broker running, and does the topic exist?"
        ) from error
    return index
