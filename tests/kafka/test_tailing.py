import asyncio

import pytest
from aiokafka import AIOKafkaProducer

from streams.errors import InputError, UnavailableError
from streams.kafka.admin import ensure_topics
from streams.kafka.tailing import tail_topic
from streams.settings import Settings
from streams.topics import Topics

pytestmark = pytest.mark.kafka


@pytest.fixture
async def topic(settings: Settings) -> str:
    spec = Topics.of(settings).alerts
    await ensure_topics(settings.bootstrap_servers, [spec], 1)
    return spec.name


async def sent(settings: Settings, topic: str, *values: bytes) -> None:
    async with AIOKafkaProducer(bootstrap_servers=settings.servers, acks="all") as producer:
        for number, value in enumerate(values):
            await producer.send_and_wait(topic, value, partition=number % settings.partitions)


async def all_of(settings: Settings, topic: str, begin: str) -> list[bytes | None]:
    return [record.value async for record in tail_topic(settings, topic, begin=begin, end="now")]


async def test_all_partitions_are_read_to_what_is_there(settings: Settings, topic: str) -> None:
    await sent(settings, topic, b"a", b"b", b"c")
    assert sorted(value or b"" for value in await all_of(settings, topic, "first")) == [b"a", b"b", b"c"]


async def test_from_now_on_nothing_old_is_read(settings: Settings, topic: str) -> None:
    await sent(settings, topic, b"old")
    assert await all_of(settings, topic, "next") == []


async def test_an_empty_topic_ends_at_once(settings: Settings, topic: str) -> None:
    assert await all_of(settings, topic, "first") == []


async def test_what_comes_later_is_followed(settings: Settings, topic: str) -> None:
    await sent(settings, topic, b"old")
    tail = tail_topic(settings, topic, begin="first", end="never")
    async with asyncio.timeout(60):
        assert (await anext(aiter(tail))).value == b"old"
        await sent(settings, topic, b"new")
        assert (await anext(aiter(tail))).value == b"new"
        await tail.aclose()  # type: ignore[attr-defined]  # an async generator, told as an iterator


async def test_a_topic_that_is_not_there_is_told(settings: Settings, topic: str) -> None:
    del topic
    with pytest.raises(InputError, match="there is no topic `nowhere`"):
        await all_of(settings, "nowhere", "first")


async def test_no_broker_is_told() -> None:
    with pytest.raises(UnavailableError):
        await all_of(Settings(bootstrap_servers="127.0.0.1:1"), "any", "first")
