"""The searches of one partition as the writer drives them; see `streams.kafka.stage.Stage`.

Nothing leaves by it, and still it waits for books that are current: who may be named, who may search and how
far back is in them, and a finding is not looked for a second time.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass

from streams.books.replica import BooksReplica
from streams.chains.current_books import CurrentBooks
from streams.chains.recovery import read_twice
from streams.codecs.vault import Vault
from streams.kafka.batch import Record
from streams.kafka.runtime import Runtime
from streams.kafka.stage import Timing
from streams.metric_names import Input
from streams.queries.draft import QueriesContext, QueriesDraft
from streams.queries.recovery import recovered
from streams.queries.state import QueriesState
from streams.topics import Topics

# Nothing is ever due; a ring wakes it at once.
IDLE_SECONDS = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class QueriesAround:
    """What the stages of one worker share; `pseudonym` is for the readers of alerts."""

    runtime: Runtime
    replica: BooksReplica
    vault: Vault
    pseudonym: Callable[[str], str]


class QueriesStage:
    """Puts the searches of one partition on record."""

    def __init__(self, partition: int, around: QueriesAround) -> None:
        self._partition = partition
        self._around = around
        self._runtime = around.runtime
        self._topics = Topics.of(around.runtime.settings)
        self._books = CurrentBooks(around.replica)
        self._gauges = around.runtime.metrics.of_input(Input.QUERIES)
        self._state: QueriesState | None = None

    @property
    def state(self) -> QueriesState:
        """Return the state of the partition, once recovered.

        Raises:
            RuntimeError: `recover` has not returned yet.
        """
        if self._state is None:
            raise RuntimeError("the partition has not recovered yet")
        return self._state

    async def recover(self) -> int:
        """Rebuild the state from the chain, and return the position to read on from.

        Raises:
            LedgerError: the chain is not the continuation of what was committed.
        """
        self._state = await read_twice(self._recovered, self._partition)
        return self._state.next_source

    async def _recovered(self) -> QueriesState:
        return await recovered(self._partition, self._runtime.settings, self._around.vault)

    async def ready(self) -> None:
        """Wait until the books are current, hold a policy, and are no older than the chain."""
        await self._books.ready(self.state)

    def obstacle(self) -> str | None:
        """Return why the partition waits although its books are current, or None."""
        return self._books.obstacle(self.state)

    def draft(self) -> QueriesDraft:
        """Begin a transaction on top of the state.

        Raises:
            BooksNotCurrentError: there is no policy any more since `ready` returned.
            InputError: the vault has no key for this month; nothing is recorded that cannot be sealed.
        """
        replica, now = self._around.replica, self._runtime.clock.now()
        context = QueriesContext(
            topics=self._topics,
            books=replica.books,
            policy=self._books.policy(),
            revision=replica.revision,
            now=now,
            sealer=self._around.vault.sealer(now, os.urandom),
            pseudonym=self._around.pseudonym,
        )
        return QueriesDraft(self.state, context)

    def prepare(self, _: Record) -> None:
        """Nothing is done beforehand: searches are few beside requests."""

    async def settled(self, _: QueriesDraft) -> bool:
        """Tell that the draft misses nothing: it writes to topics that are always there."""
        return True

    def holds_still(self, draft: QueriesDraft) -> bool:
        """Tell whether the books are current and at the draft's revision."""
        return self._books.are_still_at(draft.context.revision)

    def adopt(self, draft: QueriesDraft, timing: Timing) -> None:
        """Make the state that of the draft, and tell whoever watches."""
        draft.apply()
        self._gauges.set_lag(self._partition, timing.lag)
        self._gauges.set_position(self._partition, self.state.head.seq)
        self._runtime.metrics.observe_queries(draft.tally.kinds, draft.tally.findings)

    def seconds_to_duty(self) -> float:
        """Return in how many seconds something is due without input: never."""
        return IDLE_SECONDS
