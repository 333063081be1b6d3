"""The books under the watch: how long a worker takes to load them, and a revocation to bind everywhere."""

import asyncio
import statistics
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from streams.bench.finding import Finding
from streams.bench.ground import Ground
from streams.bench.latency import send_on_time
from streams.bench.trial import GATE, Trial
from streams.bench.world import World
from streams.books.acks import wait_bound
from streams.books.custodian import Author
from streams.books.plan import planned_revocation
from streams.books.replica import BooksReplica
from streams.books.revocation import revoke
from streams.errors import UnavailableError
from streams.policy.vocabulary import AgreementId

STARTS = 5
BIG = {"agreements": 10_000, "entities": 20_000}
REVOCATIONS = 500
TRAFFIC_PER_SECOND = 100
TRAFFIC = 500
PATIENCE = 30.0
AUTHOR = Author(by="benchmark", reason="revocation")

Told = Callable[[str], None]


def start(ground: Ground, told: Told) -> Finding:
    """Return the seconds from the start of a replica to CURRENT, with the largest books."""
    world = World(now=ground.clock.now(), **BIG)
    with Trial(ground, world, "start") as trial:
        seconds = [asyncio.run(_current(trial)) for _ in range(STARTS)]
    told("start: done")
    median, worst = statistics.median(seconds), max(seconds)
    return Finding(
        title=f"from start to CURRENT with {BIG['agreements']:,} agreements and {BIG['entities']:,} entities",
        columns=("starts", "median s", "worst s"),
        rows=[[str(STARTS), f"{median:.2f}", f"{worst:.2f}"]],
        figures={"seconds": round(median, 3), "worst_seconds": round(worst, 3)},
    )


async def _current(trial: Trial) -> float:
    clock = trial.clock
    replica = BooksReplica(trial.settings, clock, "benchmark")
    began = clock.monotonic()
    await replica.start()
    await replica.wait_current()
    seconds = clock.monotonic() - began
    await replica.stop()
    return seconds


def revocation(ground: Ground, told: Told) -> Finding:
    """Return the milliseconds from a revocation's commit to its binding all partitions of two workers."""
    world = World(now=ground.clock.now(), agreements=REVOCATIONS + 100, entities=REVOCATIONS + 200)
    with Trial(ground, world, "revocation", {"partitions": 4}) as trial:
        asked = world.traffic(ground.keyring, TRAFFIC)
        trial.send(asked[:1])
        with trial.running(GATE, workers=2) as children:
            trial.decided(1, children)
            with _in_the_background(lambda: send_on_time(trial, asked, TRAFFIC_PER_SECOND, ground.clock)):
                milliseconds = asyncio.run(_revoked(trial, world, told))
    cuts = statistics.quantiles(milliseconds, n=100, method="inclusive")
    return Finding(
        title=f"ms from a revocation on record to its binding all partitions, at {TRAFFIC_PER_SECOND}/s",
        columns=("samples", "p50", "p99", "worst"),
        rows=[[str(len(milliseconds)), *(f"{one:.0f}" for one in (cuts[49], cuts[98], max(milliseconds)))]],
        figures={
            "samples": len(milliseconds),
            "p50_ms": round(cuts[49], 1),
            "p99_ms": round(cuts[98], 1),
            "worst_ms": round(max(milliseconds), 1),
        },
    )


async def _revoked(trial: Trial, world: World, told: Told) -> list[float]:
    milliseconds = []
    ids = [agreement.agreement_id for _, agreement in world.padding if agreement is not None]
    for number, agreement_id in enumerate(ids[:REVOCATIONS], 1):
        milliseconds.append(await _one_revoked(trial, agreement_id))
        if number % 100 == 0:
            told(f"revocation: {number} of {REVOCATIONS}")
    return milliseconds


async def _one_revoked(trial: Trial, agreement_id: AgreementId) -> float:
    settings = trial.settings
    revoked = await revoke(settings, trial.clock, planned_revocation(agreement_id), AUTHOR)
    produced_at = trial.clock.now()
    bound = await wait_bound(settings, revoked.outcome.revision, settings.partitions, PATIENCE)
    if bound.bound_at is None:
        raise UnavailableError(f"the revocation does not bind partitions {bound.missing}")
    # A worker may have read it before the command that wrote it goes on.
    return max(0.0, (bound.bound_at - produced_at).total_seconds() * 1000)


@contextmanager
def _in_the_background(work: Callable[[], object]) -> Iterator[None]:
    """Repeat the work in a thread until the context ends."""
    over = threading.Event()

    def repeat() -> None:
        while not over.is_set():
            work()

    thread = threading.Thread(target=repeat, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
