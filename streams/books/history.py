"""The books as they stood at an instant, made again from the history of their changes."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from streams.books.entries import BookRecord, read_record
from streams.books.index import BooksIndex
from streams.books.signed_history import History, history_of
from streams.codecs.book_event import decode_book_event
from streams.kafka.tailing import tail_topic
from streams.policy.book_records import BookEvent
from streams.settings import Settings
from streams.topics import Topics


@dataclass(frozen=True, slots=True, kw_only=True)
class PastBooks:
    """The books after all changes up to an instant, and when the last of those was made; None for none."""

    index: BooksIndex
    changed_at: datetime | None


async def books_at(settings: Settings, instant: datetime | None) -> PastBooks:
    """Return the books as they stood at the instant; None is the end of their history.

    Where custodians sign the changes, only what they have signed counts here as well.

    Raises:
        InputError: there are no books on this Kafka, or the file of custodians cannot be read.
        CodecError: a change or its key cannot be read, so nothing after it can be trusted.
        UnavailableError: no broker answers.
    """
    return replayed(await events_of(settings), instant, history_of(settings))


async def events_of(settings: Settings) -> tuple[BookEvent, ...]:
    """Return every change of the books, in their order.

    Raises:
        InputError: there are no books on this Kafka.
        CodecError: a change cannot be read, so nothing after it can be trusted.
        UnavailableError: no broker answers.
    """
    tail = tail_topic(settings, Topics.of(settings).books_events.name, begin="first", end="now")
    return tuple([decode_book_event(raw.value) async for raw in tail])


def replayed(events: Iterable[BookEvent], instant: datetime | None, history: History) -> PastBooks:
    """Return the books after the events that come before the first one later than the instant.

    By their order: a clock that went back must not let a later change count and an earlier one not.
    """
    index, changed_at = BooksIndex(history), None
    for offset, event in enumerate(events):
        if instant is not None and event.at > instant:
            break
        index.apply([record_of(offset, event)], offset + 1)
        changed_at = event.at if changed_at is None else max(changed_at, event.at)
    return PastBooks(index=index, changed_at=changed_at)


def record_of(offset: int, event: BookEvent) -> BookRecord:
    """Return the change as the books have it, at that place in their history."""
    return read_record(offset, event.key.encode(), event.value, event.at)
