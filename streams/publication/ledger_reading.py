"""The ledger read for publication: verified, and only up to an instant.

Nothing is published of a ledger that does not verify. It reads the ledger and the committed positions, and
neither requests nor what went out, so whoever publishes needs no right to those.
"""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from itertools import takewhile

from aiokafka.structs import TopicPartition

from streams.chains.note import Note
from streams.chains.recovery import SETTLING_SECONDS
from streams.codecs.ledger_record import decode_ledger_record, read_link
from streams.errors import InputError, LedgerError
from streams.kafka.admin import topic_names
from streams.kafka.reader import PartitionReader, committed_of
from streams.ledger.record import LedgerRecord
from streams.ledger.verify import verify
from streams.settings import Settings
from streams.topics import Topics


@dataclass(frozen=True, slots=True, kw_only=True)
class PartitionLedger:
    """The records of one partition up to an instant, in order; the first is the genesis record."""

    partition: int
    records: tuple[LedgerRecord, ...]


async def read_ledger(settings: Settings, instant: datetime | None) -> tuple[PartitionLedger, ...]:
    """Return all partitions up to the first record later than the instant; None is their end.

    What looks wrong is looked at twice, for a committed position may be ahead of what can be read.

    Raises:
        InputError: a chain has not begun.
        LedgerError: a chain does not verify, or is of another number of partitions.
        UnavailableError: no broker answers.
    """
    try:
        return await _read_once(settings, instant)
    except LedgerError:
        await asyncio.sleep(SETTLING_SECONDS)
        return await _read_once(settings, instant)


async def _read_once(settings: Settings, instant: datetime | None) -> tuple[PartitionLedger, ...]:
    if Topics.of(settings).decisions.name not in await topic_names(settings.bootstrap_servers):
        raise InputError("there is no ledger on this Kafka yet: start the gate with `alpr-gate run`")
    # Before the chains: what was committed by then must be in what is read after it.
    notes = [await _note(settings, number) for number in range(settings.partitions)]
    async with PartitionReader(settings) as reader:
        return tuple(
            [await _read(reader, settings, number, note, instant) for number, note in enumerate(notes)]
        )


async def _note(settings: Settings, number: int) -> Note | None:
    """Return what was committed with the position; brokers forget it when no gate has run for days."""
    committed = await committed_of(settings, TopicPartition(Topics.of(settings).requests.name, number))
    return None if committed is None else Note.read(committed.metadata)


async def _read(
    reader: PartitionReader, settings: Settings, number: int, note: Note | None, instant: datetime | None
) -> PartitionLedger:
    ledger = TopicPartition(Topics.of(settings).decisions.name, number)
    first, end = await reader.bounds(ledger)
    values = [record.value async for record in reader.read(ledger, first, end)]
    if not values:
        raise InputError(f"partition {number} of the ledger is empty: start the gate with `alpr-gate run`")
    witnesses = {} if note is None else {note.seq: note.hash}
    report = verify(values, read_link, partition=number, witnesses=witnesses)
    if report.problem is not None:
        raise LedgerError(
            f"partition {number} of the ledger: {report.problem}; see `alpr-gate ledger verify`"
        )
    # What a running gate adds meanwhile is of a later publication.
    records = [decode_ledger_record(value) for value in values[: None if note is None else note.seq + 1]]
    if records[0].partition_count != settings.partitions:
        raise LedgerError(
            f"the ledger has {records[0].partition_count} partitions and ALPR_GATE_PARTITIONS says "
            f"{settings.partitions}: set it as the gate has it"
        )
    return PartitionLedger(partition=number, records=_until(records, instant))


def _until(records: list[LedgerRecord], instant: datetime | None) -> tuple[LedgerRecord, ...]:
    # By their order, so that what is added later never changes what an earlier instant shows.
    return tuple(takewhile(lambda one: instant is None or one.decided_at <= instant, records))
