"""The share changes of one partition as the writer drives them; see `streams.kafka.stage.Stage`.

It waits for books that are current: a change is judged once, when it comes, and under older books an
agreement that ended just then would seem to give it.
"""

from collections.abc import Callable
from dataclasses import dataclass

from aiokafka.structs import TopicPartition

from streams.books.replica import BooksReplica
from streams.chains.current_books import CurrentBooks
from streams.chains.recovery import check_unread
from streams.chains.state import ChainState
from streams.codecs.share_change import decode_share_change
from streams.drift.draft import DriftContext, DriftDraft
from streams.errors import CodecError
from streams.kafka.batch import Record
from streams.kafka.reader import PartitionReader, committed_of
from streams.kafka.runtime import Runtime
from streams.kafka.stage import Timing
from streams.metric_names import Input
from streams.policy.share_memory import ShareMemory
from streams.topics import Topics

# Nothing is ever due; a ring wakes it at once.
IDLE_SECONDS = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class DriftAround:
    """What the stages of one worker share; `pseudonym` is for the readers of alerts."""

    runtime: Runtime
    replica: BooksReplica
    pseudonym: Callable[[str], str]


class DriftStage:
    """Alerts of what vendors open that no agreement gives, or open again."""

    def __init__(self, partition: int, around: DriftAround) -> None:
        self._partition = partition
        self._around = around
        self._runtime = around.runtime
        self._topics = Topics.of(around.runtime.settings)
        self._books = CurrentBooks(around.replica)
        self._gauges = around.runtime.metrics.of_input(Input.SHARE_CHANGES)
        # There is no chain; what is asked of one is where the input goes on, and under which books.
        self._place = ChainState(name="share changes", partition=partition)
        self._memory = ShareMemory()

    async def recover(self) -> int:
        """Read again what was taken already, for what was removed once must be known; return where to go on.

        Raises:
            LedgerError: the topic is not the one any more of which a part was taken.
        """
        settings = self._runtime.settings
        source = TopicPartition(self._topics.share_changes.name, self._partition)
        committed = await committed_of(settings, source)
        self._place.next_source = 0 if committed is None else committed.offset
        memory = ShareMemory()
        async with PartitionReader(settings) as reader:
            await check_unread(reader, source, self._place)
            first, _ = await reader.bounds(source)
            async for record in reader.read(source, first, self._place.next_source):
                _remember(memory, record)
        self._memory = memory
        return self._place.next_source

    async def ready(self) -> None:
        """Wait until the books are current and hold a policy."""
        await self._books.ready(self._place)

    def obstacle(self) -> str | None:
        """Return why the partition waits although its books are current: for nothing."""
        return self._books.obstacle(self._place)

    def draft(self) -> DriftDraft:
        """Begin a transaction on top of the memory.

        Raises:
            BooksNotCurrentError: there is no policy any more since `ready` returned.
        """
        replica = self._around.replica
        context = DriftContext(
            topics=self._topics,
            books=replica.books,
            policy=self._books.policy(),
            revision=replica.revision,
            now=self._runtime.clock.now(),
            pseudonym=self._around.pseudonym,
        )
        return DriftDraft(self._partition, self._memory, context)

    def prepare(self, _: Record) -> None:
        """Nothing is done beforehand: changes are few beside requests."""

    async def settled(self, _: DriftDraft) -> bool:
        """Tell that the draft misses nothing: it writes to topics that are always there."""
        return True

    def holds_still(self, draft: DriftDraft) -> bool:
        """Tell whether the books are current and at the draft's revision."""
        return self._books.are_still_at(draft.context.revision)

    def adopt(self, draft: DriftDraft, timing: Timing) -> None:
        """Remember what the draft took, and tell whoever watches."""
        for change in draft.changes:
            self._memory.apply(change)
        self._gauges.set_lag(self._partition, timing.lag)
        kinds = [change.kind for change in draft.changes]
        self._runtime.metrics.observe_drift(kinds, draft.findings, draft.unread)

    def seconds_to_duty(self) -> float:
        """Return in how many seconds something is due without input: never."""
        return IDLE_SECONDS


def _remember(memory: ShareMemory, record: Record) -> None:
    try:
        memory.apply(decode_share_change(record.value))
    except CodecError:
        # It is a dead letter since it was first read.
        return
