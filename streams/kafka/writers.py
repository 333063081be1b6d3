"""The writers of the partitions that this worker owns, opened and closed as the group rebalances.

Every rebalance closes all of them and opens those of the new assignment, also where nothing has changed: a
writer that starts anew from the log cannot be wrong about what it missed.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Protocol

from aiokafka.structs import TopicPartition

from streams.errors import FencedError, GateError, UnavailableError
from streams.kafka.batch import RecordBatch
from streams.kafka.partition_writer import PartitionWriter, StartAt
from streams.metric_names import Outcome

NewWriter = Callable[[TopicPartition, StartAt], PartitionWriter[Any]]
Fatal = Callable[[BaseException], None]

# Below Faust's own limit on the seek after a rebalance, which would end the recovery without a word.
OPEN_SECONDS = 15.0
# A writer that does not end by then is left to the next owner's fence.
CANCEL_SECONDS = 2.0


class WriterMetrics(Protocol):
    """What the writers of one topic tell about their partitions."""

    def set_lag(self, partition: int, records: int) -> None:
        """Tell how many records of a partition wait."""
        ...

    def forget_partition(self, partition: int) -> None:
        """Remove what was told of a partition that another worker owns now."""
        ...

    def transaction_ended(self, outcome: Outcome) -> None:
        """Count one transaction."""
        ...


class PartitionWriters:
    """One writer for each partition of `topic` in the current assignment.

    `fatal` is called at most once for each writer that fails, with what it failed with: the process must
    end, since a writer that stops silently leaves its partition undecided. All of it is called on the
    worker's event loop; `wants`, `deliver` and the rings never wait.
    """

    def __init__(self, topic: str, new_writer: NewWriter, metrics: WriterMetrics, fatal: Fatal) -> None:
        self.topic = topic
        self._metrics = metrics
        self._new_writer = new_writer
        self._fatal = fatal
        self._writers: dict[int, PartitionWriter[Any]] = {}
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._closed = 0
        # Why partitions cannot be read on, as the transport tells it.
        self.unread: Mapping[TopicPartition, str] = {}

    async def open(self, partitions: Iterable[TopicPartition], start_at: StartAt) -> None:
        """Fence the partitions, then let their writers recover and read on, each in its own task.

        When they are revoked while they are being fenced, nothing is opened: `close` has the last word.

        Raises:
            UnavailableError: the broker did not fence them in time.
            GateError: whatever else kept a partition from being fenced; `fatal` was called with it, too.
        """
        # Faust has a partition type of its own, which aiokafka's producer refuses.
        ours = [TopicPartition(tp.topic, tp.partition) for tp in partitions if tp.topic == self.topic]
        writers = {tp.partition: self._new_writer(tp, start_at) for tp in ours}
        try:
            async with asyncio.timeout(OPEN_SECONDS):
                # Before the fence: it would hit our own writers, and end the process, where they still write.
                await self.close()
                closed = self._closed
                await asyncio.gather(*(writer.fence() for writer in writers.values()))
            if closed == self._closed:
                self._begin(writers)
        except TimeoutError as error:
            self._fatal(UnavailableError("the broker did not fence the partitions in time, start again"))
            raise UnavailableError("fencing timed out") from error
        except GateError as error:
            self._fatal(error)
            raise
        finally:
            # Not begun: their producers hold connections, and nobody else would close them.
            if self._writers is not writers:
                await asyncio.gather(*(writer.close() for writer in writers.values()))

    def _begin(self, writers: "dict[int, PartitionWriter[Any]]") -> None:
        self._writers = writers
        for partition, writer in writers.items():
            task = asyncio.create_task(writer.run(), name=f"writer {self.topic}/{partition}")
            task.add_done_callback(self._ended)
            self._tasks[partition] = task

    async def close(self) -> None:
        """Finish the transactions under way and let go of every partition."""
        self._closed += 1
        # Taken out first: what is delivered or ends from here on belongs to no partition of ours.
        writers, self._writers = self._writers, {}
        tasks, self._tasks = self._tasks, {}
        for partition, task in tasks.items():
            task.cancel()
            self._metrics.forget_partition(partition)
        await asyncio.gather(*(writer.close() for writer in writers.values()))
        if tasks:
            await asyncio.wait(tasks.values(), timeout=CANCEL_SECONDS)

    def _ended(self, task: "asyncio.Task[None]") -> None:
        """Make the end of a writer known: while its partition is ours it must not end in any way."""
        error = None if task.cancelled() else task.exception()
        if error is None and task in self._tasks.values():
            error = UnavailableError("the writer of a partition ended by itself, start again")
        if error is not None:
            if isinstance(error, FencedError):
                self._metrics.transaction_ended(Outcome.FENCED)
            self._fatal(error)

    @property
    def partitions(self) -> tuple[int, ...]:
        """Return the partitions owned now, in order."""
        return tuple(sorted(self._writers))

    @property
    def waiting_to_read(self) -> tuple[int, ...]:
        """Return the owned partitions that have not recovered yet, in order."""
        return tuple(p for p in self.partitions if not self._writers[p].inbox.started)

    @property
    def obstacles(self) -> tuple[str, ...]:
        """Return why owned partitions cannot decide, each sentence once; empty when all can."""
        told = (writer.obstacle for writer in self._writers.values())
        unread = (self.unread.get(TopicPartition(self.topic, partition)) for partition in self.partitions)
        # What is the matter of the whole worker, each of its partitions says.
        return tuple(dict.fromkeys(one for one in (*told, *unread) if one is not None))

    def wants(self, partition: int) -> bool:
        """Tell whether records of the partition should be read now: it has recovered and has room."""
        writer = self._writers.get(partition)
        return writer is not None and writer.inbox.started and writer.inbox.has_room

    def deliver(self, batch: RecordBatch) -> None:
        """Queue a batch with its writer; one of a partition no longer owned is dropped."""
        writer = self._writers.get(batch.partition)
        if writer is None:
            return
        try:
            writer.deliver(batch)
        except GateError as error:
            self._fatal(error)

    def waiting(self, partition: int) -> bool:
        """Tell whether records of the partition wait to be decided."""
        writer = self._writers.get(partition)
        return writer is not None and len(writer.inbox) > 0

    def ring(self, partition: int) -> None:
        """Wake the writer of the partition."""
        writer = self._writers.get(partition)
        if writer is not None:
            writer.ring()

    def tell_lag(self) -> None:
        """Tell the metrics how many records wait for each writer, whether or not it can decide them."""
        for partition, writer in self._writers.items():
            self._metrics.set_lag(partition, writer.inbox.lag)

    def ring_all(self) -> None:
        """Wake every writer, as when the books have a new revision."""
        for writer in self._writers.values():
            writer.ring()
