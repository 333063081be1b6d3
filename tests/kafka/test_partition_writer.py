"""The writer of a partition against a real broker, with a stage that copies what it takes."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest
from aiokafka.structs import TopicPartition

from streams.clock import SystemClock
from streams.codecs.trace_context import Headers
from streams.errors import CodecError
from streams.kafka.admin import ensure_topics
from streams.kafka.batch import Record, RecordBatch
from streams.kafka.inbox import HoleError
from streams.kafka.partition_writer import PartitionWriter
from streams.kafka.reader import committed_of
from streams.kafka.runtime import Runtime
from streams.kafka.stage import Committed, Outgoing, Timing
from streams.kafka.tailing import tail_topic
from streams.metrics import Metrics
from streams.settings import Settings
from streams.topics import Topics
from tests.workers import eventually

pytestmark = pytest.mark.kafka


@dataclass(frozen=True)
class Read:
    offset: int
    value: bytes | None = b"x"
    key: bytes | None = None
    timestamp: int = 0
    headers: Headers = ()


class CopyDraft:
    """Copies each record; `poison` cannot be encoded, and `venom` cannot even be refused."""

    metadata = "copied"

    def __init__(self, topic: str) -> None:
        self._topic = topic
        self.outbox: defaultdict[tuple[str, int], list[Outgoing]] = defaultdict(list)

    def _put(self, value: bytes) -> None:
        self.outbox[self._topic, 0].append((None, value, []))

    def take(self, record: Record) -> None:
        if record.value in {b"poison", b"venom"}:
            raise CodecError("it is too large")
        self._put(b"%d" % record.offset)

    def refuse(self, record: Record, cause: str) -> None:
        if record.value == b"venom":
            raise CodecError("its refusal is too large as well")
        self._put(f"{record.offset} refused, {cause}".encode())

    def bury(self, record: Record, cause: str) -> None:
        self._put(f"{record.offset} buried, {cause}".encode())

    def finish(self) -> None:
        """Nothing is due without input."""


@dataclass
class CopyStage:
    topic: str
    settings: Settings
    changes_before_commit: int = 0
    adopted: list[CopyDraft] = field(default_factory=list)
    prepared: list[int] = field(default_factory=list)

    async def recover(self) -> int:
        source = TopicPartition(Topics.of(self.settings).requests.name, 0)
        committed = await committed_of(self.settings, source)
        return 0 if committed is None else committed.offset

    async def ready(self) -> None:
        """Deciding is always allowed here."""

    def obstacle(self) -> None:
        """Nothing ever stands in the way here."""

    def draft(self) -> CopyDraft:
        return CopyDraft(self.topic)

    def prepare(self, record: Record) -> None:
        self.prepared.append(record.offset)

    async def settled(self, draft: CopyDraft) -> bool:
        del draft
        return True

    def holds_still(self, draft: CopyDraft) -> bool:
        del draft
        self.changes_before_commit -= 1
        return self.changes_before_commit < 0

    def adopt(self, draft: CopyDraft, timing: Timing) -> None:
        del timing
        self.adopted.append(draft)

    def seconds_to_duty(self) -> float:
        return 60.0


@dataclass
class Bench:
    """A writer that is fed by hand; `sought` are the positions that it asked to be read from."""

    settings: Settings
    stage: CopyStage
    sought: list[int] = field(default_factory=list)

    @property
    def source(self) -> TopicPartition:
        return TopicPartition(Topics.of(self.settings).requests.name, 0)

    async def start_at(self, source: TopicPartition, position: int) -> int:
        assert source == self.source
        self.sought.append(position)
        return len(self.sought)

    def writer(self) -> PartitionWriter[CopyDraft]:
        clock = SystemClock()
        runtime = Runtime(settings=self.settings, clock=clock, metrics=Metrics(clock=clock))
        return PartitionWriter(self.source, self.stage, runtime, self.start_at)

    def batch(self, first: int, *values: bytes) -> RecordBatch:
        end = first + len(values)
        records = tuple(Read(first + number, value) for number, value in enumerate(values))
        return RecordBatch(
            partition=0, epoch=len(self.sought), from_position=first, to_position=end, log_end=end,
            records=records,
        )  # fmt: skip

    async def has_committed(self, offset: int) -> None:
        async def it_has() -> bool:
            return await committed_of(self.settings, self.source) == Committed(
                offset=offset, metadata="copied"
            )

        await eventually(it_has)

    async def copied(self) -> list[bytes | None]:
        tail = tail_topic(self.settings, self.stage.topic, begin="first", end="now")
        return [record.value async for record in tail]


@pytest.fixture
async def bench(settings: Settings) -> Bench:
    topics = Topics.of(settings)
    await ensure_topics(settings.bootstrap_servers, [topics.requests, topics.dead_letters], 1)
    return Bench(settings, CopyStage(topics.dead_letters.name, settings))


@pytest.fixture
async def running(bench: Bench) -> AsyncIterator[PartitionWriter[CopyDraft]]:
    async with started(bench) as writer:
        yield writer


@asynccontextmanager
async def started(bench: Bench) -> AsyncIterator[PartitionWriter[CopyDraft]]:
    writer = bench.writer()
    await writer.fence()
    task = asyncio.create_task(writer.run())

    async def it_reads() -> bool:
        return writer.inbox.started

    await eventually(it_reads)
    yield writer
    task.cancel()
    await writer.close()
    await asyncio.gather(task, return_exceptions=True)


def feed(writer: PartitionWriter[CopyDraft], batch: RecordBatch) -> None:
    writer.deliver(batch)
    writer.ring()


async def test_what_is_fed_is_committed_with_its_position(
    bench: Bench, running: PartitionWriter[CopyDraft]
) -> None:
    feed(running, bench.batch(0, b"a", b"b"))
    await bench.has_committed(2)
    assert await bench.copied() == [b"0", b"1"]
    assert running.next_position == 2


async def test_what_waits_is_prepared_while_a_transaction_is_written(bench: Bench) -> None:
    bench.settings = bench.settings.model_copy(update={"batch_records": 1})
    async with started(bench) as writer:
        feed(writer, bench.batch(0, b"a", b"b", b"c"))
        await bench.has_committed(3)
    # The first is taken at once; each of the others waits while the one before it is written and committed.
    assert bench.stage.prepared == [1, 1, 2, 2]


async def test_a_draft_whose_books_changed_is_made_again_and_leaves_no_trace(
    bench: Bench, running: PartitionWriter[CopyDraft]
) -> None:
    bench.stage.changes_before_commit = 2
    feed(running, bench.batch(0, b"a"))
    await bench.has_committed(1)
    assert await bench.copied() == [b"0"]
    assert len(bench.stage.adopted) == 1


async def test_poison_is_singled_out_by_halving(bench: Bench, running: PartitionWriter[CopyDraft]) -> None:
    feed(running, bench.batch(0, b"a", b"b", b"poison", b"d", b"venom"))
    await bench.has_committed(5)
    assert await bench.copied() == [
        b"0",
        b"1",
        b"2 refused, it is too large",
        b"3",
        b"4 buried, it is too large",
    ]


async def test_a_hole_is_read_again_from_the_last_commit(
    bench: Bench, running: PartitionWriter[CopyDraft]
) -> None:
    feed(running, bench.batch(0, b"a"))
    await bench.has_committed(1)
    assert not running.deliver(bench.batch(5, b"f"))

    async def sought_again() -> bool:
        return bench.sought == [0, 1] and running.inbox.started

    await eventually(sought_again)
    feed(running, bench.batch(1, b"b"))
    await bench.has_committed(2)
    assert await bench.copied() == [b"0", b"1"]


async def test_holes_without_end_are_given_up(bench: Bench, running: PartitionWriter[CopyDraft]) -> None:
    async def reads_again() -> bool:
        return running.inbox.started

    for _ in range(bench.settings.holes_per_minute):
        await eventually(reads_again)
        assert not running.deliver(bench.batch(9, b"x"))
    await eventually(reads_again)
    with pytest.raises(HoleError, match="expected position 0, read from 9"):
        running.deliver(bench.batch(9, b"x"))


async def test_a_closed_writer_asks_for_nothing_more(bench: Bench) -> None:
    writer = bench.writer()
    await writer.fence()
    await writer.close()
    # As if the cancellation of its task had been lost on the way.
    await asyncio.wait_for(writer.run(), 60)
    assert bench.sought == []
