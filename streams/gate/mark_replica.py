"""A worker's copy of the marks of all partitions: those that stand, and those that are under way.

A request with a new id belongs to another partition than the one that was held, so its writer has to know
what others hold. It knows it as of a moment ago: the topic is read to its end again and again, and the copy
is current as long as that was not longer ago than books may be old. Else the gate waits.

It is read twice. To the end of what is committed, for what stands; and to the very end, open transactions
too, for what is under way. A worker that hangs in a transaction hides all that is committed behind it, until
it is fenced; what it is about to hold, and what others hold meanwhile, must not pass for so long.
"""

import asyncio
from collections.abc import Awaitable, Callable

from streams.books.source import (
    EVERYTHING,
    LASTING_FAULTS,
    LONGEST_SILENCE,
    PASSING_FAULTS,
    RawBatch,
    TopicReader,
    open_topic,
)
from streams.clock import Clock
from streams.errors import CodecError
from streams.gate.marks import Marks
from streams.gate.unread_marks import UnreadMarks, entry_of
from streams.logs import get_logger
from streams.policy.mark import Mark
from streams.settings import Settings
from streams.topics import Topics

log = get_logger(__name__)

RETRY_SECONDS = 0.2
READ_MS = 500


class MarkReplica:
    """The marks, changed in place between awaits; `is_current` tells whether they may be decided on.

    INVARIANT: what lies below `_settled` is known by its outcome; what lies from there to `_written` is under
    way, whatever becomes of it.
    """

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._topic = Topics.of(settings).marks.name
        self._settled = 0
        self._written = 0
        self._loaded = asyncio.Event()
        self._failed = False
        self._current_at = float("-inf")
        self._pulse = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self.marks = Marks()
        self.unread = UnreadMarks()

    @property
    def is_current(self) -> bool:
        """Tell whether all is in the copy that was written `stale_after` seconds ago, committed or not."""
        return self.obstacle is None

    @property
    def obstacle(self) -> str | None:
        """Return why the marks cannot be decided on, for people to read, or None."""
        if self.unread:
            where = f"record {self.unread.first()} of {self._topic}"
            return f"{where} cannot be read and may be a mark that holds; see `alpr-gate marks list`"
        is_recent = self._clock.monotonic() - self._current_at <= self._settings.stale_after
        return None if is_recent and not self._failed else "what other partitions hold cannot be read"

    async def start(self) -> None:
        """Begin to follow in the background."""
        for name, tail in (("settled", self._tail_settled), ("written", self._tail_written)):
            task = asyncio.create_task(self._follow(tail), name=f"marks-{name}")
            task.add_done_callback(self._ended)
            self._tasks.append(task)

    async def stop(self) -> None:
        """Stop following; the marks stay as they are and are current no more."""
        while self._tasks:
            for task in self._tasks:
                task.cancel()
            # A cancellation that hits aiokafka while it opens or closes can be lost there, so it is repeated.
            await asyncio.wait(self._tasks, timeout=RETRY_SECONDS)
            self._tasks = [task for task in self._tasks if not task.done()]

    async def wait_current(self, since: float = float("-inf")) -> None:
        """Return once the copy is current, and was read to its end at or after `since`, monotonic seconds."""
        while not self.is_current or self._current_at < since:
            await self._pulse.wait()

    async def _follow(self, tail: Callable[[], Awaitable[None]]) -> None:
        while True:
            try:
                await tail()
            except LASTING_FAULTS:
                raise
            except PASSING_FAULTS as error:
                log.warning("the marks cannot be read; trying again", error=error)
            await asyncio.sleep(RETRY_SECONDS)

    async def _tail_settled(self) -> None:
        async with (
            asyncio.timeout(LONGEST_SILENCE) as silence,
            open_topic(self._settings, self._topic, self._settled or None) as reader,
        ):
            end = await reader.end()
            while True:
                if self._settled >= end:
                    self._loaded.set()
                self._settle(await reader.read(READ_MS))
                silence.reschedule(asyncio.get_running_loop().time() + LONGEST_SILENCE)

    async def _tail_written(self) -> None:
        # From where the outcome of all is known: the whole topic need not be read twice.
        await self._loaded.wait()
        start = max(self._settled, self._written) or None
        async with (
            asyncio.timeout(LONGEST_SILENCE) as silence,
            open_topic(self._settings, self._topic, start, EVERYTHING) as reader,
        ):
            while True:
                await self._catch_up(reader)
                silence.reschedule(asyncio.get_running_loop().time() + LONGEST_SILENCE)

    async def _catch_up(self, reader: TopicReader) -> None:
        # The clock before the question: what was written by then is in once the answer is reached.
        asked_at = self._clock.monotonic()
        end = await reader.end()
        while self._written < end:
            self._note(await reader.read(READ_MS))
        self._current_at = asked_at
        pulse, self._pulse = self._pulse, asyncio.Event()
        pulse.set()
        self._note(await reader.read(READ_MS))

    def _settle(self, batch: RawBatch) -> None:
        # INVARIANT: no await from here to the end, so that each mark is under way until it stands.
        for record in batch.records:
            entry = entry_of(record.value)
            if isinstance(entry, Mark):
                self.marks.put(entry)
            else:
                self.unread.take(record.offset, entry)
            if isinstance(entry, CodecError):
                log.error("a record among the marks cannot be read", offset=record.offset, error=entry)
        self._settled = max(self._settled, batch.position)
        self.marks.under_way.settle(self._settled)
        self.unread.settle(self._settled)
        self.marks.forget(self._clock.now())

    def _note(self, batch: RawBatch) -> None:
        for record in batch.records:
            entry = entry_of(record.value)
            if record.offset < self._settled:
                continue
            if isinstance(entry, Mark):
                self.marks.under_way.put(record.offset, entry)
            elif isinstance(entry, CodecError):
                self.unread.under_way.add(record.offset)
        self._written = max(self._written, batch.position)

    def _ended(self, task: "asyncio.Task[None]") -> None:
        """Make the end visible: neither ends by itself while all is well, and the gate waits from then on."""
        error = None if task.cancelled() else task.exception()
        if error is not None:
            self._failed = True
            log.error("the marks have failed", error=error)
