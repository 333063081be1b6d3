"""The books from moment to moment, made again from the history of their changes."""

from collections.abc import Iterable
from datetime import datetime

from streams.books.history import record_of
from streams.books.index import BooksIndex
from streams.books.signed_history import History
from streams.policy.book_records import BookEvent
from streams.policy.books import Books
from streams.policy.partner_access import Ground


class BooksTimeline:
    """The books as they stood at one moment after another; the whole history is replayed once."""

    def __init__(self, events: Iterable[BookEvent], history: History) -> None:
        self._index = BooksIndex(history)
        self._events = enumerate(events)
        self._next = next(self._events, None)

    def at(self, moment: datetime) -> Books:
        """Return the books at a moment not before the last one asked for; the next call changes them.

        By the order of the changes, as `streams.books.history` has it: what stands behind a later one comes
        later.
        """
        while self._next is not None and self._next[1].at <= moment:
            offset, event = self._next
            self._index.apply([record_of(offset, event)], offset + 1)
            self._next = next(self._events, None)
        return self._index.books

    def ground_at(self, moment: datetime) -> Ground | None:
        """Return the same with the policy of that moment, or None when none was in force yet."""
        books = self.at(moment)
        policy = books.policy()
        return None if policy is None else Ground(books, policy)
