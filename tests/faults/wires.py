"""A slow network between the workers and their broker, one that drops every packet, and one that is cut."""

import asyncio
from collections.abc import Iterable
from random import Random

from streams.kafka.ports import HOST, free_port
from tests.faults.cluster import Detour, cluster
from tests.faults.network import Network, network
from tests.faults.outcome import Outcome
from tests.faults.trial import Trial, trial

TIMES = 5
PARTITIONS = 4
# Each chunk and each way: a transaction of five round trips takes two seconds then.
SLOW = 0.2
# Below the session timeout of six seconds, and beyond it.
LASTS = (2.0, 10.0)
BETWEEN = (1.0, 4.0)


async def network_faults(rng: Random, scale: float) -> Iterable[Outcome]:
    """Make the workers' network slow, silent and cut by turns; the traffic has another way to the broker."""
    near, far = free_port(), free_port()
    with cluster(1, Detour(listens=far, told=near)) as (broker,):
        async with (
            network(near, far) as between,
            trial(broker.member.bootstrap_servers, rng, partitions=PARTITIONS) as under,
        ):
            keepers = [
                under.keep(f"worker-{n}", bootstrap_servers=f"{HOST}:{near}", transaction_timeout=10.0)
                for n in range(2)
            ]
            await asyncio.gather(*(keeper.ready() for keeper in keepers))
            under.flow()
            for _ in range(max(1, round(TIMES * scale))):
                await one_of_each(under, between)
    return under.outcomes("times")


async def one_of_each(run: Trial, between: Network) -> None:
    between.delay = SLOW
    await healed(run, between, "a slow network between workers and broker, 200 ms each way")
    between.silence()
    await healed(run, between, "a network between workers and broker that drops every packet, for 2 to 10 s")
    between.cut()
    await healed(run, between, "a network between workers and broker that is cut, for 2 to 10 s")


async def healed(run: Trial, between: Network, fault: str) -> None:
    """Let the fault last for a while, mend it, and wait for decisions."""
    await asyncio.sleep(run.rng.uniform(*LASTS))
    between.mend()
    run.hit(fault)
    await run.recovered()
    await asyncio.sleep(run.rng.uniform(*BETWEEN))
