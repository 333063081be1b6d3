"""Clocks of workers that jump by an hour, back and forth, while they decide."""

import asyncio
import signal
import sys
from collections.abc import Iterable
from random import Random

from streams.kafka.embedded import EmbeddedKafka
from tests.faults.outcome import Outcome
from tests.faults.trial import Trial, trial

TIMES = 10
PARTITIONS = 4
COMMAND = (sys.executable, "-m", "tests.faults.jumping_worker")
# What the signals of `tests.faults.jumping_worker` do, and how to undo it.
JUMPS = {"+1 h": (signal.SIGRTMIN, signal.SIGRTMAX), "-1 h": (signal.SIGRTMAX, signal.SIGRTMIN)}
AFTER = (0.5, 1.5)


async def jumps(rng: Random, scale: float) -> Iterable[Outcome]:
    """Set the clock of one of two workers an hour forward or back, and set it right again."""
    with EmbeddedKafka() as broker:
        async with trial(broker.bootstrap_servers, rng, partitions=PARTITIONS) as under:
            keepers = [under.keep(f"worker-{n}", lambda: COMMAND) for n in range(2)]
            await asyncio.gather(*(keeper.ready() for keeper in keepers))
            under.flow()
            for number in range(max(1, round(TIMES * scale))):
                for jump in JUMPS:
                    await jump_once(under, number % 2, jump)
    return under.outcomes("jumps")


async def jump_once(run: Trial, number: int, jump: str) -> None:
    """Let the worker go on with the wrong time: it must neither end nor take its books for stale."""
    worker = await run.keepers[number].ready()
    there, back = JUMPS[jump]
    run.note(f"the clock of a worker jumps by {jump}")
    for number_ in (there, back):
        worker.signal(number_)
        await asyncio.sleep(run.rng.uniform(*AFTER))
        page = await worker.page("/readyz")
        assert page is not None
        assert page.status == 200, page.problems
    assert worker.alive
