"""The live shares of one partition as its writer drives them; all that waits for books or topics is here."""

import os
from dataclasses import dataclass, field

from streams.books.replica import BooksReplica
from streams.chains.current_books import CurrentBooks
from streams.chains.recovery import read_twice
from streams.codecs.vault import Vault
from streams.errors import BooksNotCurrentError
from streams.kafka.batch import Record
from streams.kafka.directory import TopicDirectory
from streams.kafka.runtime import Runtime
from streams.kafka.stage import Timing
from streams.live.context import LiveContext, SealedNames
from streams.live.draft import LiveDraft
from streams.live.recovery import recovered
from streams.live.state import LiveState
from streams.policy.live.plan import Plan, plan_of
from streams.stream_metrics import StreamMetrics
from streams.topics import Topics

# With nothing due the writer looks again after so long; a ring wakes it at once.
IDLE_SECONDS = 60.0


@dataclass(slots=True, kw_only=True)
class LiveShares:
    """What the stages of one worker share: the books, and the plan that they make, worked out once."""

    runtime: Runtime
    replica: BooksReplica
    directory: TopicDirectory
    vault: Vault
    metrics: StreamMetrics
    names: SealedNames = field(default_factory=SealedNames)
    _plan: Plan | None = None

    def plan(self) -> Plan:
        """Return the plan that stands now.

        Raises:
            BooksNotCurrentError: the books hold no policy.
        """
        books, now = self.replica.books, self.runtime.clock.now()
        policy, plan = books.policy(), self._plan
        if policy is None:
            raise BooksNotCurrentError("the books hold no policy")
        # The policy is of the books too, so a revision has one; that of a plan is asked all the same.
        stands = plan is not None and plan.revision == books.revision and plan.policy is policy
        if plan is None or not stands or not plan.made_at <= now < plan.stands_until:
            plan = self._plan = plan_of(books, policy, now)
            self.names.keep_only(plan.shares())
        return plan


class LiveStage:
    """Sends on the reads of one partition; see `streams.kafka.stage.Stage`."""

    def __init__(self, partition: int, shares: LiveShares) -> None:
        self._partition = partition
        self._shares = shares
        self._runtime = shares.runtime
        self._topics = Topics.of(shares.runtime.settings)
        self._books = CurrentBooks(shares.replica)
        self._state: LiveState | None = None
        self._missing: frozenset[str] = frozenset()

    @property
    def state(self) -> LiveState:
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
        return self._state.chain.next_source

    async def _recovered(self) -> LiveState:
        return await recovered(self._partition, self._runtime.settings, self._shares.vault)

    async def ready(self) -> None:
        """Wait until the books are current, hold a policy, and are no older than the chain."""
        await self._books.ready(self.state.chain)

    def obstacle(self) -> str | None:
        """Return why the partition waits although its books are current, or None."""
        return self._books.obstacle(self.state.chain)

    def draft(self) -> LiveDraft:
        """Begin a transaction on top of the state.

        Raises:
            BooksNotCurrentError: there is no policy any more since `ready` returned.
            InputError: the vault has no key for this month; nothing goes out that cannot be sealed.
        """
        now = self._runtime.clock.now()
        context = LiveContext(
            worker=self._runtime.settings.instance_id,
            topics=self._topics,
            plan=self._shares.plan(),
            now=now,
            sealer=self._shares.vault.sealer(now, os.urandom),
            names=self._shares.names,
            missing=self._missing,
        )
        return LiveDraft(self.state, context)

    def prepare(self, record: Record) -> None:
        """Do nothing: what a read becomes hangs on the plan, and to decode it is a small part of that."""

    async def settled(self, draft: LiveDraft) -> bool:
        """Look for recipients' topics; False to draft again, without those that are missing."""
        missing = await self._shares.directory.missing(draft.out_topics)
        if missing != draft.context.missing & draft.out_topics:
            self._missing = missing
            return False
        return True

    def holds_still(self, draft: LiveDraft) -> bool:
        """Tell whether the books are current and at the draft's revision, and its deliveries may still go."""
        is_still = self._books.are_still_at(draft.context.plan.revision)
        return is_still and draft.holds_at(self._runtime.clock.now(), self._shares.replica.books)

    def adopt(self, draft: LiveDraft, timing: Timing) -> None:
        """Make the state that of the draft, and tell whoever watches."""
        draft.apply()
        self._shares.metrics.set_position(self._partition, self.state.chain.head.seq)
        self._shares.metrics.set_lag(self._partition, timing.lag)
        self._runtime.metrics.live.observe(draft.delivered, draft.withheld, draft.kept_back)

    def seconds_to_duty(self) -> float:
        """Return in how many seconds the chain must begin, or a revision is to be acknowledged."""
        chain = self.state.chain
        if chain.head.seq < 0 or self._shares.replica.revision > chain.bound_revision:
            return 0.0
        return IDLE_SECONDS
