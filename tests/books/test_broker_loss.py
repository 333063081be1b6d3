import asyncio
from collections.abc import Iterator

import pytest

from streams.books.custodian import Author, change_books
from streams.books.plan import planned_entities
from streams.books.replica import BooksReplica
from streams.books.state import BooksState
from streams.clock import SystemClock
from streams.kafka.embedded import EmbeddedKafka
from streams.policy.vocabulary import EntityId
from streams.settings import Settings
from tests.books.polling import until
from tests.books.samples import entity

pytestmark = pytest.mark.kafka


@pytest.fixture
def doomed() -> Iterator[EmbeddedKafka]:
    with EmbeddedKafka() as broker:
        yield broker


async def test_books_go_stale_without_the_broker_and_recover_with_it(doomed: EmbeddedKafka) -> None:
    settings = Settings(
        app_id="loss", bootstrap_servers=doomed.bootstrap_servers, heartbeat_seconds=0.1, stale_after=1.0,
        unsigned_books=True,
    )  # fmt: skip
    author = Author(by="a custodian", reason="a test")
    await change_books(settings, SystemClock(), planned_entities([entity()]), author)
    replica = BooksReplica(settings, SystemClock(), "worker-1")
    await replica.start()
    async with asyncio.timeout(30):
        await replica.wait_current()
    await asyncio.to_thread(doomed.kill)
    await until(lambda: replica.state is BooksState.STALE)
    assert replica.books.entity(EntityId("burbank")) == entity()
    await asyncio.to_thread(doomed.start)
    async with asyncio.timeout(60):
        await replica.wait_current()
    written = await change_books(settings, SystemClock(), planned_entities([entity("glendale")]), author)
    assert await replica.wait_revision(written.revision, 30)
    await replica.stop()
