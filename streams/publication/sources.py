"""What a publication is made from: the books and the ledger up to an instant."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from streams.books.history import PastBooks, books_at
from streams.ledger.record import LedgerRecord
from streams.publication.ledger_reading import PartitionLedger, read_ledger
from streams.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """The books and the ledger as they stood at `as_of`."""

    past: PastBooks
    ledger: tuple[PartitionLedger, ...]
    as_of: datetime

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
    past = await books_at(settings, as_of)
    ledger = await read_ledger(settings, as_of)
    return Sources(past=past, ledger=ledger, as_of=as_of or _last(past, ledger))


def _last(past: PastBooks, ledger: tuple[PartitionLedger, ...]) -> datetime:
    # Each partition has its genesis record at least.
    times = [record.decided_at for part in ledger for record in part.records]
    return max(times if past.changed_at is None else [*times, past.changed_at])
