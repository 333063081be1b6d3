"""Faust on record batches: one event for a whole batch of a partition, not one for each record.

Stock Faust makes four asyncio tasks for every record and acknowledges a record whose processing raised.
Here the records go into the writer's inbox, and the agent gets a doorbell: an event that names a partition
with something to decide. Doorbells may be lost or doubled without harm, since one is rung on every poll
while anything waits. The offsets are committed by the writer's transactions, never by Faust.

The private parts of faust-streaming and aiokafka that this stands on are listed in tests/contracts.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import faust
from aiokafka import AIOKafkaConsumer
from aiokafka.errors import ConsumerStoppedError
from aiokafka.structs import TopicPartition
from faust.transport.drivers import aiokafka as driver
from faust.types import TP, EventT, Message
from mode.types import ServiceT

from streams.kafka.batch import Record, RecordBatch
from streams.kafka.unpacking import Unpacking
from streams.kafka.writers import PartitionWriters

# How long a broker parks a fetch when there is nothing; a partition sought meanwhile waits for its end.
FETCH_WAIT_MS = 50
POLL_SECONDS = 0.05
# An empty poll returns at once, so without a pause the loop would spin.
NOTHING_WANTED_SECONDS = 0.01

Partitions = frozenset[TopicPartition]
Batches = Mapping[TopicPartition, RecordBatch]


@dataclass(frozen=True, slots=True)
class Doorbell:
    """Something waits in this partition."""

    partition: int


class BatchThread(driver.AIOKafkaConsumerThread):
    """The consumer's thread: committed records only, and positions taken in the same breath as records.

    aiokafka's consumer lives on this thread's own event loop. `poll` and `start_at` are called from the
    worker's loop and hand over to it; `_poll`, `_seek` and what they call run in the thread.
    """

    def __post_init__(self) -> None:
        """Start with no partition sought yet."""
        super().__post_init__()
        self._epochs: dict[TopicPartition, int] = {}
        self._unpacking = Unpacking()

    @property
    def obstacles(self) -> Mapping[TopicPartition, str]:
        """Return why partitions cannot be read on, one sentence each."""
        return self._unpacking.obstacles

    def _create_worker_consumer(self, transport: driver.Transport) -> AIOKafkaConsumer:
        consumer = super()._create_worker_consumer(transport)
        # Faust has no setting for either: it reads uncommitted records and parks each fetch for 1.5 s.
        consumer._isolation_level = "read_committed"
        consumer._fetch_max_wait_ms = FETCH_WAIT_MS
        return consumer

    async def poll(self, partitions: Partitions, seconds: float) -> Batches:
        """Return what has come in for the partitions, waiting for at most `seconds`.

        It is called without partitions too, when all inboxes are full, and then returns nothing at once.
        """
        batches: Batches = await self.call_thread(self._poll, partitions, seconds)
        return batches

    async def start_at(self, partition: TopicPartition, position: int) -> int:
        """Read the partition from `position` on, and return the epoch of the batches that follow."""
        epoch: int = await self.call_thread(self._seek, partition, position)
        return epoch

    async def _seek(self, partition: TopicPartition, position: int) -> int:
        self._ensure_consumer().seek(partition, position)
        self._unpacking.forget(partition)
        self._epochs[partition] = self._epochs.get(partition, 0) + 1
        return self._epochs[partition]

    async def _poll(self, partitions: Partitions, seconds: float) -> Batches:
        consumer = self._ensure_consumer()
        fetcher = consumer._fetcher
        # The context tells aiokafka that we are alive even when there is nothing that we want to read.
        with consumer._subscription.fetch_context():
            # To aiokafka an empty set means all partitions.
            if not partitions or consumer._closed:
                return {}
            batches = await self._drain(consumer, partitions)
            if not batches:
                waiter = fetcher._create_fetch_waiter()
                done, _ = await asyncio.wait([waiter], timeout=seconds)
                if not done:
                    waiter.cancel()
                batches = await self._drain(consumer, partitions)
            return batches

    async def _drain(self, consumer: AIOKafkaConsumer, partitions: Partitions) -> Batches:
        """Take what is fetched. INVARIANT: nothing else runs in this thread between the two positions."""
        # During one, aiokafka would wait for its end here, whatever the time-out says.
        if consumer._subscription.reassignment_in_progress:
            return {}
        before = self._positions(consumer, partitions)
        records = {tp: await self._unpacking.take(consumer._fetcher, tp, before[tp]) for tp in before}
        after = self._positions(consumer, before.keys())
        return {
            tp: RecordBatch(
                partition=tp.partition,
                epoch=self._epochs[tp],
                from_position=before[tp],
                to_position=after[tp],
                log_end=consumer.last_stable_offset(tp) or after[tp],
                records=tuple(records[tp]),
            )
            # A position may move without records, over markers: that is news for the inbox, too.
            for tp in before
            if after[tp] != before[tp]
        }

    def _positions(self, consumer: AIOKafkaConsumer, partitions: Any) -> Mapping[TopicPartition, int]:
        """Return where reading stands, for the partitions that are ours and that a writer has sought."""
        positions = {}
        assignment = consumer._subscription.subscription.assignment
        for tp in partitions:
            if tp in self._epochs and tp in assignment.tps:
                state = assignment.state_value(tp)
                if state.has_valid_position:
                    positions[tp] = state.position
        return positions


class BatchConsumer(driver.Consumer):
    """Faust's consumer, delivering record batches to writers and doorbells to the agent."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._last: dict[TP, Record] = {}

    def _new_consumer_thread(self) -> BatchThread:
        self._batches = BatchThread(self, loop=self.loop, beacon=self.beacon)
        return self._batches

    @property
    def _writers(self) -> Mapping[str, PartitionWriters]:
        app = self.app
        if not isinstance(app, BatchApp):
            raise TypeError("the batch transport needs a BatchApp")
        return app.writers

    def _wants(self, tp: TopicPartition) -> bool:
        return tp.topic in self._writers and self._writers[tp.topic].wants(tp.partition)

    async def on_partitions_revoked(self, revoked: set[TP]) -> None:
        """Finish what is under way before the group goes on: the next owner fences whatever is left."""
        await asyncio.gather(*(writers.close() for writers in self._writers.values()))
        await super().on_partitions_revoked(revoked)

    async def perform_seek(self) -> None:
        """Fence the newly assigned partitions; each writer seeks for itself when it has recovered.

        Faust calls this once after each rebalance, and gives up silently after its request time-out.
        """
        assigned, start_at = self.assignment(), self._batches.start_at
        await asyncio.gather(*(writers.open(assigned, start_at) for writers in self._writers.values()))

    async def _drain_messages(self, fetcher: ServiceT) -> None:
        try:
            while not (self._stopped.is_set() or fetcher.should_stop):
                await self._drain_once()
        except (asyncio.CancelledError, ConsumerStoppedError):
            if not self.app.should_stop:
                raise

    async def _drain_once(self) -> None:
        if not self.flow_active:
            await self.wait(self.can_resume_flow.wait())
        wanted = frozenset(tp for tp in self._get_active_partitions() if self._wants(tp))
        for tp, batch in (await self._batches.poll(wanted, POLL_SECONDS)).items():
            self._writers[tp.topic].deliver(batch)
            # Faust's events need a record to be made of; any will do, for its content is never looked at.
            if batch.records:
                self._last[TP(tp.topic, tp.partition)] = batch.records[-1]
        if not wanted:
            await asyncio.sleep(NOTHING_WANTED_SECONDS)
        for writers in self._writers.values():
            writers.unread = self._batches.obstacles
        for last, record in self._last.items():
            if self.flow_active and self._writers[last.topic].waiting(last.partition):
                await self._ring(last, record)

    async def _ring(self, tp: TP, record: Record) -> None:
        # Faust suspends its flow in a rebalance; an event that it does not take then must not stop us here.
        message = self._to_message(tp, record)
        await self.wait_first(self.callback(message), self.suspend_flow.wait())


class BatchTransport(driver.Transport):
    """Faust's aiokafka transport with the consumer above."""

    Consumer = BatchConsumer


class DoorbellTopic(faust.Topic):
    """A topic whose events carry doorbells, which need no decoding."""

    def _compile_decode(self) -> None:
        """Keep `decode` below: Faust would put a compiled one in its place, which fails on a tombstone."""

    async def decode(self, message: Message, *, propagate: bool = False) -> EventT[Any]:
        """Return the doorbell of the message's partition; there is nothing to decode that could fail."""
        del propagate
        return self._create_event(message.key, Doorbell(message.partition), headers=None, message=message)


class BatchApp(faust.App):
    """A Faust app that reads in batches; `writers` by topic must be set before it starts."""

    writers: Mapping[str, PartitionWriters]

    def _new_transport(self) -> BatchTransport:
        return BatchTransport(self.conf.broker_consumer, self)
