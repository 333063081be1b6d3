"""The ledger as it grows, read by an outsider: committed records only, decoded and counted.

It shares no memory with the worker and asks it nothing, so what it counts is what any reader of the topic
would have counted. It does not verify the chain: that is done once, at the end, by `streams.gate.audit`.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime

from streams.clock import Clock
from streams.codecs.ledger_record import decode_ledger_record
from streams.errors import GateError
from streams.kafka.tailing import tail_topic
from streams.ledger.record import LedgerRecord
from streams.policy.vocabulary import AgreementId, RecordKind, Verdict
from streams.settings import Settings
from streams.topics import Topics


@dataclass(slots=True)
class Seen:
    """What stands in the ledger so far.

    `outcomes` counts by verdict and leading reason, `reasons` every request that has the reason at all.
    `read_at` says when the record of an input offset could be read, in seconds of the monotonic clock.
    `forwards` are the times and revisions at which something was forwarded under each agreement.
    """

    kinds: Counter[RecordKind] = field(default_factory=Counter)
    outcomes: Counter[tuple[Verdict, str]] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    read_at: dict[tuple[int, int], float] = field(default_factory=dict)
    forwards: dict[AgreementId, list[tuple[int, datetime]]] = field(default_factory=dict)

    def add(self, record: LedgerRecord, at: float) -> None:
        """Count one record."""
        self.kinds[record.kind] += 1
        # The genesis record and the expiry of a hold answer no input.
        if record.source_offset is not None:
            self.read_at[record.source_partition, record.source_offset] = at
        # A repeat repeats a verdict that is counted already.
        if record.kind in (RecordKind.DECISION, RecordKind.RESOLUTION, RecordKind.MALFORMED):
            self.outcomes[record.verdict, record.leading_reason or ""] += 1
            self.reasons.update({reason.code for reason in record.reasons})
        if record.agreement_id is not None and record.verdict is Verdict.FORWARD:
            forwards = self.forwards.setdefault(record.agreement_id, [])
            forwards.append((record.books_revision, record.decided_at))


class Watch:
    """Reads the ledger in the background; `seen` grows while it does."""

    def __init__(self, settings: Settings, clock: Clock, progress: Callable[[int], None]) -> None:
        self.seen = Seen()
        self._settings = settings
        self._clock = clock
        self._progress = progress
        self._grew = asyncio.Event()
        self._fault: GateError | None = None

    async def run(self) -> None:
        """Read until cancelled.

        A fault ends it quietly and is raised in `until`.
        """
        ledger = Topics.of(self._settings).decisions.name
        try:
            async for record in tail_topic(self._settings, ledger, begin="first", end="never"):
                self.seen.add(decode_ledger_record(record.value), self._clock.monotonic())
                self._progress(len(self.seen.read_at))
                self._grew.set()
        # Kept for whoever waits: in a background task it would be seen by nobody.
        except GateError as error:
            self._fault = error
            self._grew.set()

    async def until(self, accounted: int) -> None:
        """Wait until so many input offsets have a record.

        Raises:
            GateError: the ledger could not be read on.
        """
        while len(self.seen.read_at) < accounted:
            # No await between the look above and this, so nothing that grows is missed.
            self._grew.clear()
            await self._grew.wait()
            if self._fault is not None:
                raise self._fault


@asynccontextmanager
async def watch(settings: Settings, clock: Clock, progress: Callable[[int], None]) -> AsyncIterator[Watch]:
    """Watch the ledger while the context lasts."""
    watching = Watch(settings, clock, progress)
    task = asyncio.create_task(watching.run())
    try:
        yield watching
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
