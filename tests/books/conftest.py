"""Books on a real broker: their topics, and a custodian that changes them."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from streams.books.custodian import Author, Outcome, change_books
from streams.books.plan import Planner
from streams.books.replica import BooksReplica
from streams.clock import SystemClock
from streams.kafka.admin import ensure_topics
from streams.settings import Settings
from streams.topics import Topics

AUTHOR = Author(by="a custodian", reason="a test")
Change = Callable[[Planner], Awaitable[Outcome]]


@pytest.fixture
async def books_settings(settings: Settings) -> Settings:
    """Settings whose books exist, with a quick pulse."""
    quick = settings.model_copy(update={"heartbeat_seconds": 0.1, "stale_after": 2.0})
    topics = Topics.of(quick)
    await ensure_topics(quick.bootstrap_servers, (topics.books_events, topics.books, topics.books_acks), 1)
    return quick


@pytest.fixture
def change(books_settings: Settings) -> Change:
    """Change the books as a custodian does."""
    return lambda planner: change_books(books_settings, SystemClock(), planner, AUTHOR)


@pytest.fixture
async def replica(books_settings: Settings) -> AsyncIterator[BooksReplica]:
    """A replica that is CURRENT."""
    replica = BooksReplica(books_settings, SystemClock(), "worker-1")
    await replica.start()
    async with asyncio.timeout(30):
        await replica.wait_current()
    yield replica
    await replica.stop()
