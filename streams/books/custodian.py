"""The one way to change the books: fence, read them to their head, plan, write all of it or nothing.

1. Fence: starting the producer aborts and shuts out every custodian that began before.
2. Read: only then are the books read, so what is planned stands on everything that was committed.
3. Plan: `streams.books.plan` says what changes, or refuses.
4. Topics: each recipient's topic exists before its agreement can be used.
5. Write: each change as an event and as the state, in one transaction, and see that it can be read.
A custodian that starts meanwhile makes this one fail, so no update is ever lost; it only has to be repeated.
"""

import asyncio
import hashlib
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import datetime

from aiokafka import AIOKafkaProducer
from aiokafka.errors import IllegalOperation
from aiokafka.structs import RecordMetadata

from streams.books.entries import encode_entry
from streams.books.loader import read_index, wait_readable
from streams.books.plan import Change, Plan, Planner, books_after, recipients_of
from streams.books.source import PASSING_FAULTS
from streams.clock import Clock
from streams.codecs.book_event import encode_book_event
from streams.codecs.record_codec import OUTPUT_LIMIT
from streams.errors import FencedError, UnavailableError
from streams.kafka.admin import ensure_topics
from streams.kafka.faults import FENCED
from streams.policy.book_records import BookEvent
from streams.policy.books import Books
from streams.settings import Settings
from streams.topics import Topics

# Ids of events are derived, so that the same change of the same books is the same event.
EVENTS = uuid.uuid5(uuid.NAMESPACE_URL, "urn:alpr-gate:book-event")
# A file of thousands of entries goes out in few requests.
BATCH_BYTES = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """Who changes the books, and why; both stand in every event."""

    by: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What was changed, the revision that it has, and the books after it."""

    plan: Plan
    revision: int
    books: Books


async def change_books(settings: Settings, clock: Clock, planner: Planner, author: Author) -> Outcome:
    """Carry out what the planner makes of the books as they are, and return its revision.

    Raises:
        InputError: the plan cannot be carried out; nothing was written.
        FencedError: another custodian came in between.
        UnavailableError: the broker is not there, or does not answer in time.
    """
    await _ensure_books(settings)
    async with _fenced(settings) as producer:
        index = await read_index(settings)
        now = clock.now()
        plan = planner(index, now)
        revision = index.revision
        if plan.changes:
            # Before the write: a gate that reads the agreement may forward under it in the same moment.
            await _ensure_recipients(settings, plan)
            events = [_event(change, revision, author, now) for change in plan.changes]
            revision = await _write(producer, Topics.of(settings), events)
            # Who is told the revision may ask a gate for it at once, so it has to be there to read.
            await wait_readable(settings, revision)
    return Outcome(plan=plan, revision=revision, books=books_after(index.books, plan))


async def _ensure_books(settings: Settings) -> None:
    topics = Topics.of(settings)
    specs = (topics.books_events, topics.books, topics.books_acks)
    await ensure_topics(settings.bootstrap_servers, specs, settings.replication_factor)


async def _ensure_recipients(settings: Settings, plan: Plan) -> None:
    """Make the topic of each recipient; one whose topic is missing would have its requests held."""
    topics = Topics.of(settings)
    specs = tuple(topics.out(entity_id) for entity_id in sorted(recipients_of(plan)))
    if specs:
        await ensure_topics(settings.bootstrap_servers, specs, settings.replication_factor)


def _event(change: Change, revision: int, author: Author, now: datetime) -> BookEvent:
    """Return the event of a change; its id follows from the books it changes and what it makes of them."""
    value = encode_entry(change.after)
    seed = f"{revision}:{change.key}:{hashlib.sha256(value).hexdigest()}"
    return BookEvent(
        event_id=str(uuid.uuid5(EVENTS, seed)),
        key=str(change.key),
        value=value,
        by=author.by,
        at=now,
        reason=author.reason,
    )


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


async def _write(producer: AIOKafkaProducer, topics: Topics, events: list[BookEvent]) -> int:
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
