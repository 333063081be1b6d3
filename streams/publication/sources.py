"""What a publication is made from: the books and the ledger up to an instant."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from streams.books.history import PastBooks, events_of, replayed
from streams.books.signed_history import History, history_of
from streams.books.timeline import BooksTimeline
from streams.ledger.record import LedgerRecord
from streams.policy.book_records import BookEvent
from streams.publication.ledger_reading import PartitionLedger, read_ledger
from streams.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """The books and the ledger as they stood at `as_of`, and how the books came to be so."""

    past: PastBooks
    events: tuple[BookEvent, ...]
    history: Callable[[], History]
    ledger: tuple[PartitionLedger, ...]
    as_of: datetime

    def timeline(self) -> BooksTimeline:
        """Return the books from moment to moment, from the first change on."""
        return BooksTimeline(self.events, self.history())

    def records(self) -> Iterator[LedgerRecord]:
        """Iterate over all records of the ledger, partition by partition."""
        return (record for part in self.ledger for record in part.records)


async def read_sources(settings: Settings, as_of: datetime | None) -> Sources:
    """Return what the topics tell up to `as_of`; None is the time of the last record in them.

    Raises:
        InputError: there are no books.
        LedgerError: the ledger does not verify.
        UnavailableError: no broker answers.
    """
    events = await events_of(settings)
    history = partial(history_of, settings)
    past = replayed(events, as_of, history())
    ledger = await read_ledger(settings, as_of)
    return Sources(
        past=past, events=events, history=history, ledger=ledger, as_of=as_of or _last(past, ledger)
    )


def _last(past: PastBooks, ledger: tuple[PartitionLedger, ...]) -> datetime:
    # Each partition has its genesis record at least.
    times = [record.decided_at for part in ledger for record in part.records]
    return max(times if past.changed_at is None else [*times, past.changed_at])
