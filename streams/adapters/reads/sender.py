"""From the spool to Kafka: payloads become reads, each once, in one transaction for each batch.

What was committed is known by its ids: they are read back from the topic at the start, so that a process that
died between a commit and its own note of it does not write a read twice; nor does a camera that sends again.
"""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from aiokafka import AIOKafkaProducer
from aiokafka.structs import TopicPartition

from streams.adapters.reads.delivery import Delivery
from streams.adapters.reads.feed_file import FeedAccess
from streams.adapters.reads.spool import Spool, Spooled
from streams.adapters.reads.unread import Unread, UnreadReason
from streams.clock import Clock
from streams.codecs.dead_letter import encode_dead_letter
from streams.codecs.event_headers import event_headers, first_headers
from streams.codecs.read_event import decode_read_event, encode_read_event
from streams.codecs.record_codec import INPUT_LIMIT
from streams.codecs.trace_context import Header
from streams.errors import CodecError, UnavailableError
from streams.kafka.admin import ensure_topics
from streams.kafka.faults import reaching, sorted_faults
from streams.kafka.reader import PartitionReader
from streams.ledger.dead_letter import DeadLetter
from streams.logs import get_logger
from streams.policy.read_event import ReadEvent
from streams.policy.vocabulary import DecisionId
from streams.settings import Settings
from streams.topics import Topics

log = get_logger(__name__)

BATCH = 200
LOOK_SECONDS = 0.2
AGAIN_SECONDS = 1.0
UNREAD_KEPT = timedelta(days=30)


@dataclass(slots=True)
class Outcome:
    """What became of payloads so far, by feed: reads written, reads known already, parts unread by reason."""

    written: dict[str, int] = field(default_factory=dict)
    repeated: dict[str, int] = field(default_factory=dict)
    unread: dict[tuple[str, UnreadReason], int] = field(default_factory=dict)


class KnownReads:
    """The ids of the reads that were written last, at most so many."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._ids: OrderedDict[str, None] = OrderedDict()

    def __contains__(self, read_id: str) -> bool:
        return read_id in self._ids

    def add(self, read_id: str) -> None:
        """Remember an id, and forget the oldest in its place."""
        self._ids[read_id] = None
        self._ids.move_to_end(read_id)
        if len(self._ids) > self._most:
            self._ids.popitem(last=False)


class Sender:
    """Empties a spool into `alpr.reads`, whenever Kafka is there."""

    def __init__(
        self, settings: Settings, feeds: Mapping[str, FeedAccess], spool: Spool, clock: Clock
    ) -> None:
        self._settings = settings
        self._topics = Topics.of(settings)
        self._source = f"{settings.app_id}/reads"
        self._feeds = feeds
        self._spool = spool
        self._clock = clock
        self._known = KnownReads(settings.remembered_reads)
        self.outcome = Outcome()
        self.problem: str | None = "the reads on Kafka are still being looked at"

    async def run(self) -> None:
        """Send until cancelled; while no broker answers, the spool keeps what comes."""
        while True:
            try:
                await self._send_all()
            except UnavailableError as error:
                self.problem = str(error)
                log.warning("reads wait in the spool", error=error)
            await asyncio.sleep(AGAIN_SECONDS)

    async def _send_all(self) -> None:
        specs = (self._topics.reads, self._topics.dead_letters)
        await ensure_topics(self._settings.bootstrap_servers, specs, self._settings.replication_factor)
        # Fenced first: what an earlier process had under way is decided before its ids are read back.
        async with self._producing() as producer:
            await self._recall()
            self.problem = None
            while True:
                if not await self._send_batch(producer):
                    await asyncio.sleep(LOOK_SECONDS)

    @asynccontextmanager
    async def _producing(self) -> AsyncIterator[AIOKafkaProducer]:
        producer = AIOKafkaProducer(
            bootstrap_servers=self._settings.servers,
            transactional_id=f"{self._settings.app_id}.reads.{self._settings.instance_id}",
            acks="all",
            max_request_size=INPUT_LIMIT,
            transaction_timeout_ms=int(self._settings.transaction_timeout * 1000),
            request_timeout_ms=int(self._settings.transaction_timeout * 1000),
        )
        with sorted_faults("write reads"), reaching(self._settings.bootstrap_servers):
            try:
                await producer.start()
                yield producer
            finally:
                await producer.stop()

    async def _recall(self) -> None:
        """Read back the ids of the newest reads, of every partition about as many."""
        topic = self._topics.reads
        share = self._settings.remembered_reads // topic.partitions + 1
        async with PartitionReader(self._settings) as reader:
            for number in range(topic.partitions):
                partition = TopicPartition(topic.name, number)
                first, end = await reader.bounds(partition)
                async for record in reader.read(partition, max(first, end - share), end):
                    try:
                        self._known.add(decode_read_event(record.value).read.read_id)
                    except CodecError:
                        continue  # not one of ours, so no id that could come again

    async def _send_batch(self, producer: AIOKafkaProducer) -> int:
        batch = await self._spool.first(BATCH)
        if not batch:
            return 0
        found = [(spooled, each) for spooled in batch for each in self._parsed(spooled)]
        fresh = list(self._fresh(found))
        unread = [
            (spooled, each)
            for spooled, each in found
            if isinstance(each, Unread) and not each.reason.is_noise
        ]
        if fresh or unread:
            await self._write(producer, fresh, unread)
        for event in fresh:
            self._known.add(event.read.read_id)
        await self._spool.done(batch[-1].place, unread, self._clock.now() - UNREAD_KEPT)
        self._count(found, fresh)
        return len(batch)

    def _parsed(self, spooled: Spooled) -> tuple[ReadEvent | Unread, ...]:
        payload = spooled.payload
        access = self._feeds.get(payload.feed)
        if access is None:
            # Its line was taken out while it lay in the spool; what it says of its network is not known.
            return (Unread(reason=UnreadReason.UNPARSABLE, message="the feed is no more", source_digest=""),)
        return access.form.parse(
            Delivery(
                feed=access.feed,
                body=payload.body,
                content_type=payload.content_type,
                received_at=payload.received_at,
            )
        )

    def _fresh(self, found: list[tuple[Spooled, ReadEvent | Unread]]) -> Iterator[ReadEvent]:
        here: set[str] = set()
        for _, each in found:
            if isinstance(each, ReadEvent) and each.read.read_id not in self._known:
                if each.read.read_id not in here:
                    yield each
                here.add(each.read.read_id)

    async def _write(
        self,
        producer: AIOKafkaProducer,
        fresh: list[ReadEvent],
        unread: list[tuple[Spooled, Unread]],
    ) -> None:
        async with producer.transaction():
            deliveries = [
                await producer.send(
                    self._topics.reads.name,
                    key=(event.read.camera_id or event.feed).encode(),
                    value=encode_read_event(event),
                    headers=self._headers("ReadEvent", event.received_at, event.read.read_id),
                )
                for event in fresh
            ]
            deliveries += [
                await producer.send(
                    self._topics.dead_letters.name,
                    value=encode_dead_letter(self._letter(spooled, each)),
                    headers=self._headers(
                        "DeadLetter", spooled.payload.received_at, f"{each.source_digest}/{spooled.place}"
                    ),
                )
                for spooled, each in unread
            ]
            # aiokafka commits even when one of them failed, so each is waited for.
            await asyncio.gather(*deliveries)

    def _headers(self, record: str, at: datetime, event_id: str) -> list[Header]:
        return first_headers(event_headers(record, self._source, at), event_id)

    def _letter(self, spooled: Spooled, unread: Unread) -> DeadLetter:
        """Return the letter of a payload; without its bytes, which may hold images: the spool keeps those."""
        return DeadLetter(
            decision_id=DecisionId(unread.source_digest),
            source_topic=f"feed {spooled.payload.feed}",
            source_partition=0,
            source_offset=spooled.place,
            key=None,
            value=None,
            error=f"{unread.reason}: {unread.message}",
            recorded_at=self._clock.now(),
        )

    def _count(self, found: list[tuple[Spooled, ReadEvent | Unread]], fresh: list[ReadEvent]) -> None:
        new = {id(event) for event in fresh}
        for spooled, each in found:
            feed = spooled.payload.feed
            if isinstance(each, Unread):
                key = (feed, each.reason)
                self.outcome.unread[key] = self.outcome.unread.get(key, 0) + 1
            else:
                table = self.outcome.written if id(each) in new else self.outcome.repeated
                table[feed] = table.get(feed, 0) + 1
