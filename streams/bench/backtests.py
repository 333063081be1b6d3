"""A backtest of recorded requests: how many a second, beside a plain loop of `decide` on both sides.

Requests and their ledger lie in Kafka as a gate would have left them. The time of the processors is told as
well as that of the clock: on a machine with other work only the first says what a backtest costs.
"""

import asyncio
import os
import resource
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from streams.bench import topic_io
from streams.bench.finding import Finding
from streams.bench.ground import Ground
from streams.bench.work import Work
from streams.bench.world import Asked, World
from streams.codecs.request import decode_request
from streams.policy.books import Books
from streams.policy.comparison import Comparison, compared
from streams.policy.decide import decide
from streams.policy.vocabulary import Purpose
from streams.rehearsal.amendment import side_of
from streams.rehearsal.asked import Rehearsal
from streams.rehearsal.recorded import stretches
from streams.rehearsal.replaying import replay
from streams.settings import Settings
from streams.topics import Topics

DISTINCT = 4_000
REQUESTS = 400_000
DRAINED = 1_000
REQUESTS_OF_LOOP = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What one request cost, in microseconds: by the clock, and of the processors."""

    clock: float
    processors: float


def backtests(ground: Ground, told: Callable[[str], None]) -> Finding:
    """Return what a replay costs for a change of one agreement and for one of the policy.

    Raises:
        UnavailableError: the broker is not there.
    """
    now = ground.clock.now()
    world = World(now=now)
    asked = world.traffic(ground.keyring, DISTINCT)
    settings = ground.settings.model_copy(update={"topic_prefix": "backtest.", "partitions": 1})
    _record(ground, settings, world, asked)
    told(f"backtest: {REQUESTS:,} requests are on record")
    rows: list[list[str]] = []
    figures: dict[str, object] = {"load_average": round(os.getloadavg()[0], 1)}
    for name, after in (("one agreement narrower", _narrower(world)), ("another policy", _stricter(world))):
        comparison = compared(side_of(world.books()), side_of(after))
        ours = _replayed(ground, settings, Rehearsal(comparison, now))
        loop = _looped(comparison, asked, now)
        told(f"backtest, {name}: {ours.processors:.1f} µs of the processors a request")
        costs = (f"{ours.processors:.1f}", f"{loop:.1f}", f"{loop / ours.processors:.2f}")
        rows.append([name, f"{1e6 / ours.clock:,.0f}", *costs])
        figures[name.replace(" ", "_")] = {
            "requests_per_second": round(1e6 / ours.clock),
            "processor_microseconds": round(ours.processors, 1),
            "requests_per_second_of_two_processors": round(2e6 / ours.processors),
            "loop_microseconds": round(loop, 1),
            "loop_over_ours": round(loop / ours.processors, 2),
        }
    return Finding(
        title=f"backtest of {REQUESTS:,} recorded requests from Kafka, all processors",
        columns=("change", "requests/s", "processor µs", "loop of decide µs", "loop ÷ ours"),
        rows=rows,
        figures=figures,
    )


def _record(ground: Ground, settings: Settings, world: World, asked: tuple[Asked, ...]) -> None:
    """Put the requests and what a gate says of them on their topics."""
    topics = Topics.of(settings)
    topic_io.make_topics(settings.bootstrap_servers, [*topics.fixed()])
    values = [asked[number % len(asked)].value for number in range(REQUESTS)]
    work = Work(world, ground.keyring, topics, world.now)

    def ledger() -> Iterator[tuple[str, int, bytes, bytes]]:
        name = topics.decisions.name
        for offset, value in enumerate(values):
            work.take(offset, value)
            if offset % DRAINED == DRAINED - 1:
                yield from ((name, 0, b"", entry or b"") for _, entry, _ in work.drain()[name, 0])

    topic_io.write(settings.bootstrap_servers, ((topics.requests.name, 0, b"", value) for value in values))
    topic_io.write(settings.bootstrap_servers, ledger())


def _narrower(world: World) -> Books:
    books = world.books()
    agreement = next(iter(world.region.agreements()))
    books.put_agreement(replace(agreement, version=agreement.version + 1, purposes=(Purpose.ADMINISTRATIVE,)))
    return books


def _stricter(world: World) -> Books:
    books = world.books()
    books.put_policy(replace(world.region.policy, max_window="P7D"))
    return books


def _replayed(ground: Ground, settings: Settings, rehearsal: Rehearsal) -> Cost:
    """Return what a request of the whole replay costs; the clock begins once all processes are at work."""
    done: list[tuple[float, int]] = []

    def advance(extent: int) -> None:
        done.append((ground.clock.monotonic(), extent))

    async def replayed() -> int:
        tally = await replay(await stretches(settings, None), rehearsal, advance)
        return tally.compared

    began = _processor_seconds()
    compared_ones = asyncio.run(replayed())
    spent = _processor_seconds() - began
    after_first = sum(extent for _, extent in done[1:])
    return Cost(
        clock=(done[-1][0] - done[0][0]) / after_first * 1e6,
        processors=spent / compared_ones * 1e6,
    )


def _processor_seconds() -> float:
    """Return what this process and those that it has ended have taken of the processors."""
    used = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(each.ru_utime + each.ru_stime for each in used)


def _looped(comparison: Comparison, asked: tuple[Asked, ...], now: datetime) -> float:
    """Return the microseconds of a request when it is decoded and decided on both sides."""
    began = time.process_time()
    for number in range(REQUESTS_OF_LOOP):
        request = decode_request(asked[number % len(asked)].value)
        for side in (comparison.before, comparison.after):
            decide(request, side.books, side.policy, now)
    return (time.process_time() - began) / REQUESTS_OF_LOOP * 1e6
