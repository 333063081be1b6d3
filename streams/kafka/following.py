"""Following a topic for a service that answers from what it has read.

Such a service must know whether it has read all that there was when it started, and whether the brokers
still answer: what it has not seen it must not deny.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress

from aiokafka import AIOKafkaConsumer
from aiokafka.errors import KafkaError
from aiokafka.structs import TopicPartition

from streams.clock import Clock
from streams.errors import UnavailableError
from streams.kafka.batch import Record
from streams.kafka.faults import UNREADABLE, reaching, sorted_faults
from streams.kafka.tailing import POLL_MS, assign_all
from streams.settings import Settings

LOOK_SECONDS = 1.0
# Between two questions to the brokers; several fit into the time after which they count as gone.
LONGEST_ANSWER = 2.0
GONE_AFTER = 5.0
# Between two awaits, so that callers do not wait while the past is read.
READ_AT_ONCE = 500


class Follower:
    """Reads the committed records of all partitions of a topic, from the first one on, for ever.

    `take` is called with each record, in the order of its partition; it must not block or raise.
    """

    def __init__(self, settings: Settings, topic: str, clock: Clock, take: Callable[[Record], None]) -> None:
        self._settings = settings
        self._topic = topic
        self._clock = clock
        self._take = take
        self._unread: dict[TopicPartition, int] | None = None
        self._reached_at = clock.monotonic()
        self._looked_at = self._reached_at

    @property
    def problem(self) -> str | None:
        """Return why what was read may not be all that there is, or None."""
        if self._unread is None or self._unread:
            return f"{self._topic} is still being read"
        if self._clock.monotonic() - self._reached_at > GONE_AFTER:
            return "Kafka does not answer"
        return None

    async def run(self) -> None:
        """Follow until it is cancelled; a broker that is away for a while is waited for.

        Raises:
            InputError: there is no such topic.
            UnavailableError: no broker answers at the start, or a batch cannot be unpacked.
        """
        consumer = AIOKafkaConsumer(
            bootstrap_servers=self._settings.servers,
            group_id=None,
            enable_auto_commit=False,
            isolation_level="read_committed",
            auto_offset_reset="earliest",
            fetch_max_wait_ms=50,
        )
        with sorted_faults(f"read {self._topic}"), reaching(self._settings.bootstrap_servers):
            try:
                await consumer.start()
                ends = await assign_all(consumer, self._settings, self._topic, "first")
                self._unread = dict(ends)
                while True:
                    await self._read(consumer)
                    await self._look(consumer, list(ends))
            finally:
                await consumer.stop()

    async def _read(self, consumer: AIOKafkaConsumer) -> None:
        try:
            batches = await consumer.getmany(timeout_ms=POLL_MS, max_records=READ_AT_ONCE)
        except UNREADABLE as error:
            # `from None`: the cause may show bytes of a record.
            raise UnavailableError(
                f"a batch of {self._topic} cannot be unpacked ({type(error).__name__})"
            ) from None
        for records in batches.values():
            for record in records:
                self._take(record)
        if self._unread:
            # By position, not by records: the last offsets may be markers, which never come as records.
            left = [(tp, end) for tp, end in self._unread.items() if await consumer.position(tp) < end]
            self._unread = dict(left)

    async def _look(self, consumer: AIOKafkaConsumer, partitions: list[TopicPartition]) -> None:
        """Ask the brokers something now and then; a fetch that brings nothing does not tell their silence."""
        if self._clock.monotonic() - self._looked_at < LOOK_SECONDS:
            return
        with suppress(KafkaError, TimeoutError):
            async with asyncio.timeout(LONGEST_ANSWER):
                await consumer.end_offsets(partitions)
            self._reached_at = self._clock.monotonic()
        self._looked_at = self._clock.monotonic()
