import asyncio
import gc
from collections.abc import AsyncIterator

import pytest
from aiokafka.structs import TopicPartition

from streams.errors import FencedError, UnavailableError
from streams.kafka.admin import admin_client, ensure_topics
from streams.kafka.faults import PoisonError
from streams.kafka.producer import TransactionalProducer
from streams.kafka.reader import committed_of
from streams.kafka.stage import Committed, Outbox
from streams.kafka.tailing import tail_topic
from streams.policy.vocabulary import EntityId
from streams.settings import Settings
from streams.topics import Topics
from tests.workers import eventually

pytestmark = pytest.mark.kafka

HEADERS = [("name", b"value"), ("nothing", None)]


@pytest.fixture
async def topics(settings: Settings) -> Topics:
    topics = Topics.of(settings)
    wanted = [topics.requests, topics.decisions, topics.out(EntityId("pasadena-pd"))]
    await ensure_topics(settings.bootstrap_servers, wanted, 1)
    return topics


@pytest.fixture
def source(topics: Topics) -> TopicPartition:
    return TopicPartition(topics.requests.name, 0)


@pytest.fixture
async def producer(settings: Settings, source: TopicPartition) -> AsyncIterator[TransactionalProducer]:
    producer = TransactionalProducer(settings, source)
    await producer.start()
    yield producer
    await producer.stop()
    # After a fence aiokafka leaves futures that nobody asks; their complaint belongs to this test's output.
    gc.collect()


def outbox(topics: Topics, *values: bytes) -> Outbox:
    return {(topics.decisions.name, 0): [(b"key", value, HEADERS) for value in values]}


async def values(settings: Settings, topics: Topics) -> list[bytes | None]:
    tail = tail_topic(settings, topics.decisions.name, begin="first", end="now")
    return [record.value async for record in tail]


async def test_what_is_committed_is_seen_with_its_offset(
    settings: Settings, topics: Topics, source: TopicPartition, producer: TransactionalProducer
) -> None:
    note = Committed(offset=7, metadata="a note")
    await producer.write(outbox(topics, b"a", b"b"))
    await producer.commit(note)
    tail = tail_topic(settings, topics.decisions.name, begin="first", end="now")
    assert [list(record.headers) async for record in tail] == [HEADERS, HEADERS]

    async def seen() -> bool:
        return await values(settings, topics) == [b"a", b"b"]

    await eventually(seen)
    assert await committed_of(settings, source) == note


async def test_what_is_aborted_is_never_seen(
    settings: Settings, topics: Topics, source: TopicPartition, producer: TransactionalProducer
) -> None:
    await producer.write(outbox(topics, b"a"))
    await producer.abort()
    assert await values(settings, topics) == []
    assert await committed_of(settings, source) is None


async def test_a_batch_beyond_the_size_of_one_is_written_whole_and_in_order(
    settings: Settings, topics: Topics, producer: TransactionalProducer
) -> None:
    large = [bytes([number]) * 400_000 for number in range(5)]
    await producer.write(outbox(topics, *large))
    await producer.commit(Committed(offset=1, metadata=""))

    async def seen() -> bool:
        return await values(settings, topics) == large

    await eventually(seen)


async def test_whoever_starts_later_fences_the_one_before(
    settings: Settings, topics: Topics, source: TopicPartition, producer: TransactionalProducer
) -> None:
    await producer.write(outbox(topics, b"mine"))
    later = TransactionalProducer(settings, source)
    await later.start()
    with pytest.raises(FencedError, match="another worker owns it now"):
        await producer.commit(Committed(offset=1, metadata=""))
    await later.stop()
    assert await values(settings, topics) == []


async def test_a_record_that_the_broker_refuses_is_poison_and_a_new_producer_goes_on(
    settings: Settings, topics: Topics, producer: TransactionalProducer
) -> None:
    out = topics.out(EntityId("pasadena-pd"))
    with pytest.raises(PoisonError):
        await producer.write({(out.name, 0): [(b"key", bytes(out.max_message_bytes + 1), [])]})
    await producer.renew()
    await producer.write(outbox(topics, b"after"))
    await producer.commit(Committed(offset=1, metadata=""))

    async def seen() -> bool:
        return await values(settings, topics) == [b"after"]

    await eventually(seen)


async def test_a_deleted_topic_is_not_waited_for_without_end(
    settings: Settings, topics: Topics, source: TopicPartition
) -> None:
    producer = TransactionalProducer(settings.model_copy(update={"transaction_timeout": 3.0}), source)
    await producer.start()
    async with admin_client(settings.bootstrap_servers) as admin:
        await admin.delete_topics([topics.decisions.name])
    with pytest.raises(UnavailableError, match="could not write a transaction"):
        await asyncio.wait_for(producer.write(outbox(topics, b"a")), 30)
    await producer.stop()


async def test_without_a_broker_it_cannot_start(source: TopicPartition) -> None:
    producer = TransactionalProducer(Settings(bootstrap_servers="127.0.0.1:1"), source)
    with pytest.raises(UnavailableError, match="could not fence the partition"):
        await producer.start()
    await producer.stop()
