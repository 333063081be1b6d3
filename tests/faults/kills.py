"""SIGKILL of workers: at every step of a batch and of a recovery, and at random."""

import asyncio
import re
import signal
import sys
from collections.abc import Iterable, Iterator
from random import Random

from streams.kafka.embedded import EmbeddedKafka
from tests.faults.failing_worker import BATCH, SAYS, STEPS
from tests.faults.keeper import Command, Keeper
from tests.faults.outcome import Outcome, merged
from tests.faults.trial import Trial, trial

# Of each step, and at random, at a scale of 1: 13 x 20 + 50 = 310.
EACH = 20
AT_RANDOM = 50
# Gates side by side, each with one worker: a group of one that comes back has no rebalance to wait for.
GATES = 3
# A visit of a batch's step comes several times a second, one of recovery once for each partition.
VISITS = {True: range(1, 7), False: range(1, 3)}
RANDOM_LIFE = (0.0, 2.0)


class Doomed:
    """Draws the next death from the plan, until there is none left: then the worker may live."""

    def __init__(self, plan: Iterator[tuple[str, int]]) -> None:
        self._plan = plan
        self.step: str | None = None
        self._visits = 0
        self.died()

    def died(self) -> None:
        """Go on to the next death; a worker that ended otherwise has this one before it still."""
        self.step, self._visits = next(self._plan, (None, 0))

    def command(self) -> Command:
        if self.step is None:
            return ()
        return (sys.executable, "-m", "tests.faults.failing_worker", self.step, str(self._visits))


def planned(rng: Random, each: int) -> Iterator[tuple[str, int]]:
    """Yield every step so many times, in a random order, with the visit at which it kills."""
    steps = [step for step in STEPS for _ in range(each)]
    rng.shuffle(steps)
    for step in steps:
        yield step, rng.choice(VISITS[step in BATCH])


async def at_steps(run: Trial, keeper: Keeper, doomed: Doomed) -> None:
    """Wait for one death after another, and note each where it hit."""
    while doomed.step is not None:
        worker = await keeper.worker()
        code, at = await worker.ended(), run.house.clock.now()
        # Fenced, or without its broker: no death of the plan, which is still to come.
        if code == -signal.SIGKILL:
            (partition,) = re.findall(rf"{SAYS} (\d+)", worker.said)
            run.hit(f"SIGKILL of a worker {doomed.step}", [int(partition)], at)
            doomed.died()
        await keeper.restarted(worker)


async def at_random(run: Trial, keeper: Keeper) -> None:
    """Kill a worker that decides, a random time after it was seen to."""
    worker = await keeper.ready()
    await asyncio.sleep(run.rng.uniform(*RANDOM_LIFE))
    page = await worker.page("/readyz")
    run.hit("SIGKILL of a worker at random", None if page is None else page.partitions)
    await worker.kill()


async def dying(servers: str, rng: Random, name: str, plan: Iterator[tuple[str, int]]) -> Iterable[Outcome]:
    """Run one gate whose only worker dies as planned, until the plan is done."""
    doomed = Doomed(plan)
    async with trial(
        servers, rng, partitions=2, per_second=60, app_id=name, topic_prefix=f"{name}."
    ) as under:
        # What comes first is decided in peace: recovery has something to read from then on.
        first = await (await under.house.worker("worker-0")).ready(2)
        under.flow()
        await under.house.until(100)
        await first.kill()
        await at_steps(under, under.keep("worker-0", doomed.command), doomed)
    return under.outcomes("kills")


async def steps(rng: Random, scale: float) -> Iterable[Outcome]:
    """Kill a worker at each of its steps, in several gates at once."""
    plan = planned(rng, max(1, round(EACH * scale)))
    with EmbeddedKafka() as broker:
        gates = [dying(broker.bootstrap_servers, rng, f"gate-{n}", plan) for n in range(GATES)]
        return merged(row for rows in await asyncio.gather(*gates) for row in rows)


async def randomly(rng: Random, scale: float) -> Iterable[Outcome]:
    """Kill one of three workers of a gate at any time, while the others take over or wait."""
    with EmbeddedKafka() as broker:
        async with trial(broker.bootstrap_servers, rng) as under:
            keepers = [under.keep(f"worker-{n}") for n in range(3)]
            await asyncio.gather(*(keeper.ready() for keeper in keepers))
            under.flow()
            for _ in range(max(1, round(AT_RANDOM * scale))):
                await at_random(under, rng.choice(keepers))
    return under.outcomes("kills")
