"""Workers that are stopped for longer than their session and go on, and workers that come and go."""

import asyncio
from collections.abc import Iterable
from random import Random

from streams.kafka.embedded import EmbeddedKafka
from tests.faults.keeper import Keeper
from tests.faults.outcome import Outcome
from tests.faults.trial import QUICK, Trial, trial
from tests.workers import eventually

FREEZES = 10
JOINS = 20
PARTITIONS = 4
STAY = (2.0, 6.0)


async def freeze(run: Trial, keeper: Keeper) -> None:
    """Stop a worker until its partitions have another owner, and wake it while that one decides."""
    zombie = await keeper.ready()
    page = await zombie.page("/readyz")
    run.hit("SIGSTOP of a worker beyond its session, then SIGCONT", None if page is None else page.partitions)
    zombie.freeze()
    others = [await other.worker() for other in run.keepers if other is not keeper]

    async def taken_over() -> bool:
        pages = [await other.page("/readyz") for other in others]
        owned = {partition for page in pages if page is not None for partition in page.partitions}
        return owned == set(range(PARTITIONS))

    await eventually(taken_over)
    await asyncio.sleep(1)
    zombie.thaw()


async def zombies(rng: Random, scale: float) -> Iterable[Outcome]:
    """Freeze one of two workers beyond its session timeout, by turns."""
    with EmbeddedKafka() as broker:
        async with trial(broker.bootstrap_servers, rng, partitions=PARTITIONS) as under:
            keepers = [under.keep(f"worker-{n}") for n in range(2)]
            await asyncio.gather(*(keeper.ready() for keeper in keepers))
            under.flow()
            for number in range(max(1, round(FREEZES * scale))):
                await freeze(under, keepers[number % 2])
    return under.outcomes("freezes")


async def storm(rng: Random, scale: float) -> Iterable[Outcome]:
    """Start a worker under a new name every few seconds, and stop or kill it a little later."""
    with EmbeddedKafka() as broker:
        async with trial(broker.bootstrap_servers, rng, partitions=PARTITIONS) as under:
            await under.keep("worker-0").ready(PARTITIONS)
            under.flow()
            for number in range(max(1, round(JOINS * scale))):
                guest = await under.house.worker(f"guest-{number}", **QUICK)
                await guest.answers(200)
                await asyncio.sleep(rng.uniform(*STAY))
                under.hit("a worker joins and leaves every few seconds")
                assert await guest.stop() == 0
    return under.outcomes("visits")
