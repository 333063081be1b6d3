"""Books under fire: silent, erased, spoilt, compacted, written by two at once, and revoked in a rebalance."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import replace
from random import Random

from streams.books.entries import key_of
from streams.books.plan import planned_agreements, planned_revocation
from streams.books.revocation import revoke, settle
from streams.errors import FencedError
from streams.kafka.embedded import EmbeddedKafka
from streams.policy.agreement import Agreement
from streams.policy.vocabulary import Verdict
from streams.simulators.agencies import Condition
from tests.faults.outcome import Outcome
from tests.faults.trial import QUICK, Trial, trial
from tests.workers import PATIENCE, eventually

TIMES = 5
PARTITIONS = 4
LIMIT = "1048588"
# A silence that is long beside `stale_after`.
SILENCE = 3.0
# Long enough that some requests for the recipient are among those that come.
A_WHILE = 2.0


class Bench:
    """The agreements that the faults are tried on, and the revisions between which none may be used."""

    def __init__(self, run: Trial) -> None:
        self.run = run
        usable = run.house.region.neighbours[Condition.IN_FORCE]
        self._current = [each.agreement for each in usable if each.agreement is not None]
        self.stops: list[tuple[Agreement, int, int]] = []

    def draw(self) -> Agreement:
        return self.run.rng.choice(self._current)

    async def restore(self, agreement: Agreement, stopped_at: int) -> None:
        """Put the agreement in force again, as a later version, after a while without it."""
        await asyncio.sleep(A_WHILE)
        # A revocation is a version as well, and what cannot be read has left no number.
        again = replace(agreement, version=agreement.version + 2)
        self._current[self._current.index(agreement)] = again
        revision = await self.run.house.change(planned_agreements((again,)))
        self.stops.append((agreement, stopped_at, revision))

    async def hold(self) -> None:
        """Assert that nothing was forwarded under an agreement while the books did not have it."""
        for record in await self.run.house.ledger():
            for agreement, stopped, restored in self.stops:
                if record.agreement_id == agreement.agreement_id and record.verdict is Verdict.FORWARD:
                    assert not stopped <= record.books_revision < restored, record.decision_id


async def silent(bench: Bench) -> None:
    """Let no heartbeat into the books for longer than they may be silent: nothing is decided meanwhile."""
    run, books = bench.run, bench.run.house.topics.books.name
    await run.house.alter(books, cleanup_policy="compact", max_message_bytes="1")
    for keeper in run.keepers:
        await (await keeper.worker()).answers(503)
    before = len(await run.house.ledger())
    await asyncio.sleep(SILENCE)
    assert len(await run.house.ledger()) == before
    await run.house.alter(books, cleanup_policy="compact", max_message_bytes=LIMIT)
    run.hit("books without heartbeats, until they are stale")
    await run.recovered()


async def put(bench: Bench, agreement: Agreement, value: bytes | None) -> int:
    """Write to the books past the custodian, and return the revision."""
    house = bench.run.house
    async with house.sending() as sender:
        sent = await sender.producer.send_and_wait(
            house.topics.books.name, value, key=key_of(agreement).encode(), partition=0
        )
    return int(sent.offset)


async def tombstone(bench: Bench) -> None:
    agreement = bench.draw()
    bench.run.note("a tombstone for an agreement in force")
    await bench.restore(agreement, await put(bench, agreement, None))


async def poison(bench: Bench) -> None:
    agreement = bench.draw()
    bench.run.note("bytes that are no agreement, under the key of one in force")
    await bench.restore(agreement, await put(bench, agreement, b"no agreement"))


async def compacted(bench: Bench) -> None:
    """Have the broker compact the books down to their end, then start a worker on what is left."""
    run, books = bench.run, bench.run.house.topics.books.name
    before = len(await run.house.read(books))
    at_once = {"segment_ms": "100", "min_cleanable_dirty_ratio": "0.001"}
    await run.house.alter(books, cleanup_policy="compact", **at_once)

    async def smaller() -> bool:
        return len(await run.house.read(books)) < before

    await eventually(smaller)
    worker = await run.keepers[0].ready()
    run.hit("the books compacted to their end, and a worker started on them")
    await worker.kill()
    await run.recovered()


async def two_writers(bench: Bench) -> None:
    """Let two custodians change the books at the same moment: each change is there, or was refused."""
    first, second = bench.run.rng.sample(bench._current, 2)
    bench.run.note("two custodians who change the books at once")
    later = [replace(each, version=each.version + 1) for each in (first, second)]
    planners = [planned_agreements((each,)) for each in later]
    done = await asyncio.gather(*map(bench.run.house.change, planners), return_exceptions=True)
    for was, now, outcome in zip((first, second), later, done, strict=True):
        if isinstance(outcome, int):
            bench._current[bench._current.index(was)] = now
        else:
            assert isinstance(outcome, FencedError), outcome
    assert any(isinstance(outcome, int) for outcome in done)


async def revoked_in_a_rebalance(bench: Bench) -> None:
    run, agreement = bench.run, bench.draw()
    house = run.house
    guest = await house.worker(f"guest-{len(house.workers)}", **QUICK)
    await guest.says("BatchThread", PATIENCE)
    run.note("a revocation while a worker joins")
    run.gone |= {agreement.entity_id}
    revoked = await revoke(
        house.settings, house.clock, planned_revocation(agreement.agreement_id), house.author
    )
    settled = await settle(house.settings, house.clock, revoked, PATIENCE)
    assert settled.bound.everywhere
    await bench.restore(agreement, revoked.outcome.revision)
    assert await guest.stop() == 0


FAULTS: tuple[Callable[[Bench], Awaitable[None]], ...] = (
    silent,
    tombstone,
    poison,
    compacted,
    two_writers,
    revoked_in_a_rebalance,
)


async def books(rng: Random, scale: float) -> Iterable[Outcome]:
    """Do each of them by turns while requests come."""
    with EmbeddedKafka() as broker:
        # Unsigned: a tombstone and bytes by hand would count for nothing among signed changes.
        async with trial(broker.bootstrap_servers, rng, partitions=PARTITIONS, unsigned_books=True) as under:
            keepers = [under.keep(f"worker-{n}", stale_after=2.0, heartbeat_seconds=0.3) for n in range(2)]
            await asyncio.gather(*(keeper.ready() for keeper in keepers))
            under.flow()
            bench = Bench(under)
            for _ in range(max(1, round(TIMES * scale))):
                for fault in FAULTS:
                    await fault(bench)
        await bench.hold()
    return under.outcomes("times")
