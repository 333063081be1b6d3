import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from aiokafka import AIOKafkaProducer

from streams.books.acks import report, wait_bound
from streams.codecs.books_ack import encode_books_ack
from streams.errors import UnavailableError
from streams.policy.book_records import BooksAck
from streams.settings import Settings
from streams.topics import Topics
from tests.books.samples import NOW


def ack(partition: int, revision: int, worker: str = "w", seconds: int = 0) -> BooksAck:
    at = NOW + timedelta(seconds=seconds)
    return BooksAck(worker=worker, partition=partition, revision=revision, at=at, epoch=1)


def test_a_revision_binds_everywhere_once_every_partition_reached_it() -> None:
    bound = report(7, 2, {0: ack(0, 7, seconds=1), 1: ack(1, 9, seconds=2)})
    assert (bound.everywhere, bound.missing) == (True, ())
    assert bound.bound_at == NOW + timedelta(seconds=2)


def test_an_earlier_revision_or_silence_is_missing() -> None:
    bound = report(7, 3, {0: ack(0, 7), 1: ack(1, 6)})
    assert (bound.everywhere, bound.missing, bound.bound_at) == (False, (1, 2), None)
    assert bound.last == ack(0, 7)


def test_partitions_beyond_the_count_do_not_matter() -> None:
    assert report(7, 1, {0: ack(0, 7), 5: ack(5, 7)}).acknowledged == {0: ack(0, 7)}


@pytest.fixture
async def gate(books_settings: Settings) -> AsyncIterator[AIOKafkaProducer]:
    """What writes acknowledgements."""
    producer = AIOKafkaProducer(bootstrap_servers=books_settings.servers)
    await producer.start()
    yield producer
    await producer.stop()


async def acknowledge(gate: AIOKafkaProducer, settings: Settings, said: BooksAck) -> None:
    topic, key = Topics.of(settings).books_acks.name, f"{said.worker}/{said.partition}".encode()
    await gate.send_and_wait(topic, encode_books_ack(said), key=key, partition=0)


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
