"""Reading a stretch of a partition, committed records only, without a consumer group.

For recovery and audits, which read from one known offset to another and then stop. Nothing is committed, and
no position is guessed: where an offset is gone, reading fails instead of beginning somewhere else.
"""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing, suppress
from datetime import datetime
from types import TracebackType
from typing import Self

from aiokafka import AIOKafkaConsumer
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import (
    GroupCoordinatorNotAvailableError,
    GroupLoadInProgressError,
    NotCoordinatorForGroupError,
)
from aiokafka.structs import OffsetAndMetadata, TopicPartition

from streams.errors import UnavailableError
from streams.kafka.admin import admin_client
from streams.kafka.batch import Record
from streams.kafka.faults import UNREADABLE, reaching, sorted_faults
from streams.kafka.stage import Committed
from streams.settings import Settings

POLL_MS = 200
# A coordinator that was elected just now loads its part of the offsets' topic first.
COORDINATOR_SECONDS = 30.0
ASK_AGAIN_SECONDS = 0.1
# Passing: the coordinator is being elected, loads, or has moved.
NO_COORDINATOR = (
    GroupCoordinatorNotAvailableError,
    GroupLoadInProgressError,
    NotCoordinatorForGroupError,
)


class PartitionReader:
    """A read-committed reader of one partition at a time; positions are Kafka offsets.

    Use it as an async context. Read one stretch to its end before the next: each `read` assigns anew.
    """

    def __init__(self, settings: Settings) -> None:
        self._servers = settings.bootstrap_servers
        self._consumer = AIOKafkaConsumer(
            bootstrap_servers=settings.servers,
            group_id=None,
            enable_auto_commit=False,
            isolation_level="read_committed",
            auto_offset_reset="none",
            fetch_max_wait_ms=50,
            max_partition_fetch_bytes=8 << 20,
        )

    async def __aenter__(self) -> Self:
        with sorted_faults("reach the broker"), reaching(self._servers):
            await self._consumer.start()
        # Its tasks begin to run now: a consumer that is stopped before they have fails on their ends.
        await asyncio.sleep(0)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._consumer.stop()

    async def bounds(self, partition: TopicPartition) -> tuple[int, int]:
        """Return the first offset there is and the one after the last committed record."""
        with sorted_faults(f"read the bounds of {partition.topic}"):
            first = await self._consumer.beginning_offsets([partition])
            end = await self._consumer.end_offsets([partition])
        return first[partition], end[partition]

    async def offset_at(self, partition: TopicPartition, instant: datetime) -> int | None:
        """Return the first offset whose record was produced at that instant or later, or None for none."""
        milliseconds = int(instant.timestamp() * 1000)
        with sorted_faults(f"look for a time in {partition.topic}"):
            found = await self._consumer.offsets_for_times({partition: milliseconds})
        place = found.get(partition)
        return None if place is None else int(place.offset)

    async def read(self, partition: TopicPartition, start: int, end: int) -> AsyncGenerator[Record, None]:
        """Yield the committed records of `[start, end)`.

        It waits until `end` can be read; take it from `bounds`, which names no offset of an open transaction.

        Raises:
            UnavailableError: the broker does not answer, an offset of the stretch was deleted, or a batch
                cannot be unpacked.
        """
        async with aclosing(self.fetch(partition, start, end)) as fetched:
            async for records in fetched:
                for record in records:
                    yield record

    async def fetch(
        self, partition: TopicPartition, start: int, end: int
    ) -> AsyncGenerator[Sequence[Record], None]:
        """Yield the same, as many at once as one answer of the broker holds: for who reads millions."""
        # An assignment that is never polled can keep aiokafka's fetcher from ending.
        if start >= end:
            return
        self._consumer.assign([partition])
        self._consumer.seek(partition, start)
        with sorted_faults(f"read {partition.topic}"):
            # By position, not by records: the last offsets may be markers, which never come as records.
            while await self._consumer.position(partition) < end:
                records = await self._fetched(partition)
                if records and records[-1].offset >= end:
                    records = [record for record in records if record.offset < end]
                yield records

    async def _fetched(self, partition: TopicPartition) -> list[Record]:
        try:
            records = await self._consumer.getmany(partition, timeout_ms=POLL_MS)
        except UNREADABLE as error:
            # `from None`: the cause may show bytes of a record.
            raise UnavailableError(
                f"a batch of {partition.topic}, partition {partition.partition}, cannot be unpacked "
                f"({type(error).__name__}); another replica or a backup may have it whole"
            ) from None
        return list(records.get(partition, ()))


async def committed_of(settings: Settings, partition: TopicPartition) -> Committed | None:
    """Return what the consumer group committed for the partition, or None when it never did.

    Raises:
        UnavailableError: no broker answers, or the group has no coordinator within 30 seconds.
    """
    with sorted_faults("read the committed offset"), reaching(settings.bootstrap_servers):
        async with admin_client(settings.bootstrap_servers) as admin:
            found = await _answer(admin, settings.app_id, partition)
    return None if found.offset < 0 else Committed(offset=found.offset, metadata=found.metadata)


async def _answer(admin: AIOKafkaAdminClient, group: str, partition: TopicPartition) -> OffsetAndMetadata:
    """Return what the coordinator says of the partition, offset -1 for nothing; wait while there is none.

    aiokafka overlooks an error of the whole answer, such as a coordinator that still loads. The answer then
    lacks the partition, which must not be taken for one where nothing was ever committed.
    """
    async with asyncio.timeout(COORDINATOR_SECONDS):
        while True:
            with suppress(*NO_COORDINATOR):
                offsets = await admin.list_consumer_group_offsets(group, partitions=[partition])
                if partition in offsets:
                    return offsets[partition]
            await asyncio.sleep(ASK_AGAIN_SECONDS)
