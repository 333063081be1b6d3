"""A reader of one topic of one partition, the books or the marks: in order, none skipped.

It keeps no consumer group and commits nothing: who reads remembers the position of what was applied, and
gives it to the next reader after a fault, because aiokafka's own position may have moved past records that
it never handed out (it does after a batch with a wrong checksum).
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import (
    KafkaError,
    OffsetOutOfRangeError,
    RecordTooLargeError,
    UnknownTopicOrPartitionError,
    UnsupportedVersionError,
)

from streams.settings import Settings

# What no waiting heals; they are raised. All else of Kafka or the network is retried for as long as it takes,
# also a missing right: it can be given back, and until then the books are STALE and nothing is decided.
LASTING_FAULTS = (OffsetOutOfRangeError, RecordTooLargeError, UnsupportedVersionError)
PASSING_FAULTS = (KafkaError, OSError)

# One fetch takes in the whole of a transaction up to this size, so it is applied in one go.
FETCH_BYTES = 48 << 20
# The broker holds an empty fetch so long, and no longer: a change has to be here well within 250 ms.
FETCH_WAIT_MS = 50
# What is read, as Kafka calls it: what is committed, or also what is in open transactions and was aborted.
COMMITTED, EVERYTHING = "read_committed", "read_uncommitted"
# aiokafka's own is 40 s, in which nobody would know whether the line is cut.
REQUEST_TIMEOUT_MS = 10_000
STOP_SECONDS = 5.0
# A consumer whose broker crashed under it may wait for ever, or bring nothing more, and not say so. Several
# times longer than any answer of a broker that is there, and than a worker's own heartbeats are apart.
LONGEST_SILENCE = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class RawRecord:
    """The bytes of one record, where it stands, and when it was written, UTC."""

    offset: int
    at: datetime
    key: bytes | None
    value: bytes | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RawBatch:
    """What one fetch brought; `position` is the offset to read next, past any transaction marker."""

    records: tuple[RawRecord, ...]
    position: int


class TopicReader:
    """Reads partition 0 of one topic; made by `open_topic`."""

    def __init__(self, consumer: AIOKafkaConsumer, partition: TopicPartition) -> None:
        self._consumer = consumer
        self._partition = partition

    async def end(self) -> int:
        """Return the offset after the last record that it may read.

        Of what is committed that is the first one whose transaction is open.
        """
        offsets: dict[TopicPartition, int] = await self._consumer.end_offsets([self._partition])
        return offsets[self._partition]

    async def read(self, timeout_ms: int = 1000) -> RawBatch:
        """Return what one fetch brought, or nothing after the timeout."""
        fetched = await self._consumer.getmany(self._partition, timeout_ms=timeout_ms)
        records = tuple(
            RawRecord(
                offset=record.offset,
                at=datetime.fromtimestamp(record.timestamp / 1000, UTC),
                key=record.key,
                value=record.value,
            )
            for record in fetched.get(self._partition, ())
        )
        return RawBatch(records=records, position=await self._consumer.position(self._partition))


@asynccontextmanager
async def open_topic(
    settings: Settings, topic: str, position: int | None = None, isolation: str = COMMITTED
) -> AsyncIterator[TopicReader]:
    """Open partition 0 of `topic` at `position`, or at its beginning when that is None.

    `isolation` is COMMITTED or EVERYTHING.
    """
    partition = TopicPartition(topic, 0)
    consumer = _consumer(settings, isolation)
    try:
        await consumer.start()
        # A consumer waits for ever on a topic that is not there; and it must not make one with wrong
        # settings.
        if topic not in await consumer.topics():
            raise UnknownTopicOrPartitionError(topic)
        consumer.assign([partition])
        if position is None:
            position = (await consumer.beginning_offsets([partition]))[partition]
        consumer.seek(partition, position)
        yield TopicReader(consumer, partition)
    finally:
        # aiokafka may lose what ends it, and wait for ever; what is left then is a connection.
        async with asyncio.timeout(STOP_SECONDS):
            await consumer.stop()


def _consumer(settings: Settings, isolation: str) -> AIOKafkaConsumer:
    return AIOKafkaConsumer(
        bootstrap_servers=settings.servers,
        client_id=f"{settings.app_id}-books",
        group_id=None,
        enable_auto_commit=False,
        # Skipping to an end or a beginning would hide changes; a position that is gone is a fault instead.
        auto_offset_reset="none",
        isolation_level=isolation,
        fetch_max_wait_ms=FETCH_WAIT_MS,
        fetch_max_bytes=FETCH_BYTES,
        max_partition_fetch_bytes=FETCH_BYTES,
        request_timeout_ms=REQUEST_TIMEOUT_MS,
    )
