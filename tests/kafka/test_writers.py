import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiokafka.structs import TopicPartition

from streams.clock import SystemClock
from streams.errors import FencedError, GateError, UnavailableError
from streams.kafka.batch import RecordBatch
from streams.kafka.partition_writer import PartitionWriter
from streams.kafka.runtime import Runtime
from streams.kafka.writers import PartitionWriters
from streams.metrics import Metrics
from streams.settings import Settings
from tests.kafka.test_partition_writer import CopyStage

TOPIC = "requests"
OURS = TopicPartition(TOPIC, 0)


async def never() -> None:
    await asyncio.Event().wait()


async def turns() -> None:
    """Let every task that can go on do so."""
    for _ in range(10):
        await asyncio.sleep(0)


async def start_at(source: TopicPartition, position: int) -> int:
    del source, position
    return 1


class Scripted(PartitionWriter[Any]):
    """A writer that fences and runs as the test says, and touches no broker."""

    def __init__(self, source: TopicPartition, group: "Group") -> None:
        runtime = Runtime(settings=group.settings, clock=SystemClock(), metrics=group.metrics)
        super().__init__(source, CopyStage("out", group.settings), runtime, start_at)
        self._group = group

    async def fence(self) -> None:
        await self._group.fencing()

    async def run(self) -> None:
        self.inbox.start(1, 0)
        await self._group.running()

    async def close(self) -> None:
        self._group.closed.append(self.source.partition)
        self.inbox.stop()


@dataclass
class Group:
    """The writers of one worker, and what they would have ended it with."""

    settings: Settings = field(default_factory=lambda: Settings(pending_bytes=1024, holes_per_minute=0))
    fencing: Callable[[], Any] = field(default=lambda: asyncio.sleep(0))
    running: Callable[[], Any] = field(default=never)
    fatal: list[BaseException] = field(default_factory=list)
    closed: list[int] = field(default_factory=list)
    metrics: Metrics = field(default_factory=Metrics)

    def writers(self) -> PartitionWriters:
        return PartitionWriters(
            TOPIC, lambda source, _: Scripted(source, self), self.metrics, self.fatal.append
        )


def batch(first: int, end: int) -> RecordBatch:
    return RecordBatch(partition=0, epoch=1, from_position=first, to_position=end, log_end=end, records=())


async def test_partitions_of_other_topics_are_left_alone() -> None:
    writers = Group().writers()
    await writers.open([OURS, TopicPartition("other", 1)], start_at)
    assert writers.partitions == (0,)
    await writers.close()


async def test_a_partition_is_read_once_its_writer_has_recovered() -> None:
    writers = Group().writers()
    await writers.open([OURS], start_at)
    assert (writers.waiting_to_read, writers.wants(0)) == ((0,), False)
    await asyncio.sleep(0)
    assert (writers.waiting_to_read, writers.wants(0)) == ((), True)
    await writers.close()
    assert (writers.partitions, writers.wants(0)) == ((), False)


async def test_what_hinders_every_partition_is_told_once() -> None:
    writers = Group().writers()
    await writers.open([OURS, TopicPartition(TOPIC, 1)], start_at)
    told = "the broker cannot be read"
    writers.unread = {OURS: told, TopicPartition(TOPIC, 1): told}
    assert writers.obstacles == (told,)
    await writers.close()


async def test_partitions_revoked_while_they_are_fenced_are_not_opened() -> None:
    fenced, begun = asyncio.Event(), asyncio.Event()

    async def slow() -> None:
        begun.set()
        await fenced.wait()

    group = Group(fencing=slow)
    writers = group.writers()
    opening = asyncio.create_task(writers.open([OURS], start_at))
    await begun.wait()
    await writers.close()
    fenced.set()
    await opening

    assert writers.partitions == ()
    assert group.closed == [0]
    assert group.fatal == []


async def test_opening_that_is_cancelled_leaves_no_producer_behind() -> None:
    group = Group(fencing=never)
    opening = asyncio.create_task(group.writers().open([OURS], start_at))
    await asyncio.sleep(0)
    opening.cancel()
    with pytest.raises(asyncio.CancelledError):
        await opening
    assert group.closed == [0]


async def test_a_fence_that_fails_ends_the_worker() -> None:
    async def refused() -> None:
        raise FencedError("another worker")

    group = Group(fencing=refused)
    with pytest.raises(FencedError):
        await group.writers().open([OURS], start_at)
    assert [type(error) for error in group.fatal] == [FencedError]


@pytest.mark.parametrize("error", [GateError("a"), FencedError("b"), ValueError("c")])
async def test_a_writer_that_fails_ends_the_worker(error: Exception) -> None:
    async def failing() -> None:
        raise error

    group = Group(running=failing)
    writers = group.writers()
    await writers.open([OURS], start_at)
    await turns()
    assert group.fatal == [error]
    await writers.close()


@pytest.mark.parametrize("ending", ["returns", "is cancelled"])
async def test_a_writer_that_ends_in_silence_ends_the_worker(ending: str) -> None:
    async def ended() -> None:
        if ending == "is cancelled":
            raise asyncio.CancelledError

    group = Group(running=ended)
    writers = group.writers()
    await writers.open([OURS], start_at)
    await turns()
    assert [type(error) for error in group.fatal] == [UnavailableError]
    await writers.close()


async def test_writers_that_are_closed_end_nothing() -> None:
    group = Group()
    writers = group.writers()
    await writers.open([OURS], start_at)
    await writers.close()
    assert (group.fatal, group.closed) == ([], [0])


async def test_a_hole_too_many_ends_the_worker_and_a_lost_partition_does_not() -> None:
    group = Group()
    writers = group.writers()
    await writers.open([OURS], start_at)
    await asyncio.sleep(0)
    writers.deliver(batch(0, 3))
    assert group.fatal == []
    writers.deliver(batch(5, 6))
    assert [error.exit_code for error in group.fatal if isinstance(error, GateError)] == [70]
    await writers.close()
    writers.deliver(batch(9, 10))
    assert len(group.fatal) == 1


async def test_lag_is_told_of_owned_partitions_and_forgotten_with_them() -> None:
    group = Group()
    writers = group.writers()
    await writers.open([OURS], start_at)
    await asyncio.sleep(0)
    writers.deliver(batch(0, 3))
    writers.tell_lag()
    assert b'alpr_gate_lag_records{partition="0"} 0.0' in group.metrics.render()
    await writers.close()
    assert b'partition="0"' not in group.metrics.render()
