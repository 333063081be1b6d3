"""The senders of a demonstration: sealed requests and garbage, at a steady pace or as fast as it goes.

Times are of the monotonic clock of this process, in seconds, and are compared only with one another. The
senders stand for all intakes at once and seal nothing: what they send was sealed when it was made, or spoilt
on purpose.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import islice

from aiokafka import AIOKafkaProducer

from streams.clock import Clock
from streams.codecs.record_codec import INPUT_LIMIT
from streams.kafka.faults import reaching, sorted_faults
from streams.settings import Settings
from streams.topics import Topics

# A batch each tick: sends of single records would measure asyncio and not the gate.
TICK_SECONDS = 0.02
BURST = 500


@dataclass(frozen=True, slots=True)
class Message:
    """Bytes on their way to the gate; `value` may be anything, or nothing."""

    key: bytes
    value: bytes | None


@dataclass(slots=True)
class Sent:
    """When each request was handed to Kafka, by partition and offset; seconds of the monotonic clock.

    `steady` counts those sent at a steady pace, which come first; latency is taken from them alone.
    """

    at: dict[tuple[int, int], float] = field(default_factory=dict)
    steady: int = 0

    def __len__(self) -> int:
        return len(self.at)


class Crowd:
    """Sends messages and remembers when; `progress` is told how many are with the broker."""

    def __init__(
        self, producer: AIOKafkaProducer, topic: str, clock: Clock, progress: Callable[[int], None]
    ) -> None:
        self.sent = Sent()
        self._producer = producer
        self._topic = topic
        self._clock = clock
        self._progress = progress

    async def steadily(self, messages: Iterable[Message], per_second: int) -> None:
        """Send at a steady pace, however long the gate takes (an open loop)."""
        waiting: set[asyncio.Task[None]] = set()
        source = iter(messages)
        started = self._clock.monotonic()
        due = 0
        while batch := list(
            islice(source, max(1, int((self._clock.monotonic() - started) * per_second) - due))
        ):
            due += len(batch)
            # Not awaited here. A sender that waits for a slow gate slows down with it, and hides the latency
            # it causes.
            task = asyncio.create_task(self._send(batch))
            waiting.add(task)
            task.add_done_callback(waiting.discard)
            await asyncio.sleep(TICK_SECONDS)
        await asyncio.gather(*waiting)
        self.sent.steady = len(self.sent)

    async def at_once(self, messages: Iterable[Message]) -> None:
        """Send as fast as the broker takes it, a burst after the other.

        One burst is with the broker before the next is sent, so no more than 500 wait here.
        """
        for batch in _chunks(messages):
            await self._send(batch)

    async def _send(self, batch: list[Message]) -> None:
        # Before the send, so that the time in the producer counts as latency too.
        at = self._clock.monotonic()
        with sorted_faults("send requests"):
            deliveries = [
                await self._producer.send(self._topic, key=message.key, value=message.value)
                for message in batch
            ]
            for place in await asyncio.gather(*deliveries):
                self.sent.at[place.partition, place.offset] = at
        self._progress(len(self.sent))


def _chunks(messages: Iterable[Message]) -> Iterator[list[Message]]:
    source = iter(messages)
    while chunk := list(islice(source, BURST)):
        yield chunk


@asynccontextmanager
async def crowd(settings: Settings, clock: Clock, progress: Callable[[int], None]) -> AsyncIterator[Crowd]:
    """Open a crowd at the gate's door."""
    producer = AIOKafkaProducer(
        bootstrap_servers=settings.servers,
        acks="all",
        enable_idempotence=True,
        linger_ms=1,
        max_batch_size=256 << 10,
        max_request_size=INPUT_LIMIT,
    )
    try:
        with reaching(settings.bootstrap_servers):
            await producer.start()
        yield Crowd(producer, Topics.of(settings).requests.name, clock, progress)
    finally:
        await producer.stop()
