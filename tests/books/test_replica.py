import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from aiokafka import AIOKafkaProducer

from streams.books.entries import encode_entry, key_of
from streams.books.plan import planned_agreements, planned_entities, planned_policy, planned_revocation
from streams.books.replica import BooksReplica
from streams.books.source import TopicReader
from streams.books.state import BooksState
from streams.clock import ManualClock, SystemClock
from streams.policy.agreement import Agreement
from streams.policy.vocabulary import AgreementId, AgreementStatus
from streams.settings import Settings
from streams.topics import Topics
from tests.books.conftest import Change
from tests.books.polling import until
from tests.books.samples import NOW, agreement, entity, policy

pytestmark = pytest.mark.kafka

BURBANK = AgreementId("burbank-2026")


@pytest.fixture
async def producer(books_settings: Settings) -> AsyncIterator[AIOKafkaProducer]:
    """Somebody who writes to the books by hand."""
    producer = AIOKafkaProducer(bootstrap_servers=books_settings.servers)
    await producer.start()
    yield producer
    await producer.stop()


async def write(
    producer: AIOKafkaProducer, settings: Settings, key: bytes | None, value: bytes | None
) -> int:
    sent = await producer.send_and_wait(Topics.of(settings).books.name, value, key=key, partition=0)
    offset: int = sent.offset
    return offset


def status(replica: BooksReplica) -> AgreementStatus | None:
    found: Agreement | None = replica.books.agreement(BURBANK)
    return None if found is None else found.status


async def test_it_loads_what_stands_in_the_books(books_settings: Settings, change: Change) -> None:
    await change(planned_entities([entity()]))
    written = await change(planned_agreements([agreement()]))
    replica = BooksReplica(books_settings, SystemClock(), "worker-1")
    assert replica.state is BooksState.LOADING
    await replica.start()
    await asyncio.wait_for(replica.wait_current(), 30)
    assert replica.books.agreement(BURBANK) == agreement()
    assert replica.revision == written.revision
    assert replica.loaded_at is not None
    assert 0 <= replica.age_seconds() <= books_settings.stale_after
    await replica.stop()


async def test_it_loads_past_an_aborted_transaction(books_settings: Settings, change: Change) -> None:
    await change(planned_policy(policy()))
    torn = AIOKafkaProducer(bootstrap_servers=books_settings.servers, transactional_id=books_settings.app_id)
    await torn.start()
    await torn.begin_transaction()
    await write(torn, books_settings, key_of(agreement()).encode(), encode_entry(agreement()))
    await torn.abort_transaction()
    await torn.stop()
    replica = BooksReplica(books_settings, SystemClock(), "worker-1")
    await replica.start()
    await asyncio.wait_for(replica.wait_current(), 30)
    assert status(replica) is None
    await replica.stop()


async def test_it_follows_a_change_and_counts_no_heartbeat(replica: BooksReplica, change: Change) -> None:
    assert replica.revision == -1
    revisions: list[int] = []
    replica.on_revision(revisions.append)
    written = await change(planned_entities([entity()]))
    assert await replica.wait_revision(written.revision, 30)
    before = replica.age_seconds()
    await until(lambda: replica.age_seconds() < before)
    assert (replica.revision, revisions) == (written.revision, [written.revision])


async def test_a_revision_that_never_comes_is_waited_for_no_longer_than_asked(replica: BooksReplica) -> None:
    assert not await replica.wait_revision(10**9, 0.05)


async def test_a_revocation_reaches_a_running_replica(replica: BooksReplica, change: Change) -> None:
    await change(planned_entities([entity()]))
    granted = await change(planned_agreements([agreement()]))
    assert await replica.wait_revision(granted.revision, 30)
    assert status(replica) is AgreementStatus.ACTIVE
    revoked = await change(planned_revocation(BURBANK))
    assert await replica.wait_revision(revoked.revision, 30)
    assert status(replica) is AgreementStatus.REVOKED


async def test_a_transaction_is_seen_whole(replica: BooksReplica, change: Change) -> None:
    sizes: list[int] = []
    replica.on_revision(lambda _: sizes.append(len(list(replica.books.entities()))))
    written = await change(planned_entities([entity(f"e{number}") for number in range(1000)]))
    assert await replica.wait_revision(written.revision, 30)
    assert sizes == [1000]


async def test_an_unreadable_value_stops_its_agreement_alone(
    replica: BooksReplica, change: Change, producer: AIOKafkaProducer, books_settings: Settings
) -> None:
    await change(planned_entities([entity()]))
    await change(planned_agreements([agreement(), agreement("other")]))
    bad = await write(producer, books_settings, b"agreement/burbank-2026", b"no avro")
    assert await replica.wait_revision(bad, 30)
    assert (replica.state, replica.unreadable, status(replica)) == (BooksState.CURRENT, 1, None)
    assert replica.books.agreement(AgreementId("other")) == agreement("other")


async def test_an_unreadable_key_fails_the_books_for_good(
    replica: BooksReplica, producer: AIOKafkaProducer, books_settings: Settings
) -> None:
    await write(producer, books_settings, b"\xff", b"")
    await until(lambda: replica.state is BooksState.FAILED)
    assert replica.failure is not None
    assert "key" in replica.failure
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(replica.wait_current(), 0.5)


async def test_an_unreadable_policy_fails_the_books_until_one_is_applied(
    replica: BooksReplica, change: Change, producer: AIOKafkaProducer, books_settings: Settings
) -> None:
    await change(planned_policy(policy()))
    await write(producer, books_settings, b"policy/current", b"no avro")
    await until(lambda: replica.state is BooksState.FAILED)
    await change(planned_policy(policy()))
    async with asyncio.timeout(30):
        await replica.wait_current()
    assert replica.books.policy() is not None


async def test_a_fault_of_a_listener_is_no_secret(replica: BooksReplica, change: Change) -> None:
    def broken(revision: int) -> None:
        raise LookupError(revision)

    replica.on_revision(broken)
    await change(planned_entities([entity()]))
    await until(lambda: replica.state is BooksState.FAILED)
    assert replica.failure == "LookupError"


async def test_the_heartbeat_of_another_process_with_the_same_name_proves_nothing(
    books_settings: Settings, replica: BooksReplica
) -> None:
    clock = ManualClock(NOW)
    silent = books_settings.model_copy(update={"heartbeat_seconds": 3600.0})
    namesake = BooksReplica(silent, clock, "worker-1")
    await namesake.start()
    async with asyncio.timeout(30):
        await namesake.wait_current()
    clock.advance(timedelta(seconds=silent.stale_after))
    await namesake.wait_current()
    clock.advance(timedelta(seconds=0.1))
    seen = replica.age_seconds()
    await until(lambda: replica.age_seconds() < seen)
    assert namesake.state is BooksState.STALE
    await namesake.stop()


@pytest.mark.parametrize("hangs", ["read", "end"])
async def test_a_reader_that_never_answers_is_given_up_for_a_new_one(
    books_settings: Settings, change: Change, monkeypatch: pytest.MonkeyPatch, hangs: str
) -> None:
    await change(planned_entities([entity()]))
    await change(planned_agreements([agreement()]))
    answers, left = getattr(TopicReader, hangs), [1]

    async def once_silent(reader: TopicReader, *arguments: object) -> object:
        if left.pop() if left else 0:
            await asyncio.Event().wait()
        return await answers(reader, *arguments)

    monkeypatch.setattr(TopicReader, hangs, once_silent)
    monkeypatch.setattr("streams.books.replica.LONGEST_SILENCE", 0.3)
    replica = BooksReplica(books_settings, SystemClock(), "worker-1")
    await replica.start()
    async with asyncio.timeout(30):
        await replica.wait_current()
    assert left == []
    assert replica.books.agreement(BURBANK) == agreement()
    await replica.stop()


async def test_it_waits_for_books_that_do_not_exist_yet(settings: Settings) -> None:
    replica = BooksReplica(settings, SystemClock(), "worker-1")
    await replica.start()
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(replica.wait_current(), 0.5)
    assert replica.state is BooksState.LOADING
    await replica.stop()
