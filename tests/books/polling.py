"""Waiting for what a broker does in its own time, with a deadline, and reading what it holds."""

import asyncio
from collections.abc import Callable, Sequence

from streams.books.source import open_topic
from streams.codecs.book_event import decode_book_event
from streams.policy.book_records import BookEvent
from streams.settings import Settings
from streams.topics import Topics

DEADLINE = 60.0


async def until(holds: Callable[[], bool]) -> None:
    """Return once `holds` is true; fail after the deadline."""
    async with asyncio.timeout(DEADLINE):
        while not holds():  # noqa: ASYNC110  # a state is awaited, and it tells nobody
            await asyncio.sleep(0.02)


async def events_of(settings: Settings) -> Sequence[BookEvent]:
    """Return all changes of the books, oldest first."""
    events: list[BookEvent] = []
    async with open_topic(settings, Topics.of(settings).books_events.name) as reader:
        end, position = await reader.end(), 0
        while position < end:
            batch = await reader.read(timeout_ms=100)
            position = batch.position
            events += [decode_book_event(raw.value) for raw in batch.records]
    return events
