import asyncio
from dataclasses import replace
from datetime import datetime

import pytest
from aiokafka.admin import AIOKafkaAdminClient

from streams.books.custodian import Author, Outcome, change_books
from streams.books.entries import encode_entry
from streams.books.index import BooksIndex
from streams.books.loader import read_books
from streams.books.plan import Plan, planned_agreements, planned_entities, planned_revocation
from streams.clock import ManualClock, SystemClock
from streams.errors import FencedError, InputError, UnavailableError
from streams.kafka.admin import ensure_topics
from streams.policy.vocabulary import AgreementId, AgreementStatus, EntityId
from streams.settings import Settings
from streams.topics import Topics
from tests.books.conftest import AUTHOR, Change
from tests.books.polling import events_of
from tests.books.samples import NOW, agreement, entity

pytestmark = pytest.mark.kafka

BURBANK = AgreementId("burbank-2026")


async def topics_of(settings: Settings) -> set[str]:
    admin = AIOKafkaAdminClient(bootstrap_servers=settings.servers)
    await admin.start()
    try:
        return set(await admin.list_topics())
    finally:
        await admin.close()


async def test_each_change_is_an_event_and_the_state(settings: Settings) -> None:
    clock = ManualClock(NOW)
    written = await change_books(settings, clock, planned_entities([entity(), entity("glendale")]), AUTHOR)
    books = await read_books(settings)
    assert books.revision == written.revision == 1
    assert {each.entity_id for each in books.entities()} == {"burbank", "glendale"}
    first, second = await events_of(settings)
    assert (first.key, first.value) == ("entity/burbank", encode_entry(entity()))
    assert (first.by, first.reason, first.at) == (AUTHOR.by, AUTHOR.reason, NOW)
    assert first.event_id != second.event_id


async def test_no_change_writes_nothing(settings: Settings, change: Change) -> None:
    written = await change(planned_entities([entity()]))
    again = await change(planned_entities([entity()]))
    assert (again.revision, again.plan.changes) == (written.revision, ())
    assert len(await events_of(settings)) == 1


async def test_a_recipient_has_its_topic_before_the_agreement_can_be_used(settings: Settings) -> None:
    topic = Topics.of(settings).out(EntityId("burbank")).name
    await change_books(settings, SystemClock(), planned_entities([entity()]), AUTHOR)
    assert topic not in await topics_of(settings)
    await change_books(settings, SystemClock(), planned_agreements([agreement()]), AUTHOR)
    assert topic in await topics_of(settings)


async def test_a_revocation_keeps_the_agreement_on_the_books(settings: Settings, change: Change) -> None:
    await change(planned_entities([entity()]))
    await change(planned_agreements([agreement()]))
    written = await change(planned_revocation(BURBANK))
    revoked = (await read_books(settings)).agreement(BURBANK)
    assert revoked == agreement(version=2, status=AgreementStatus.REVOKED)
    assert written.books.agreement(BURBANK) == revoked
    assert (await events_of(settings))[-1].value == encode_entry(revoked)


async def test_a_refused_plan_leaves_no_trace(settings: Settings, change: Change) -> None:
    await change(planned_entities([entity()]))
    with pytest.raises(InputError):
        await change(planned_agreements([agreement(), agreement("b", entity_id="nobody")]))
    assert list((await read_books(settings)).agreements()) == []
    assert len(await events_of(settings)) == 1


async def test_when_the_broker_refuses_one_record_none_is_written(settings: Settings) -> None:
    small = replace(Topics.of(settings).books, max_message_bytes=4096)
    await ensure_topics(settings.bootstrap_servers, (small,), 1)
    long = replace(entity("long"), aliases=tuple(f"alias {number}" for number in range(1000)))
    with pytest.raises(UnavailableError):
        await change_books(settings, SystemClock(), planned_entities([entity(), long]), AUTHOR)
    assert list((await read_books(settings)).entities()) == []
    assert list(await events_of(settings)) == []
    await change_books(settings, SystemClock(), planned_entities([entity()]), AUTHOR)
    assert list((await read_books(settings)).entities()) == [entity()]


async def test_a_custodian_that_another_overtook_writes_nothing(settings: Settings, change: Change) -> None:
    await change(planned_entities([entity()]))
    planning, overtaken = asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()

    def slow(index: BooksIndex, now: datetime) -> Plan:
        loop.call_soon_threadsafe(planning.set)
        asyncio.run_coroutine_threadsafe(overtaken.wait(), loop).result(30)
        return planned_entities([entity("glendale")])(index, now)

    async def overtake() -> Outcome:
        await planning.wait()
        written = await change(planned_entities([entity("pasadena")]))
        overtaken.set()
        return written

    first = asyncio.to_thread(
        lambda: asyncio.run(change_books(settings, SystemClock(), slow, Author(by="slow", reason="")))
    )
    outcomes = await asyncio.gather(first, overtake(), return_exceptions=True)
    assert isinstance(outcomes[0], FencedError)
    assert {each.entity_id for each in (await read_books(settings)).entities()} == {"burbank", "pasadena"}


async def test_custodians_at_the_same_time_lose_no_update(settings: Settings, change: Change) -> None:
    names = [f"e{number}" for number in range(6)]
    outcomes = await asyncio.gather(
        *(change(planned_entities([entity(name)])) for name in names), return_exceptions=True
    )
    done = {name for name, outcome in zip(names, outcomes, strict=True) if isinstance(outcome, Outcome)}
    others = [outcome for outcome in outcomes if not isinstance(outcome, Outcome | FencedError)]
    assert [(other, getattr(other, "__cause__", None)) for other in others] == []
    assert done
    assert {str(each.entity_id) for each in (await read_books(settings)).entities()} == done


async def test_without_a_broker_the_error_says_so() -> None:
    nowhere = Settings(bootstrap_servers="127.0.0.1:1", unsigned_books=True)
    with pytest.raises(UnavailableError):
        await change_books(nowhere, SystemClock(), planned_entities([entity()]), AUTHOR)
    with pytest.raises(UnavailableError, match="no Kafka answers"):
        await read_books(nowhere)


async def test_books_that_do_not_exist_cannot_be_read(settings: Settings) -> None:
    with pytest.raises(UnavailableError, match=r"there is no topic `.*alpr\.books`"):
        await read_books(settings)
