"""The desk of the custodian: one at a time has it, and what is written there is written whole or not at all.

1. Fence: starting the producer aborts and shuts out every custodian that began before.
2. Read: only then are the books read, so what is planned stands on everything that was committed.
3. Write: each change as an event and as the state, in one transaction, and see that it can be read.
A custodian that starts meanwhile makes this one fail, so no update is ever lost; it only has to be repeated.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager

from aiokafka import AIOKafkaProducer
from aiokafka.errors import IllegalOperation
from aiokafka.structs import RecordMetadata

from streams.books.index import BooksIndex
from streams.books.loader import read_index, wait_readable
from streams.books.source import PASSING_FAULTS
from streams.codecs.book_event import encode_book_event
from streams.codecs.record_codec import OUTPUT_LIMIT
from streams.errors import FencedError, UnavailableError
from streams.kafka.admin import ensure_topics
from streams.kafka.faults import FENCED
from streams.policy.book_records import BookEvent
from streams.settings import Settings
from streams.topics import Topics

# A file of thousands of entries goes out in few requests.
BATCH_BYTES = 1 << 20


class Desk:
    """The books as they are, for one custodian alone; made by `open_desk`."""

    def __init__(self, settings: Settings, producer: AIOKafkaProducer, index: BooksIndex) -> None:
        self.index = index
        self._settings = settings
        self._producer = producer

    async def write(self, events: Sequence[BookEvent]) -> int:
        """Write the events and the state that they make, and return the revision.

        Raises:
            FencedError: another custodian came in between; nothing was written.
            UnavailableError: the broker is not there, or does not answer in time.
        """
        revision = await _write(self._producer, Topics.of(self._settings), events)
        # Who is told the revision may ask a gate for it at once, so it has to be there to read.
        await wait_readable(self._settings, revision)
        return revision


@asynccontextmanager
async def open_desk(settings: Settings) -> AsyncIterator[Desk]:
    """Yield the desk; whoever had it before cannot write any more.

    Raises:
        FencedError: another custodian came in between.
        UnavailableError: the broker is not there, or does not answer in time.
    """
    topics = Topics.of(settings)
    specs = (topics.books_events, topics.books, topics.books_acks)
    await ensure_topics(settings.bootstrap_servers, specs, settings.replication_factor)
    async with _fenced(settings) as producer:
        yield Desk(settings, producer, await read_index(settings))


@asynccontextmanager
async def _fenced(settings: Settings) -> AsyncIterator[AIOKafkaProducer]:
    """Yield a transactional producer; whoever started one before cannot commit any more."""
    producer = AIOKafkaProducer(
        bootstrap_servers=settings.servers,
        # INVARIANT: one id for all custodians of a deployment; that is what makes them exclude one another.
        transactional_id=f"{settings.app_id}.custodian",
        acks="all",
        max_batch_size=BATCH_BYTES,
        max_request_size=2 * OUTPUT_LIMIT,
        transaction_timeout_ms=int(settings.transaction_timeout * 1000),
        request_timeout_ms=int(settings.transaction_timeout * 1000),
    )
    with _told_plainly():
        try:
            await producer.start()
            yield producer
        finally:
            await producer.stop()


@contextmanager
def _told_plainly() -> Iterator[None]:
    try:
        yield
    except FENCED as error:
        raise FencedError(
            "another custodian changed the books at the same time; run the command again"
        ) from error
    except (*PASSING_FAULTS, IllegalOperation) as error:
        raise UnavailableError(
            f"the books cannot be changed now ({type(error).__name__}); check the broker, then run the "
            "command again: what was written already shows as unchanged"
        ) from error


async def _write(producer: AIOKafkaProducer, topics: Topics, events: Sequence[BookEvent]) -> int:
    """Write the events and the state they make in one transaction; return the offset of the last state."""
    deliveries: list[asyncio.Future[RecordMetadata]] = []
    async with producer.transaction():
        try:
            for event in events:
                await _send(producer, topics, event, deliveries)
        except IllegalOperation:
            # The transaction ended under our hands; a delivery that failed before this tells why.
            await asyncio.gather(*deliveries)
            raise
        # aiokafka commits although a send has failed, unless each of them is awaited.
        written = await asyncio.gather(*deliveries)
    last: int = written[-1].offset
    return last


async def _send(
    producer: AIOKafkaProducer,
    topics: Topics,
    event: BookEvent,
    deliveries: list["asyncio.Future[RecordMetadata]"],
) -> None:
    """Send an event and its state, and add their deliveries to those of the transaction."""
    key, record = event.key.encode(), encode_book_event(event)
    # The event first: the history is the source of truth, the state follows from it.
    for topic, value in ((topics.books_events, record), (topics.books, event.value)):
        delivery = await producer.send(topic.name, value, key=key, partition=0)
        delivery.add_done_callback(_look_at)
        deliveries.append(delivery)


def _look_at(delivery: "asyncio.Future[RecordMetadata]") -> None:
    """Keep asyncio from telling of a delivery that failed unawaited, because another failed before it."""
    if not delivery.cancelled():
        delivery.exception()
