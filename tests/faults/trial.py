"""A gate under load while faults are injected, and what they cost when all is decided."""

import asyncio
import hashlib
from bisect import bisect_right
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

from aiokafka.structs import TopicPartition

from streams.codecs.ledger_record import decode_ledger_record
from streams.codecs.release import decode_release
from streams.errors import UnavailableError
from streams.kafka.reader import PartitionReader
from streams.ledger.reconcile import Forward
from streams.ledger.record import LedgerRecord
from streams.policy.vocabulary import EntityId
from streams.settings import Settings
from tests.faults.costs import Costs, costs
from tests.faults.keeper import Command, Keeper, usual
from tests.faults.outcome import Outcome
from tests.faults.traffic import Traffic
from tests.gatehouse import Gatehouse, gatehouse, signed
from tests.workers import eventually

# The least that a broker allows by default, so that a dead worker is missed as early as it can be.
QUICK: Mapping[str, object] = {"session_timeout": 6.0}
PER_SECOND = 120
# Enough that every partition gets some: the last fault has a decision after it, too.
LAST_REQUESTS = 40
# Those of many small transactions, with their markers and what was aborted.
LAST_OFFSETS = 1000
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
PATIENCE = 120.0


@dataclass(frozen=True, slots=True)
class Hit:
    """One injection: what, when it or its end was, and the partitions that it kept from deciding."""

    fault: str
    at: datetime
    partitions: frozenset[int]


class Trial:
    """One gate, its kept workers and its traffic, from the first request until everything is decided."""

    def __init__(self, house: Gatehouse, rng: Random, tasks: asyncio.TaskGroup, per_second: int) -> None:
        self.house = house
        self.rng = rng
        self.traffic = Traffic(house, rng.randrange(1 << 30), per_second)
        self.keepers: list[Keeper] = []
        self.hits: list[Hit] = []
        # Recipients whose topics a campaign deletes: what lay there is not missed.
        self.gone: frozenset[EntityId] = frozenset()
        self.costs = Costs(0, 0, 0)
        self._tasks = tasks
        self._keeping: list[asyncio.Task[None]] = []
        self._sending: list[asyncio.Task[None]] = []
        self._decided: dict[int, list[datetime]] = {}

    def keep(self, name: str, command: Callable[[], Command] = usual, **changes: object) -> Keeper:
        """Keep a worker running until the end."""
        keeper = Keeper(self.house, name, {**QUICK, **changes}, command)
        self._keeping.append(self._tasks.create_task(keeper.run()))
        self.keepers.append(keeper)
        return keeper

    def flow(self) -> None:
        """Let the requests come."""
        self._sending.append(self._tasks.create_task(self.traffic.run()))

    def hit(self, fault: str, partitions: Iterable[int] | None = None, at: datetime | None = None) -> None:
        """Note an injection, now and of all partitions unless told otherwise."""
        everywhere = range(self.house.settings.partitions)
        hit = frozenset(everywhere if partitions is None else partitions)
        self.hits.append(Hit(fault, at or self.house.clock.now(), hit))

    def note(self, fault: str) -> None:
        """Note an injection that nothing has to recover from."""
        self.hit(fault, ())

    async def recovered(self) -> None:
        """Wait until every partition has decided something since the last fault."""
        since = self.hits[-1].at

        async def it_has() -> bool:
            # Brokers may be away still.
            with suppress(UnavailableError):
                return min(await self._latest()) > since
            return False

        await eventually(it_has, PATIENCE)

    async def _latest(self) -> list[datetime]:
        """Return when the last record of each partition was decided, of those among the last offsets."""
        found = []
        async with PartitionReader(self.house.settings) as reader:
            for number in range(self.house.settings.partitions):
                ledger = TopicPartition(self.house.topics.decisions.name, number)
                first, end = await reader.bounds(ledger)
                tail = reader.read(ledger, max(first, end - LAST_OFFSETS), end)
                decided = [decode_ledger_record(each.value).decided_at async for each in tail]
                found.append(max(decided, default=LONG_AGO))
        return found

    async def finish(self) -> None:
        """Send the last requests, wait until all are decided, stop everything, and count.

        Raises:
            AssertionError: something is not decided in time, or the audit finds what the counts do not show.
        """
        await _stopped(self._sending)
        await self.traffic.more(LAST_REQUESTS * self.house.settings.partitions)
        await self.house.decided(PATIENCE)
        await _stopped(self._keeping)
        await self.house.close()
        records = await self.house.ledger()
        self.costs = costs(self.traffic.sent, records, await forwards(self.house), self.gone)
        for record in records:
            self._decided.setdefault(record.partition, []).append(record.decided_at)
        await self._audit(records)

    async def _audit(self, records: list[LedgerRecord]) -> None:
        deleted = {record.decision_id for record in records if record.entity_id in self.gone}
        audit = await self.house.audit()
        findings = [each for each in audit.findings if each.decision_id not in deleted]
        problems = [chain.problem for chain in audit.chains if chain.problem is not None]
        if self.costs == Costs(0, 0, 0):
            assert not findings, findings[:10]
            assert not problems, problems

    def outcomes(self, unit: str, remarks: Mapping[str, str] | None = None) -> Iterator[Outcome]:
        """Yield one row for each fault that was injected; what the trial cost stands in each of them."""
        for fault in dict.fromkeys(hit.fault for hit in self.hits):
            hits = [hit for hit in self.hits if hit.fault == fault]
            yield Outcome(
                fault=fault,
                times=len(hits),
                unit=unit,
                forwards_without_decision=self.costs.forwards_without_decision,
                requests_lost=self.costs.requests_lost,
                duplicate_decisions=self.costs.duplicate_decisions,
                recovery_s=tuple(self._recovery(hit) for hit in hits if hit.partitions),
                remark=(remarks or {}).get(fault, ""),
            )

    def _recovery(self, hit: Hit) -> float:
        """Return the seconds until the last of the partitions that were hit has decided again."""
        return max(self._next(partition, hit.at) for partition in hit.partitions)

    def _next(self, partition: int, at: datetime) -> float:
        decided = self._decided[partition]
        return (decided[bisect_right(decided, at)] - at).total_seconds()


@asynccontextmanager
async def trial(
    servers: str, rng: Random, *, partitions: int = 6, per_second: int = PER_SECOND, **changes: Any
) -> AsyncIterator[Trial]:
    """Open a gate with filled books on a broker of the campaign's own; at the end everything is counted."""
    settings = Settings(bootstrap_servers=servers, web_port=0, partitions=partitions, **changes)
    with TemporaryDirectory(prefix="alpr-gate-faults-") as folder:
        # Signed, as a deployment is, unless a campaign asks for what only unsigned books can show.
        books = settings if settings.unsigned_books else signed(settings, Path(folder))
        async with gatehouse(books, Path(folder)) as house, asyncio.TaskGroup() as tasks:
            under = Trial(house, rng, tasks, per_second)
            yield under
            await under.finish()


async def _stopped(tasks: list["asyncio.Task[None]"]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def forwards(house: Gatehouse) -> list[Forward]:
    """Return all that committed readers find in recipients' topics."""
    found = []
    async with house.admin() as admin:
        names = sorted(
            name for name in await admin.list_topics() if name.startswith(house.topics.out(EntityId("")).name)
        )
    for name in names:
        for raw in await house.read(name):
            release = decode_release(raw.value)
            digest = hashlib.sha256(raw.value or b"").hexdigest()
            found.append(Forward(release.decision_id, release.entity_id, digest))
    return found
