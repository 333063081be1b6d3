"""What the consumer has fetched, unpacked partition by partition; what cannot be unpacked waits where it is.

A broker forgives more than our decompressors do (bytes behind the end of a compressed batch), and a disk can
spoil what was right. Nobody can tell what is in such a batch: to pass over it would lose requests, and to end
the worker would end every other one that gets the partition after it. So this partition alone stands still,
says so, and is tried again, since another replica or a restored disk may have it whole.
"""

import asyncio
from collections.abc import Mapping
from types import MappingProxyType

from aiokafka.consumer.fetcher import Fetcher
from aiokafka.structs import TopicPartition

from streams.kafka.batch import Record
from streams.kafka.faults import UNREADABLE
from streams.logs import get_logger

log = get_logger(__name__)

RETRY_SECONDS = 5.0


class Unpacking:
    """Takes what is fetched, in the consumer's thread; `obstacles` may be read from any.

    After a failure a partition is taken record by record, so that all before the bad batch are handed out.
    """

    def __init__(self) -> None:
        self._retry_at: dict[TopicPartition, float] = {}
        self.obstacles: Mapping[TopicPartition, str] = MappingProxyType({})

    async def take(self, fetcher: Fetcher, partition: TopicPartition, position: int) -> list[Record]:
        """Return what is fetched of the partition from `position` on; nothing where it cannot be unpacked."""
        if asyncio.get_running_loop().time() < self._retry_at.get(partition, 0.0):
            return []
        try:
            if partition not in self._retry_at:
                return await _some(fetcher, partition, None)
            return await self._one_by_one(fetcher, partition)
        except UNREADABLE as error:
            self._stand_still(fetcher, partition, position, error)
            return []

    async def _one_by_one(self, fetcher: Fetcher, partition: TopicPartition) -> list[Record]:
        taken: list[Record] = []
        try:
            while one := await _some(fetcher, partition, 1):
                taken += one
        except UNREADABLE:
            # Those before it move the position to it; then it comes first, and is told of.
            if not taken:
                raise
            _fetch_again(fetcher, partition)
            return taken
        if taken:
            self.forget(partition)
        return taken

    def _stand_still(
        self, fetcher: Fetcher, partition: TopicPartition, position: int, error: Exception
    ) -> None:
        is_first = partition not in self._retry_at
        _fetch_again(fetcher, partition)
        if is_first:
            # Not known yet where it is: all before it are taken first, and at once.
            self._retry_at[partition] = 0.0
            return
        self._retry_at[partition] = asyncio.get_running_loop().time() + RETRY_SECONDS
        log.error(
            "a batch of the input cannot be unpacked; its partition waits, nothing is skipped",
            topic=partition.topic,
            partition=partition.partition,
            offset=position,
            error=error,
        )
        sentence = f"{partition.topic}[{partition.partition}] cannot be read at offset {position}"
        self.obstacles = MappingProxyType({**self.obstacles, partition: sentence})

    def forget(self, partition: TopicPartition) -> None:
        """Take the partition for readable, as when it has just been sought or read on."""
        self._retry_at.pop(partition, None)
        others = {tp: told for tp, told in self.obstacles.items() if tp != partition}
        self.obstacles = MappingProxyType(others)


async def _some(fetcher: Fetcher, partition: TopicPartition, most: int | None) -> list[Record]:
    """Return up to `most` records that are fetched; the position moves behind them."""
    taken = await fetcher.fetched_records({partition}, timeout=0, max_records=most)
    return list(taken.get(partition, ()))


def _fetch_again(fetcher: Fetcher, partition: TopicPartition) -> None:
    """Drop what is fetched: its iterator has ended with the error and would look like an empty one."""
    fetcher._records.pop(partition, None)
    fetcher._notify(fetcher._wait_consume_future)
