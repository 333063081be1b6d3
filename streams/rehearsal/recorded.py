"""Recorded requests in Kafka, each with what the ledger says of it.

The ledger tells when a request was decided and whether its seal held, which nobody can tell later without the
intake's keys. Requests and ledger of a partition are read side by side: both are in the order of the input.
So a partition can be cut at any record of the ledger, and whoever compares a stretch reads it by itself.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from aiokafka.structs import TopicPartition

from streams.codecs.request import decode_request
from streams.errors import CodecError, LedgerError
from streams.kafka.batch import Record
from streams.kafka.reader import PartitionReader
from streams.policy.vocabulary import RecordKind
from streams.rehearsal.asked import Asked, Rehearsal
from streams.rehearsal.glances import Settled, addressed, settled
from streams.rehearsal.tally import Tally
from streams.settings import Settings
from streams.topics import Topics

# Clocks may differ by so much: the ledger's times are the workers', those of requests the intakes'.
CLOCKS_APART = timedelta(hours=1)
# About a second of work, so that progress is seen to move, and connecting costs little of it.
STRETCH = 50_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """Committed requests of one partition from `start` up to `end`, and the part of its ledger about them."""

    settings: Settings
    partition: int
    start: int
    end: int
    ledger: tuple[int, int]

    @property
    def extent(self) -> int:
        """Return how many offsets of the requests it has."""
        return self.end - self.start

    def tallied(self, rehearsal: Rehearsal) -> Tally:
        """Return what the comparison of its requests comes to; it reads them itself.

        Raises:
            LedgerError: a record of the ledger cannot be read.
            UnavailableError: the broker does not answer, or a record was deleted while it was wanted.
        """
        return asyncio.run(_tallied(self, rehearsal))


async def stretches(settings: Settings, since: datetime | None) -> tuple[Stretch, ...]:
    """Return where the recorded requests lie that were sent at `since` or later; None for all there are.

    Raises:
        LedgerError: a record of the ledger cannot be read.
        UnavailableError: no broker answers.
    """
    topics = Topics.of(settings)
    found: list[Stretch] = []
    async with PartitionReader(settings) as reader:
        for number in range(settings.partitions):
            requests = await _from(reader, TopicPartition(topics.requests.name, number), since)
            earlier = None if since is None else since - CLOCKS_APART
            ledger = TopicPartition(topics.decisions.name, number)
            cuts = await _cuts(reader, ledger, await _from(reader, ledger, earlier), requests)
            found += (
                Stretch(settings=settings, partition=number, start=start, end=end, ledger=(begin, stop))
                for (begin, start), (stop, end) in pairwise(cuts)
                if start < end
            )
    return tuple(found)


async def _from(
    reader: PartitionReader, partition: TopicPartition, since: datetime | None
) -> tuple[int, int]:
    first, end = await reader.bounds(partition)
    start = first if since is None else await reader.offset_at(partition, since)
    # Nothing so late is at the end; what is there may still be of an open transaction, which has no bounds.
    return (end if start is None else min(max(start, first), end)), end


async def _cuts(
    reader: PartitionReader, ledger: TopicPartition, entries: tuple[int, int], requests: tuple[int, int]
) -> list[tuple[int, int]]:
    """Return offsets of the ledger to cut at, both ends among them, each with that of its request."""
    (first, last), (start, end) = entries, requests
    cuts = [(first, start)]
    for at in range(first + STRETCH, last, STRETCH):
        source = await _source_at(reader, ledger, at, last)
        # The ledger may begin before the requests that are wanted, or go on about nothing but expiries.
        if source is not None and cuts[-1][1] < source < end:
            cuts.append((at, source))
    return [*cuts, (last, end)]


async def _source_at(reader: PartitionReader, ledger: TopicPartition, at: int, end: int) -> int | None:
    """Return the input's offset of the first record at `at` or later that has one."""
    async with aclosing(reader.read(ledger, at, end)) as records:
        async for record in records:
            source = _settled(record).source_offset
            if source is not None:
                return source
    return None


def _settled(record: Record) -> Settled:
    try:
        return settled(record.value)
    except CodecError as error:
        raise LedgerError(f"a record of the ledger at {record.offset}: {error}") from error


async def _tallied(stretch: Stretch, rehearsal: Rehearsal) -> Tally:
    topics = Topics.of(stretch.settings)
    source = TopicPartition(topics.requests.name, stretch.partition)
    decisions = TopicPartition(topics.decisions.name, stretch.partition)
    tally = Tally()
    async with (
        PartitionReader(stretch.settings) as requests,
        PartitionReader(stretch.settings) as ledger,
        aclosing(requests.fetch(source, stretch.start, stretch.end)) as fetched,
        aclosing(ledger.fetch(decisions, *stretch.ledger)) as entries,
    ):
        decided = _Decided(entries)
        async for records in fetched:
            if records:
                await decided.reach(records[-1].offset)
            for record in records:
                _take(tally, record, decided.of(record.offset), rehearsal)
    return tally


def _take(tally: Tally, record: Record, entry: Settled | None, rehearsal: Rehearsal) -> None:
    if entry is None:
        # Nobody has read it yet, so it has to be found out whether it is a request at all.
        rehearsal.take(tally, Asked(record.offset, record.value), decode_request)
    elif entry.kind is not RecordKind.DECISION:
        # The gate has a memory for these: what they repeat or complete cannot be told from them alone.
        tally.left_out[entry.kind] += 1
    elif rehearsal.comparison.touched is not None and _is_spared(record, rehearsal):
        tally.compared += 1
    else:
        asked = Asked(record.offset, record.value, entry.decided_at, entry.is_vouched)
        rehearsal.take(tally, asked, decode_request)


def _is_spared(record: Record, rehearsal: Rehearsal) -> bool:
    try:
        return rehearsal.comparison.spares(addressed(record.value).recipient_name)
    except CodecError:
        # On record as decided and yet no request: whoever reads it in full tells why.
        return False


class _Decided:
    """The ledger of one stretch, asked for offsets of its input in rising order."""

    def __init__(self, fetched: AsyncIterator[Sequence[Record]]) -> None:
        self._fetched = fetched
        self._entries: dict[int, Settled] = {}
        self._reached = -1

    async def reach(self, offset: int) -> None:
        """Read on until nothing behind can be about the input at `offset` or before.

        Raises:
            LedgerError: a record of the ledger cannot be read.
        """
        while self._reached < offset:
            records = await anext(self._fetched, None)
            if records is None:
                return
            for record in records:
                entry = _settled(record)
                if entry.source_offset is not None:
                    self._entries.setdefault(entry.source_offset, entry)
                    self._reached = entry.source_offset

    def of(self, offset: int) -> Settled | None:
        """Return what became of the input at `offset`, once it is reached; None when nothing is on record."""
        return self._entries.pop(offset, None)
