"""A worker's copy of the marks of all partitions, read as they are committed.

A request with a new id belongs to another partition than the one that was held, so its writer has to know
what others hold. It knows it as of a moment ago: the copy is read to the end of the topic again and again,
and is current as long as that was not longer ago than books may be old. Else the gate waits.
"""

import asyncio

from streams.books.source import LASTING_FAULTS, PASSING_FAULTS, RawBatch, TopicReader, open_topic
from streams.clock import Clock
from streams.codecs.mark import decode_mark
from streams.gate.marks import Marks
from streams.logs import get_logger
from streams.settings import Settings
from streams.topics import Topics

log = get_logger(__name__)

RETRY_SECONDS = 0.2
READ_MS = 500


class MarkReplica:
    """The marks, changed in place between awaits; `is_current` tells whether they may be decided on."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._topic = Topics.of(settings).marks.name
        self._position = 0
        self._current_at = float("-inf")
        self._pulse = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self.marks = Marks()

    @property
    def is_current(self) -> bool:
        """Tell whether all was in the copy that was committed `stale_after` seconds ago."""
        return self._clock.monotonic() - self._current_at <= self._settings.stale_after

    async def start(self) -> None:
        """Begin to follow in the background."""
        self._task = asyncio.create_task(self._follow(), name="marks-follow")
        self._task.add_done_callback(_ended)

    async def stop(self) -> None:
        """Stop following; the marks stay as they are and are current no more."""
        while self._task is not None and not self._task.done():
            self._task.cancel()
            # A cancellation that hits aiokafka while it opens or closes can be lost there, so it is repeated.
            await asyncio.wait((self._task,), timeout=RETRY_SECONDS)

    async def wait_current(self, since: float = float("-inf")) -> None:
        """Return once the copy is current, and was read to its end at or after `since`, monotonic seconds."""
        while not self.is_current or self._current_at < since:
            await self._pulse.wait()

    async def _follow(self) -> None:
        while True:
            try:
                async with open_topic(self._settings, self._topic, self._position or None) as reader:
                    while True:
                        await self._catch_up(reader)
            except LASTING_FAULTS:
                raise
            except PASSING_FAULTS as error:
                log.warning("the marks cannot be read; trying again", error=error)
            await asyncio.sleep(RETRY_SECONDS)

    async def _catch_up(self, reader: TopicReader) -> None:
        # The clock before the question: what was committed by then is in once the answer is reached.
        asked_at = self._clock.monotonic()
        end = await reader.end()
        while self._position < end:
            self._apply(await reader.read(READ_MS))
        self._current_at = asked_at
        pulse, self._pulse = self._pulse, asyncio.Event()
        pulse.set()
        self._apply(await reader.read(READ_MS))

    def _apply(self, batch: RawBatch) -> None:
        for record in batch.records:
            self.marks.put(decode_mark(record.value))
        self._position = max(self._position, batch.position)
        self.marks.forget(self._clock.now())


def _ended(task: "asyncio.Task[None]") -> None:
    """Make the end visible: it does not end by itself while all is well, and the gate waits from then on."""
    error = None if task.cancelled() else task.exception()
    if error is not None:
        log.error("the marks have failed", error=error)
