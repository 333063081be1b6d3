import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest
from aiokafka import AIOKafkaProducer

from streams.books.acks import INPUTS, report, wait_bound
from streams.codecs.books_ack import encode_books_ack
from streams.errors import UnavailableError
from streams.policy.book_records import BooksAck
from streams.settings import Settings
from streams.topics import Topics
from tests.books.samples import NOW


def ack(
    partition: int, revision: int, worker: str = "w", seconds: int = 0, source: str = "requests"
) -> BooksAck:
    at = NOW + timedelta(seconds=seconds)
    return BooksAck(worker=worker, partition=partition, revision=revision, at=at, epoch=1, input=source)


def places(*acks: BooksAck) -> dict[tuple[str, int], BooksAck]:
    """Return the acknowledgements of both inputs, by place."""
    return {(name, one.partition): replace(one, input=name) for one in acks for name in INPUTS}


def test_a_revision_binds_everywhere_once_every_partition_reached_it() -> None:
    bound = report(7, 2, places(ack(0, 7, seconds=1), ack(1, 9, seconds=2)))
    assert (bound.everywhere, bound.missing) == (True, ())
    assert bound.bound_at == NOW + timedelta(seconds=2)


def test_an_earlier_revision_or_silence_is_missing() -> None:
    bound = report(7, 3, places(ack(0, 7), ack(1, 6)))
    assert (bound.everywhere, bound.missing, bound.bound_at) == (False, (1, 2), None)
    assert bound.last is not None
    assert bound.last.revision == 7


def test_partitions_beyond_the_count_do_not_matter() -> None:
    assert list(report(7, 1, places(ack(0, 7), ack(5, 7))).acknowledged) == [0]


def test_a_partition_is_bound_when_the_writers_of_all_inputs_say_so() -> None:
    late = ack(0, 7, seconds=3, source="reads")
    assert report(7, 1, {("requests", 0): ack(0, 7)}).missing == (0,)
    assert report(7, 1, {("requests", 0): ack(0, 7), ("reads", 0): ack(0, 6)}).missing == (0,)
    bound = report(7, 1, {("requests", 0): ack(0, 7), ("reads", 0): late})
    assert bound.acknowledged == {0: late}


@pytest.fixture
async def gate(books_settings: Settings) -> AsyncIterator[AIOKafkaProducer]:
    """What writes acknowledgements."""
    producer = AIOKafkaProducer(bootstrap_servers=books_settings.servers)
    await producer.start()
    yield producer
    await producer.stop()


async def acknowledge(gate: AIOKafkaProducer, settings: Settings, said: BooksAck) -> None:
    """Acknowledge for all inputs at once; compaction keeps one record of each."""
    topic = Topics.of(settings).books_acks.name
    for one in places(said).values():
        key = f"{one.worker}/{one.input}/{one.partition}".encode()
        await gate.send_and_wait(topic, encode_books_ack(one), key=key, partition=0)


@pytest.mark.kafka
async def test_it_waits_until_the_last_partition_has_answered(
    books_settings: Settings, gate: AIOKafkaProducer
) -> None:
    await acknowledge(gate, books_settings, ack(0, 6))
    await acknowledge(gate, books_settings, ack(1, 7))
    waiting = asyncio.create_task(wait_bound(books_settings, 7, 2, 30))
    assert not (await wait_bound(books_settings, 7, 2, 0.5)).everywhere
    assert not waiting.done()
    await acknowledge(gate, books_settings, ack(0, 8))
    assert (await waiting).everywhere


@pytest.mark.kafka
async def test_what_a_former_owner_said_does_not_count(
    books_settings: Settings, gate: AIOKafkaProducer
) -> None:
    await acknowledge(gate, books_settings, ack(0, 9, worker="former"))
    await acknowledge(gate, books_settings, ack(0, 3, worker="present"))
    assert (await wait_bound(books_settings, 7, 1, 0.5)).missing == (0,)


@pytest.mark.kafka
async def test_an_unreadable_acknowledgement_acknowledges_nothing(
    books_settings: Settings, gate: AIOKafkaProducer
) -> None:
    topic = Topics.of(books_settings).books_acks.name
    await gate.send_and_wait(topic, b"no avro", key=b"w/0", partition=0)
    await gate.send_and_wait(topic, None, key=b"w/0", partition=0)
    assert (await wait_bound(books_settings, 7, 1, 0.5)).missing == (0,)


@pytest.mark.kafka
async def test_without_the_topic_nothing_can_be_said(settings: Settings) -> None:
    with pytest.raises(UnavailableError):
        await wait_bound(settings, 7, 1, 5)
