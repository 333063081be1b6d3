"""The gate of one partition as the writer drives it: the only part that waits for books or topics.

The writer asks in this order: `recover` once; then for each transaction `ready`, `draft`, `settled`,
`holds_still` right before the commit, and `adopt` after it. All of it runs on the worker's one event loop, so
between two awaits neither the books nor the state can change.
"""

import os
from dataclasses import dataclass
from datetime import timedelta

from streams.books.replica import BooksReplica
from streams.chains.current_books import CurrentBooks
from streams.chains.recovery import read_twice
from streams.gate.arrival import Arrivals
from streams.gate.context import Context, Keys
from streams.gate.draft import Draft
from streams.gate.mark_replica import MarkReplica
from streams.gate.partition_state import PartitionState
from streams.gate.patience import Patience, Wanted
from streams.gate.recovery import recovered
from streams.gate.reminders import Reminders
from streams.gate.schedule import Schedule
from streams.gate.tally import steps_of
from streams.kafka.batch import Record
from streams.kafka.directory import TopicDirectory
from streams.kafka.runtime import Runtime
from streams.kafka.stage import Timing
from streams.metrics import BatchSummary, OpenHolds
from streams.topics import Topics

# With nothing due the writer looks again after so long; a ring wakes it at once.
IDLE_SECONDS = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What the stages of one worker share; all of it lives as long as the worker, partitions come and go."""

    runtime: Runtime
    replica: BooksReplica
    marks: MarkReplica
    directory: TopicDirectory
    keys: Keys
    schedule: Schedule


class GateStage:
    """Decides the requests of one partition; see `streams.kafka.stage.Stage`."""

    def __init__(self, partition: int, surroundings: Surroundings) -> None:
        self._partition = partition
        self._around = surroundings
        self._runtime = surroundings.runtime
        self._topics = Topics.of(surroundings.runtime.settings)
        self._arrivals = Arrivals(surroundings.keys, self._topics.partitions)
        self._books = CurrentBooks(surroundings.replica)
        self._state: PartitionState | None = None
        self._missing: frozenset[str] = frozenset()
        self._patience = Patience()
        self._reminders = Reminders(partition, surroundings.schedule)

    @property
    def state(self) -> PartitionState:
        """Return the state of the partition, once recovered.

        Raises:
            RuntimeError: `recover` has not returned yet.
        """
        if self._state is None:
            raise RuntimeError("the partition has not recovered yet")
        return self._state

    async def recover(self) -> int:
        """Rebuild the state from the log, and return the position to read on from.

        Raises:
            LedgerError: the log is not the continuation of what was committed.
        """
        self._state = await read_twice(self._recovered, self._partition)
        # What the former owner held and committed has to be known here too.
        await self._around.marks.wait_current(self._runtime.clock.monotonic())
        return self._state.next_source

    async def _recovered(self) -> PartitionState:
        return await recovered(self._partition, self._runtime.settings, self._around.keys.vault)

    async def ready(self) -> None:
        """Wait until the books are current, hold a policy, and are no older than the chain."""
        await self._books.ready(self.state)
        await self._around.marks.wait_current()

    def obstacle(self) -> str | None:
        """Return why the partition waits although its books are current, or None."""
        return self._books.obstacle(self.state)

    def draft(self) -> Draft:
        """Begin a transaction on top of the state.

        Raises:
            BooksNotCurrentError: there is no policy any more since `ready` returned.
            InputError: the vault has no key for this month; nothing is decided that cannot be sealed.
        """
        replica, settings = self._around.replica, self._runtime.settings
        policy = self._books.policy()
        keys, now = self._around.keys, self._runtime.clock.now()
        context = Context(
            worker=settings.instance_id,
            topics=self._topics,
            keys=keys,
            books=replica.books,
            policy=policy,
            revision=replica.revision,
            now=now,
            sealer=keys.vault.sealer(now, os.urandom),
            missing=self._missing,
            overdue=self._reminders.untold(replica.books, now),
            haste=timedelta(minutes=settings.exigent_minutes),
            marks=self._around.marks.marks,
            remembrance=timedelta(days=settings.remembered_holds_days),
        )
        return Draft(self.state, context, self._arrivals)

    def prepare(self, record: Record) -> None:
        """Decode the request and check its seal, which needs neither books nor state."""
        self._arrivals.prepare(record)

    async def settled(self, draft: Draft) -> bool:
        """Wait for a minimum revision, and look for recipients' topics; False to draft again.

        Waiting takes at most `min_revision_wait` seconds. What is not reached by then holds the request
        (REVISION_NOT_REACHED) instead of the partition.
        """
        if draft.wanted and await self._reached(draft.wanted):
            return False
        missing = await self._around.directory.missing(frozenset(draft.out_topics))
        # Only topics that this draft needs count; another set of missing ones would not change it.
        if missing != draft.context.missing & draft.out_topics:
            self._missing = missing
            return False
        return True

    async def _reached(self, wanted: Wanted) -> bool:
        """Wait for the newest revision that is worth it."""
        replica, clock = self._around.replica, self._runtime.clock
        worth = self._patience.worth(wanted, replica.revision, clock.monotonic())
        if not worth:
            return False
        if await replica.wait_revision(max(worth.values()), self._runtime.settings.min_revision_wait):
            return True
        self._patience.tried(worth, replica.revision, clock.monotonic())
        return False

    def holds_still(self, draft: Draft) -> bool:
        """Tell whether the books are current and at the draft's revision, and its releases may still leave.

        No event tells of an agreement that ends while a transaction hangs.
        """
        is_still = self._books.are_still_at(draft.context.revision)
        return is_still and draft.holds_at(self._runtime.clock.now())

    def adopt(self, draft: Draft, timing: Timing) -> None:
        """Make the state that of the draft, and tell whoever watches.

        A request's seconds run from its Kafka timestamp to now, so a sender's wrong clock shows in them.
        """
        # Before anything is told: whatever goes wrong in telling, the transaction is committed.
        draft.apply()
        # At once, and not when they come back: the next draft of this worker has to see them.
        for mark in draft.marks:
            self._around.marks.marks.put(mark)
        self._reminders.told(draft.context.overdue)
        tally, state, now = draft.journal.tally, self.state, self._runtime.clock.now()
        commit_ms = now.timestamp() * 1000
        self._runtime.metrics.observe_batch(
            BatchSummary(
                partition=self._partition,
                seq=state.head.seq,
                records=len(tally.arrivals),
                lag=timing.lag,
                decisions=tally.decisions,
                kinds=tally.kinds,
                steps=steps_of(timing, tally.arrivals, commit_ms),
                request_seconds=[(commit_ms - arrival) / 1000 for arrival in tally.arrivals],
                dead_letters=tally.dead_letters,
                rerouted=tally.rerouted,
                holds=OpenHolds(
                    count=len(state.holds),
                    oldest_opened_at=state.holds.oldest(),
                    next_deadline=state.holds.next_deadline(),
                    for_review=state.holds.for_review,
                    exigent=state.holds.exigent,
                ),
            )
        )

    def seconds_to_duty(self) -> float:
        """Return in how many seconds the chain must begin, a hold expires or a word is to be given.

        The word is that a revision binds, or that something is overdue.
        """
        # A chain begins, and a revision is acknowledged, without input too: others wait for both.
        if self.state.head.seq < 0 or self._around.replica.revision > self.state.bound_revision:
            return 0.0
        now = self._runtime.clock.now()
        if self._reminders.untold(self._around.replica.books, now):
            return 0.0
        deadline = self.state.holds.next_deadline()
        if deadline is None:
            return IDLE_SECONDS
        return min(IDLE_SECONDS, (deadline - now).total_seconds())
