"""The writer of one partition: what waits in its inbox becomes one transaction after another.

1. Fence: starting the producer aborts and shuts out whoever wrote for the partition before.
2. Recover: only then the stage rebuilds its state from the log and says where to read on.
3. Write: take what waits, decide it, write it, check that the books still say so, commit with the offset.

The state changes after a commit alone, so an abort costs nothing but time. What a transaction cannot hold
is found by halving. Fencing, time-outs and repeated holes end the process: a restart replays cleanly.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import AbstractAsyncContextManager, suppress
from functools import partial
from typing import Any, Generic

from aiokafka.structs import TopicPartition

from streams.errors import CodecError, GateError
from streams.kafka.batch import Piece, Record, RecordBatch
from streams.kafka.faults import PoisonError
from streams.kafka.inbox import HoleError, Inbox
from streams.kafka.preparing import preparing
from streams.kafka.producer import TransactionalProducer
from streams.kafka.runtime import Runtime
from streams.kafka.stage import Committed, D, Stage, Timing
from streams.kafka.stopwatch import Stopwatch
from streams.metric_names import Outcome

MINUTE = 60.0
# How often a silent partition looks whether its position has moved over markers.
IDLE_SECONDS = 60.0
# What the broker refuses, and what is refused here before the broker sees it: too large to be a record.
POISON = (PoisonError, CodecError)

StartAt = Callable[[TopicPartition, int], Awaitable[int]]


class PartitionWriter(Generic[D]):
    """Owns the transactions of one partition from `fence` to `close`.

    `start_at(source, position)` makes the transport read the partition from there, and returns the epoch of
    the batches that follow. All methods run on the worker's event loop; there is one transaction at a time.
    """

    def __init__(self, source: TopicPartition, stage: Stage[D], runtime: Runtime, start_at: StartAt) -> None:
        self.source = source
        self.inbox = Inbox(runtime.settings.pending_bytes)
        self._stage = stage
        self._settings = runtime.settings
        self._clock = runtime.clock
        self._metrics = runtime.metrics
        self._start_at = start_at
        self._producer = TransactionalProducer(runtime.settings, source)
        self._bell = asyncio.Event()
        self._next = 0
        self._holes: deque[float] = deque()
        self._transaction: asyncio.Task[None] | None = None
        self._closed = False

    async def fence(self) -> None:
        """Shut out every earlier owner of the partition."""
        await self._producer.start()

    def ring(self) -> None:
        """Say that there is something to look at: records in the inbox, or a new revision."""
        self._bell.set()

    @property
    def obstacle(self) -> str | None:
        """Return why the partition cannot decide now, or None."""
        return self._stage.obstacle() if self.inbox.started else None

    @property
    def next_position(self) -> int:
        """Return the position that the next transaction begins at."""
        return self._next

    def deliver(self, batch: RecordBatch) -> bool:
        """Queue a batch; False when it leaves a hole, which the writer then reads again.

        Raises:
            HoleError: there were too many holes within a minute.
        """
        try:
            self.inbox.put(batch)
        except HoleError:
            self._metrics.hole_found()
            now = self._clock.monotonic()
            self._holes.append(now)
            while now - self._holes[0] > MINUTE:
                self._holes.popleft()
            if len(self._holes) > self._settings.holes_per_minute:
                raise
            self.inbox.stop()
            self.ring()
            return False
        return True

    async def run(self) -> None:
        """Recover, then write until cancelled; a transaction under way is finished by `close`."""
        self._next = await self._stage.recover()
        # A cancellation that hits aiokafka while it closes is lost there, so `close` leaves word as well.
        while not self._closed:
            if not self.inbox.started:
                await self._restart()
            work = await self._next_work()
            await self._stage.ready()
            # A task of its own, shielded: a rebalance cancels this loop, not a transaction halfway.
            self._transaction = asyncio.create_task(work())
            await asyncio.shield(self._transaction)

    async def _restart(self) -> None:
        """Have the partition read from the next position on, as a new epoch."""
        epoch = await self._start_at(self.source, self._next)
        self.inbox.start(epoch, self._next)

    async def _next_work(self) -> Callable[[], Coroutine[Any, Any, None]]:
        """Wait for records, a duty or a long silence, and return what to do then."""
        # Cleared before the look, so a ring between the two is not lost.
        self._bell.clear()
        if not len(self.inbox):
            try:
                await asyncio.wait_for(self._bell.wait(), min(IDLE_SECONDS, self._stage.seconds_to_duty()))
            except TimeoutError:
                if self._stage.seconds_to_duty() > 0:
                    return self._keep_position
        return self._write_waiting

    async def _keep_position(self) -> None:
        """Commit a position that moved over markers and aborted records alone.

        Retention may delete those; a position left before them would look like requests deleted unread.
        """
        idle = self.inbox.started and not len(self.inbox) and self._stage.seconds_to_duty() > 0
        if idle and self.inbox.position > self._next:
            draft = self._stage.draft()
            await self._producer.write(draft.outbox)
            await self._producer.commit(Committed(offset=self.inbox.position, metadata=draft.metadata))
            self._next = self.inbox.position

    async def _write_waiting(self) -> None:
        piece = self.inbox.take(self._settings.batch_records, self._settings.batch_bytes)
        if not self.inbox.started:
            # A hole: what waited is gone and will be read again, so the position stays where it is.
            piece = Piece(records=(), to_position=self._next)
        if piece.records or self._stage.seconds_to_duty() <= 0:
            await self._write(piece)

    async def _write(self, piece: Piece) -> None:
        """Commit the piece in one transaction, or in as many as it takes to single out a poison record."""
        pieces = deque([piece])
        while pieces:
            part = pieces.popleft()
            try:
                await self._transact(part, partial(self._decide, part.records))
            except POISON as poison:
                await self._undo()
                if len(part.records) > 1:
                    pieces.extendleft(reversed(part.halves()))
                elif part.records:
                    await self._give_up(part, part.records[0], str(poison))
                else:
                    raise

    async def _undo(self) -> None:
        self._metrics.transaction_ended(Outcome.ABORTED)
        await self._producer.renew()

    async def _give_up(self, part: Piece, record: Record, cause: str) -> None:
        """Write that the lone record cannot be carried out; when even that cannot be written, bury it."""

        async def refusing() -> D:
            draft = self._stage.draft()
            draft.refuse(record, cause)
            draft.finish()
            return draft

        async def burying() -> D:
            draft = self._stage.draft()
            draft.bury(record, cause)
            draft.finish()
            return draft

        try:
            await self._transact(part, refusing)
        except POISON:
            await self._undo()
            await self._transact(part, burying)

    async def _decide(self, records: tuple[Record, ...]) -> D:
        """Draft the decisions, from the start again when the books change meanwhile."""
        while True:
            draft = self._stage.draft()
            if await self._taken(draft, records):
                draft.finish()
                if await self._stage.settled(draft):
                    return draft
            await self._stage.ready()

    async def _taken(self, draft: D, records: tuple[Record, ...]) -> bool:
        """Take the records in slices, so that heartbeats and other partitions get their turn."""
        slice_end = self._clock.monotonic() + self._settings.slice_seconds
        for record in records:
            draft.take(record)
            if self._clock.monotonic() > slice_end:
                await asyncio.sleep(0)
                # A draft under books that have changed since cannot be committed: no use in going on with it.
                if not self._stage.holds_still(draft):
                    return False
                slice_end = self._clock.monotonic() + self._settings.slice_seconds
        return True

    def _preparing(self) -> AbstractAsyncContextManager[None]:
        """Prepare the records of the next transaction, for as long as the context lasts."""
        limits = self._settings.batch_records, self._settings.batch_bytes
        return preparing(self.inbox.next_records(*limits), self._stage.prepare, self._clock)

    async def _transact(self, part: Piece, drafting: Callable[[], Awaitable[D]]) -> None:
        """Write and commit a draft; when the books change meanwhile, abort and draft again."""
        watch = Stopwatch(self._clock)
        draft = await drafting()
        watch.lap("decide")
        # With input and nothing to write the position moves all the same, and the state with it.
        while part.records or draft.outbox:
            async with self._preparing():
                await self._producer.write(draft.outbox)
            watch.lap("produce")
            # The last look comes after the slow part, the writing: a revocation meanwhile aborts all of it.
            if self._stage.holds_still(draft):
                async with self._preparing():
                    await self._producer.commit(Committed(offset=part.to_position, metadata=draft.metadata))
                watch.lap("commit")
                self._metrics.transaction_ended(Outcome.COMMITTED)
                self._next = part.to_position
                self._stage.adopt(draft, Timing(steps=watch.laps, lag=self.inbox.lag))
                return
            await self._producer.abort()
            self._metrics.transaction_ended(Outcome.ABORTED)
            await self._stage.ready()
            draft = await drafting()
            watch.lap("decide")

    async def close(self) -> None:
        """Finish the transaction under way, if it ends in time, and let go of the partition."""
        self._closed = True
        self.inbox.stop()
        # What fails or is late is left open: the next owner's fence aborts it, and nothing was adopted here.
        with suppress(GateError, TimeoutError):
            if self._transaction is not None and not self._transaction.done():
                await asyncio.wait_for(self._transaction, self._settings.drain_seconds)
        with suppress(GateError):
            await self._producer.stop()
