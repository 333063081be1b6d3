import asyncio
from datetime import UTC, datetime

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition

from streams.clock import ManualClock, SystemClock
from streams.demo.crowd import BURST, Message, crowd
from streams.errors import UnavailableError
from streams.kafka.admin import ensure_topics
from streams.settings import Settings
from streams.topics import Topics

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def messages(count: int, word: str = "m") -> list[Message]:
    return [Message(f"{word}-{number}".encode(), b"x" if number % 2 else None) for number in range(count)]


async def arrived(settings: Settings, count: int) -> set[bytes]:
    topic = Topics.of(settings).requests.name
    consumer = AIOKafkaConsumer(bootstrap_servers=settings.servers, auto_offset_reset="earliest")
    keys: set[bytes] = set()
    async with consumer, asyncio.timeout(20):
        consumer.assign([TopicPartition(topic, number) for number in range(settings.partitions)])
        while len(keys) < count:
            fetched = await consumer.getmany(timeout_ms=100)
            keys |= {record.key for records in fetched.values() for record in records}
    return keys


@pytest.mark.kafka
async def test_everything_arrives_and_each_place_has_its_time(settings: Settings) -> None:
    await ensure_topics(settings.bootstrap_servers, Topics.of(settings).fixed(), 1)
    steady, burst = messages(40), messages(BURST + 3, "burst")
    told: list[int] = []
    async with crowd(settings, SystemClock(), told.append) as senders:
        await senders.steadily(steady, 1000)
        await senders.at_once(burst)
    assert await arrived(settings, 543) == {message.key for message in steady + burst}
    assert (senders.sent.steady, len(senders.sent), max(told)) == (40, 543, 543)


@pytest.mark.kafka
async def test_while_the_clock_stands_one_goes_at_a_time(settings: Settings) -> None:
    await ensure_topics(settings.bootstrap_servers, Topics.of(settings).fixed(), 1)
    told: list[int] = []
    async with crowd(settings, ManualClock(NOW), told.append) as senders:
        await senders.steadily(messages(4), 1_000_000)
    assert sorted(told) == [1, 2, 3, 4]


async def test_without_a_broker_it_says_where_it_looked() -> None:
    nowhere = Settings(bootstrap_servers="127.0.0.1:1")
    with pytest.raises(UnavailableError, match=r"no Kafka answers at `127\.0\.0\.1:1`"):
        async with crowd(nowhere, SystemClock(), lambda _: None):
            raise AssertionError
