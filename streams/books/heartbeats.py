"""The worker's own pulse in the books: written here, read back by the replica; its age is the freshness.

A consumer that polls in vain cannot tell a quiet topic from a cut line. A record that this worker wrote and
has to read back can: whatever was committed before it has been applied by then.
"""

import asyncio
from collections import deque
from datetime import datetime

from aiokafka import AIOKafkaProducer

from streams.books.entries import BookKey, EntryKind
from streams.books.source import LASTING_FAULTS, PASSING_FAULTS
from streams.clock import Clock
from streams.codecs.heartbeat import encode_heartbeat
from streams.logs import get_logger
from streams.policy.book_records import Heartbeat
from streams.settings import Settings
from streams.topics import Topics

log = get_logger(__name__)

# Heartbeats that never come back (the broker is away) must not pile up; any later one covers them.
REMEMBERED = 64


class Heartbeats:
    """Writes `heartbeat/<worker>` every so often, and knows which of them came back."""

    def __init__(self, settings: Settings, clock: Clock, worker: str) -> None:
        self._settings = settings
        self._clock = clock
        self._worker = worker
        self._key = BookKey(kind=EntryKind.HEARTBEAT, name=worker)
        self._topic = Topics.of(settings).books.name
        self._written: deque[tuple[datetime, float]] = deque(maxlen=REMEMBERED)

    async def run(self) -> None:
        """Write heartbeats for ever; end only by cancellation or a fault that no waiting heals."""
        while True:
            try:
                await self._write_until_a_fault()
            except LASTING_FAULTS:
                raise
            except PASSING_FAULTS as error:
                log.warning("a heartbeat could not be written; trying again", error=error)
            await asyncio.sleep(self._settings.heartbeat_seconds)

    async def _write_until_a_fault(self) -> None:
        producer = AIOKafkaProducer(
            bootstrap_servers=self._settings.servers,
            client_id=f"{self._settings.app_id}-heartbeat",
            acks="all",
            # A heartbeat that takes longer than this proves nothing any more.
            request_timeout_ms=int(self._settings.stale_after * 1000),
        )
        try:
            await producer.start()
            while True:
                await producer.send_and_wait(self._topic, self._beat(), key=self._key.encode(), partition=0)
                await asyncio.sleep(self._settings.heartbeat_seconds)
        finally:
            await producer.stop()

    def _beat(self) -> bytes:
        heartbeat = Heartbeat(worker=self._worker, at=self._clock.now())
        # The instant before sending: counted from the return, a slow line would look fresh.
        self._written.append((heartbeat.at, self._clock.monotonic()))
        return encode_heartbeat(heartbeat)

    def returned(self, heartbeat: Heartbeat) -> float | None:
        """Return when, on the monotonic clock, this heartbeat was written; None for another's or an old one.

        A heartbeat of an earlier process with the same name proves nothing and is not known here.
        """
        known = (written for at, written in self._written if at == heartbeat.at)
        return next(known, None) if heartbeat.worker == self._worker else None
