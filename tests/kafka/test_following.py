import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest
from aiokafka import AIOKafkaProducer

from streams.clock import SystemClock
from streams.errors import InputError
from streams.kafka.admin import ensure_topics
from streams.kafka.embedded import EmbeddedKafka
from streams.kafka.following import Follower
from streams.settings import Settings
from streams.topics import Topics
from tests.books.polling import until

pytestmark = pytest.mark.kafka


async def topic_of(settings: Settings) -> str:
    spec = Topics.of(settings).answers
    await ensure_topics(settings.bootstrap_servers, [spec], 1)
    return spec.name


@asynccontextmanager
async def following(settings: Settings, topic: str, values: list[bytes | None]) -> AsyncIterator[Follower]:
    follower = Follower(settings, topic, SystemClock(), lambda record: values.append(record.value))
    assert follower.problem is not None
    task = asyncio.create_task(follower.run())
    try:
        yield follower
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def test_it_has_read_all_there_was_before_it_says_so_and_goes_on(settings: Settings) -> None:
    topic = await topic_of(settings)
    values: list[bytes | None] = []
    async with AIOKafkaProducer(bootstrap_servers=settings.servers, acks="all") as producer:
        for number in range(2000):
            await producer.send(topic, b"old", partition=number % settings.partitions)
        await producer.flush()
        async with following(settings, topic, values) as follower:
            await until(lambda: follower.problem is None)
            assert values == [b"old"] * 2000
            await producer.send_and_wait(topic, b"new")
            await until(lambda: values[-1] == b"new")


async def test_what_is_rolled_back_is_not_read_and_not_waited_for(settings: Settings) -> None:
    topic = await topic_of(settings)
    values: list[bytes | None] = []
    async with AIOKafkaProducer(
        bootstrap_servers=settings.servers, transactional_id=settings.app_id
    ) as producer:
        await producer.begin_transaction()
        await producer.send_and_wait(topic, b"undone", partition=0)
        await producer.abort_transaction()
        async with following(settings, topic, values) as follower:
            await until(lambda: follower.problem is None)
    assert values == []


async def test_without_the_broker_it_says_so_and_with_it_it_goes_on(own_kafka: EmbeddedKafka) -> None:
    settings = Settings(bootstrap_servers=own_kafka.bootstrap_servers, partitions=2)
    topic = await topic_of(settings)
    values: list[bytes | None] = []
    async with following(settings, topic, values) as follower:
        await until(lambda: follower.problem is None)
        await asyncio.to_thread(own_kafka.kill)
        await until(lambda: follower.problem == "Kafka does not answer")
        await asyncio.to_thread(own_kafka.start)
        await until(lambda: follower.problem is None)
        async with AIOKafkaProducer(bootstrap_servers=settings.servers, acks="all") as producer:
            await producer.send_and_wait(topic, b"new")
        await until(lambda: values == [b"new"])


async def test_a_topic_that_is_not_there_is_told(settings: Settings) -> None:
    with pytest.raises(InputError, match="there is no topic `nowhere`"):
        await Follower(settings, "nowhere", SystemClock(), lambda _: None).run()
