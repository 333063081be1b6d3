"""SIGKILL of workers: at every step of a batch and of a recovery, and at random."""

import asyncio
import json
import sys
from collections.abc import Iterable, Iterator
from datetime import datetime
from random import Random

from streams.kafka.embedded import EmbeddedKafka
from tests.faults.failing_worker import BATCH, DONE, SAYS, STEPS
from tests.faults.keeper import Keeper
from tests.faults.outcome import Outcome, merged
from tests.faults.trial import QUICK, Trial, trial

# Of each step, and at random, at a scale of 1: 13 x 20 + 50 = 310.
EACH = 20
AT_RANDOM = 50
# Gates side by side, each with one worker: a group of one that comes back has no rebalance to wait for.
GATES = 3
# A visit of a batch's step comes several times a second, one of recovery once for each partition.
VISITS = {True: range(1, 7), False: range(1, 3)}
RANDOM_LIFE = (0.0, 2.0)
# Far beyond the life of one of them: this ends a plan that hangs.
LIFETIME = 90.0


def planned(rng: Random, each: int) -> list[tuple[str, int]]:
    """Return every step so many times, in a random order, with the visit at which it kills."""
    steps = [step for step in STEPS for _ in range(each)]
    rng.shuffle(steps)
    return [(step, rng.choice(VISITS[step in BATCH])) for step in steps]


def deaths(said: str) -> Iterator[tuple[str, int, datetime]]:
    """Yield the step, the partition and the instant of each death that a worker's log tells of."""
    for line in said.splitlines():
        if line.startswith(SAYS):
            death = json.loads(line.removeprefix(SAYS))
            yield death["step"], death["partition"], datetime.fromisoformat(death["at"])


async def at_random(run: Trial, keeper: Keeper) -> None:
    """Kill a worker that decides, a random time after it was seen to."""
    worker = await keeper.ready()
    await asyncio.sleep(run.rng.uniform(*RANDOM_LIFE))
    page = await worker.page("/readyz")
    run.hit("SIGKILL of a worker at random", None if page is None else page.partitions)
    await worker.kill()


async def dying(servers: str, rng: Random, name: str, plan: list[tuple[str, int]]) -> Iterable[Outcome]:
    """Run one gate whose only worker dies as planned, until the plan is done."""
    async with trial(
        servers, rng, partitions=2, per_second=60, app_id=name, topic_prefix=f"{name}."
    ) as under:
        # What comes first is decided in peace: recovery has something to read from then on.
        first = await (await under.house.worker("worker-0")).ready(2)
        under.flow()
        await under.house.until(100)
        await first.kill()
        command = (sys.executable, "-m", "tests.faults.failing_worker", json.dumps(plan))
        mortals = await under.house.start("worker-0", QUICK, command)
        alive = await mortals.outlives(lambda: mortals.says(DONE, LIFETIME * len(plan)))
        assert alive, mortals.said[-3000:]
        for step, partition, at in deaths(mortals.said):
            under.hit(f"SIGKILL of a worker {step}", [partition], at)
    return under.outcomes("kills")


async def steps(rng: Random, scale: float) -> Iterable[Outcome]:
    """Kill a worker at each of its steps, in several gates at once."""
    plan = planned(rng, max(1, round(EACH * scale)))
    with EmbeddedKafka() as broker:
        gates = [dying(broker.bootstrap_servers, rng, f"gate-{n}", plan[n::GATES]) for n in range(GATES)]
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
