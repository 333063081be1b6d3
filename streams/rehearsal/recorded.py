"""Recorded requests from Kafka, each with what the ledger says of it.

The ledger tells when a request was decided and whether its seal held, which nobody can tell later without the
intake's keys. Requests and ledger of a partition are read side by side: both are in the order of the input.
"""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime, timedelta

from aiokafka.structs import TopicPartition

from streams.codecs.ledger_record import decode_ledger_record
from streams.codecs.request import decode_request
from streams.errors import CodecError, LedgerError
from streams.kafka.batch import Record
from streams.kafka.reader import PartitionReader
from streams.ledger.record import LedgerRecord
from streams.policy.vocabulary import ReasonCode, RecordKind
from streams.rehearsal.asked import BATCH, Asked, Batch
from streams.settings import Settings
from streams.topics import Topics

# Clocks may differ by so much: the ledger's times are the workers', those of requests the intakes'.
CLOCKS_APART = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Stretch:
    """The committed requests of one partition from `start` up to `end`, and where its ledger is read from."""

    partition: int
    start: int
    end: int
    ledger: tuple[int, int]


async def stretches(settings: Settings, since: datetime | None) -> tuple[Stretch, ...]:
    """Return where the recorded requests lie that were sent at `since` or later; None for all there are.

    Raises:
        UnavailableError: no broker answers.
    """
    topics = Topics.of(settings)
    found = []
    async with PartitionReader(settings) as reader:
        for number in range(settings.partitions):
            requests = await _from(reader, TopicPartition(topics.requests.name, number), since)
            earlier = None if since is None else since - CLOCKS_APART
            ledger = await _from(reader, TopicPartition(topics.decisions.name, number), earlier)
            found.append(Stretch(number, *requests, ledger))
    return tuple(found)


async def _from(
    reader: PartitionReader, partition: TopicPartition, since: datetime | None
) -> tuple[int, int]:
    first, end = await reader.bounds(partition)
    start = first if since is None else await reader.offset_at(partition, since)
    # Nothing so late is at the end; what is there may still be of an open transaction, which has no bounds.
    return (end if start is None else min(max(start, first), end)), end


async def recorded(settings: Settings, wanted: tuple[Stretch, ...]) -> AsyncGenerator[Batch, None]:
    """Yield the requests of the stretches in batches.

    Raises:
        LedgerError: a record of the ledger cannot be read.
        UnavailableError: the broker does not answer, or a record was deleted while it was wanted.
    """
    topics = Topics.of(settings)
    async with PartitionReader(settings) as requests, PartitionReader(settings) as ledger:
        for stretch in wanted:
            source = TopicPartition(topics.requests.name, stretch.partition)
            decisions = TopicPartition(topics.decisions.name, stretch.partition)
            async with (
                aclosing(requests.read(source, stretch.start, stretch.end)) as records,
                aclosing(ledger.read(decisions, *stretch.ledger)) as entries,
            ):
                async for batch in _joined(records, _Decided(entries), stretch):
                    yield batch


async def _joined(
    records: AsyncIterator[Record], decided: "_Decided", stretch: Stretch
) -> AsyncGenerator[Batch, None]:
    asked: list[Asked] = []
    left_out: list[RecordKind] = []
    begin = stretch.start
    async for record in records:
        entry = await decided.of(record.offset)
        # The gate has a memory for the rest: what they repeat or complete cannot be told from them alone.
        if entry is not None and entry.kind is not RecordKind.DECISION:
            left_out.append(entry.kind)
        else:
            asked.append(_asked(record, entry))
        if len(asked) + len(left_out) == BATCH:
            end = record.offset + 1
            yield Batch(decode_request, tuple(asked), end - begin, tuple(left_out))
            asked, left_out, begin = [], [], end
    yield Batch(decode_request, tuple(asked), stretch.end - begin, tuple(left_out))


def _asked(record: Record, entry: LedgerRecord | None) -> Asked:
    if entry is None:
        return Asked(record.offset, record.value)
    refused = {reason.code for reason in entry.reasons}
    is_vouched = ReasonCode.REQUESTER_NOT_AUTHENTICATED not in refused
    return Asked(record.offset, record.value, entry.decided_at, is_vouched)


class _Decided:
    """The ledger of one partition, asked for offsets of its input in rising order."""

    def __init__(self, records: AsyncIterator[Record]) -> None:
        self._records = records
        self._next: LedgerRecord | None = None
        self._reached = -1

    async def of(self, offset: int) -> LedgerRecord | None:
        """Return the record of the input at `offset`, or None when there is none in what is read."""
        while self._reached < offset:
            self._next = await self._following()
            if self._next is None or self._next.source_offset is None:
                return None
            self._reached = self._next.source_offset
        return self._next if self._reached == offset else None

    async def _following(self) -> LedgerRecord | None:
        async for record in self._records:
            try:
                entry = decode_ledger_record(record.value)
            except CodecError as error:
                raise LedgerError(f"a record of the ledger at {record.offset}: {error}") from error
            if entry.source_offset is not None:
                return entry
        return None
