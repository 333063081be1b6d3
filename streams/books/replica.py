"""The worker's own copy of the books: it loads, tails, and knows its revision and its freshness.

Committed records only, applied a fetched batch at a time without an await in between, so whoever decides
sees a whole batch or none of it. It never guesses: whatever it cannot follow shows in `state`.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime

from streams.books.entries import BookRecord, read_record
from streams.books.heartbeats import Heartbeats
from streams.books.index import BooksIndex
from streams.books.owner_watch import OwnerWatch
from streams.books.signed_history import history_of
from streams.books.source import (
    LASTING_FAULTS,
    LONGEST_SILENCE,
    PASSING_FAULTS,
    RawBatch,
    TopicReader,
    open_topic,
)
from streams.books.state import BooksState, Freshness
from streams.clock import Clock
from streams.errors import CodecError, InputError
from streams.logs import get_logger
from streams.policy.book_records import Heartbeat
from streams.policy.books import Books
from streams.settings import Settings
from streams.topics import Topics

log = get_logger(__name__)

# Between two tries to read or to stop; far below any `stale_after`, so that a short fault goes unnoticed.
RETRY_SECONDS = 0.2
# Decoding a long batch leaves the loop free in between; applying it does not.
DECODED_AT_ONCE = 200


class BooksReplica:
    """A read-only copy of `alpr.books` for one worker. `books` is changed in place between awaits."""

    def __init__(self, settings: Settings, clock: Clock, worker: str) -> None:
        self._settings = settings
        self._clock = clock
        self._topic = Topics.of(settings).books.name
        owner = OwnerWatch.of(settings)
        self._index = BooksIndex(history_of(settings), owner)
        self._freshness = Freshness(
            stale_after=settings.stale_after,
            owner_stale_after=None if owner is None else settings.owner_stale_after,
        )
        self._owned_at: datetime | None = None
        self._heartbeats = Heartbeats(settings, clock, worker)
        self._listeners: list[Callable[[int], None]] = []
        self._tasks: list[asyncio.Task[None]] = []
        self._pulse = asyncio.Event()
        self._found = asyncio.Event()
        self.loaded_at: datetime | None = None

    @property
    def state(self) -> BooksState:
        """Return whether the books may be decided on now."""
        return self._freshness.state(self._clock.monotonic())

    @property
    def failure(self) -> str | None:
        """Return why the books are FAILED, or None."""
        return self._freshness.failure

    @property
    def books(self) -> Books:
        """Return the books; always the same object."""
        return self._index.books

    @property
    def revision(self) -> int:
        """Return the offset of the last change applied, heartbeats excluded; -1 for none."""
        return self._index.revision

    @property
    def root(self) -> str:
        """Return the hex SHA-256 of all that signed changes have put on the books; empty for others."""
        return self._index.history.root()

    @property
    def unreadable(self) -> int:
        """Return how many values could not be read since the start; each made its key unusable."""
        return self._index.unreadable

    @property
    def unusable(self) -> int:
        """Return how many keys are unusable now, because their latest value cannot be read."""
        return len(self._index.faults)

    @property
    def refused(self) -> int:
        """Return how many records counted for nothing since the start: no custodian stands for them."""
        return self._index.refused

    def age_seconds(self) -> float:
        """Return the age of what the books are known to hold: all that was written so long ago is in."""
        return self._freshness.age(self._clock.monotonic())

    def on_revision(self, callback: Callable[[int], None]) -> None:
        """Call back with the new revision after each batch of changes, before anything else can run."""
        self._listeners.append(callback)

    async def start(self) -> None:
        """Begin to load and tail in the background; `wait_current` tells when the books can be used."""
        for name, work in (("follow", self._follow()), ("heartbeat", self._beat())):
            task = asyncio.create_task(work, name=f"books-{name}")
            task.add_done_callback(self._ended)
            self._tasks.append(task)

    async def stop(self) -> None:
        """Stop following; the books stay as they are and go STALE."""
        while self._tasks:
            for task in self._tasks:
                task.cancel()
            # A cancellation that hits aiokafka while it opens or closes can be lost there, so it is repeated.
            await asyncio.wait(self._tasks, timeout=RETRY_SECONDS)
            self._tasks = [task for task in self._tasks if not task.done()]

    async def wait_current(self) -> None:
        """Return once the books are CURRENT: never, as `state` says, when they have FAILED for good."""
        while self.state is not BooksState.CURRENT:
            await self._pulse.wait()

    async def wait_revision(self, revision: int, patience: float) -> bool:
        """Return whether the revision was reached within `patience` seconds."""
        try:
            async with asyncio.timeout(patience):
                while self.revision < revision:
                    await self._pulse.wait()
        except TimeoutError:
            return False
        return True

    async def _follow(self) -> None:
        """Tail until a fault that no waiting heals.

        After any other, open the topic again where the index stands.
        """
        while True:
            try:
                await self._tail()
            except LASTING_FAULTS:
                raise
            except PASSING_FAULTS as error:
                log.warning("the books cannot be read; trying again", error=error)
            await asyncio.sleep(RETRY_SECONDS)

    async def _beat(self) -> None:
        # A producer would make a missing topic, with the broker's defaults, and that would be deleted by age.
        await self._found.wait()
        await self._heartbeats.run()

    async def _tail(self) -> None:
        # Where the index stands, not where the consumer thinks it was: that may have moved past what it never
        # gave.
        start = self._index.position or None
        async with (
            asyncio.timeout(LONGEST_SILENCE) as silence,
            open_topic(self._settings, self._topic, start) as reader,
        ):
            # Only the first goal counts: a topic that grows faster than it is read would never be loaded.
            self._freshness = self._freshness.aimed(await reader.end())
            self._found.set()
            while True:
                # Our own heartbeats come by all the time: without any the reader is read anew.
                if await self._take(reader):
                    silence.reschedule(asyncio.get_running_loop().time() + LONGEST_SILENCE)

    async def _take(self, reader: TopicReader) -> bool:
        """Apply what one fetch brought, and tell whether it brought anything."""
        batch = await reader.read()
        # A transaction's marker moves the position without a record; the goal can be such a position.
        has_moved = batch.position > self._index.position or bool(batch.records)
        if has_moved:
            self._apply(await _decoded(batch), batch.position)
        return has_moved

    def _apply(self, records: list[BookRecord], position: int) -> None:
        # INVARIANT: no await from here to the end, so nobody decides between a change and the news of it.
        before, refused = self.revision, self.refused
        self._index.apply(records, position)
        self._tell_refused(self.refused - refused)
        self._note(records)
        if self.revision > before:
            for listener in self._listeners:
                listener(self.revision)
        self._wake()

    def _tell_refused(self, count: int) -> None:
        """Log the last of the records that counted for nothing."""
        last = self._index.last_refusal
        if count and last is not None:
            log.error(
                "changes of the books are refused",
                count=count,
                offset=last.offset,
                book_key=str(last.key),
                error=InputError(last.why),
            )

    def _note(self, records: list[BookRecord]) -> None:
        """Move the freshness on by what was applied.

        Position, own heartbeats, and whether the policy can be read.
        """
        fresh = self._freshness.advanced(self._index.position)
        for record in records:
            if isinstance(record.value, Heartbeat):
                written_at = self._heartbeats.returned(record.value)
                fresh = fresh if written_at is None else fresh.beaten(written_at)
        fresh = self._heard(fresh)
        fault = self._index.policy_fault
        self._freshness = fresh.policy_read() if fault is None else fresh.policy_unreadable(fault)
        if self.loaded_at is None and self._freshness.loaded:
            self.loaded_at = self._clock.now()

    def _heard(self, fresh: Freshness) -> Freshness:
        """Return the freshness after what the owner said, if there is one to listen to."""
        owner = self._index.owner
        if owner is None:
            return fresh
        if owner.failure is not None:
            return fresh.broken(owner.failure)
        if owner.confirmed_at is None or owner.confirmed_at == self._owned_at:
            return fresh
        self._owned_at = owner.confirmed_at
        # Its age by the time of day, for it was written elsewhere; from here on by the monotonic clock.
        age = max((self._clock.now() - owner.confirmed_at).total_seconds(), 0.0)
        return fresh.owned(self._clock.monotonic() - age)

    def _ended(self, task: asyncio.Task[None]) -> None:
        """Make the end of a task visible: neither of them ends by itself while all is well."""
        error = None if task.cancelled() else task.exception()
        if error is None:
            return
        # Only our own errors are known to hold no content of a record.
        why = str(error) if isinstance(error, CodecError) else type(error).__name__
        log.error("the books have failed", error=error)
        self._freshness = self._freshness.broken(why)
        self._wake()

    def _wake(self) -> None:
        # A fresh event for whoever waits from now on; the old one wakes all that wait already, once.
        pulse, self._pulse = self._pulse, asyncio.Event()
        pulse.set()


async def _decoded(batch: RawBatch) -> list[BookRecord]:
    """Return the records of a batch.

    Raise `CodecError` for a key that cannot be read, which fails the books.
    """
    records: list[BookRecord] = []
    for raw in batch.records:
        records.append(read_record(raw.offset, raw.key, raw.value, raw.at))
        if len(records) % DECODED_AT_ONCE == 0:
            await asyncio.sleep(0)
    return records
