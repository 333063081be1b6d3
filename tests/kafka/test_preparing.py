import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from streams.clock import ManualClock, SystemClock
from streams.codecs.trace_context import Headers
from streams.kafka.batch import Record
from streams.kafka.preparing import preparing

START = datetime(2026, 3, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Read:
    offset: int
    value: bytes | None = None
    key: bytes | None = None
    timestamp: int = 0
    headers: Headers = ()


RECORDS = [Read(number) for number in range(5)]


async def test_records_are_prepared_in_order_while_the_context_waits() -> None:
    prepared: list[Record] = []
    async with preparing(RECORDS, prepared.append, SystemClock()):
        assert prepared == []
        await asyncio.sleep(0)
        assert prepared == RECORDS


async def test_nothing_is_prepared_once_the_context_has_ended() -> None:
    clock, prepared = ManualClock(START), []

    def prepare(record: Record) -> None:
        prepared.append(record.offset)
        clock.advance(timedelta(seconds=1))

    async with preparing(RECORDS, prepare, clock):
        # A slice is one record long here, and others get their turn after each.
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert prepared == [0, 1]
    await asyncio.sleep(0)
    assert prepared == [0, 1]


async def test_what_cannot_be_prepared_is_left_to_whoever_takes_it() -> None:
    def prepare(record: Record) -> None:
        raise ValueError(record.offset)

    async with preparing(RECORDS, prepare, SystemClock()):
        await asyncio.sleep(0)
