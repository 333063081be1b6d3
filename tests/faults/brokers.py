"""Brokers that crash, that have no room left, and that take their coordinators with them."""

import asyncio
import resource
from collections.abc import Iterable
from random import Random

from streams.kafka.embedded import EmbeddedKafka
from tests.faults.cluster import Running, cluster
from tests.faults.outcome import Outcome
from tests.faults.trial import Trial, trial
from tests.workers import eventually

CRASHES = 10
GONE = 5
FULL = 3
PARTITIONS = 4
DOWN = (0.0, 3.0)
LIVES = (2.0, 5.0)
# Small enough that no segment can grow, as on a disk without room.
NO_ROOM = 4096
# Of aiokafka: the coordinator of a transactional id, not of a group.
OF_TRANSACTIONS = 1


async def crashes(rng: Random, scale: float) -> Iterable[Outcome]:
    """Kill the only broker under load, and start it again on its data."""
    with EmbeddedKafka() as broker:
        async with trial(broker.bootstrap_servers, rng, partitions=PARTITIONS) as under:
            keepers = [under.keep(f"worker-{n}") for n in range(2)]
            await asyncio.gather(*(keeper.ready() for keeper in keepers))
            under.flow()
            for _ in range(max(1, round(CRASHES * scale))):
                await asyncio.sleep(rng.uniform(*LIVES))
                await asyncio.to_thread(broker.kill)
                await asyncio.sleep(rng.uniform(*DOWN))
                await asyncio.to_thread(broker.start)
                under.hit("the only broker killed under load, and started again")
                await under.recovered()
    return under.outcomes("kills")


async def coordinator(run: Trial, partition: int) -> int:
    """Return the node that coordinates the transactions of a partition's writer."""
    async with run.house.admin() as admin:
        name = f"{run.house.settings.app_id}.{run.house.topics.requests.name}.{partition}"
        return int(await admin.find_coordinator(name, OF_TRANSACTIONS))


async def coordinators(rng: Random, scale: float) -> Iterable[Outcome]:
    """Kill that one of three brokers that coordinates a writer's transactions, and start it again."""
    fault = "one of three brokers killed, with the transaction coordinator on it"
    with cluster(3) as nodes:
        servers = ",".join(node.member.bootstrap_servers for node in nodes)
        async with trial(servers, rng, partitions=PARTITIONS, replication_factor=3) as under:
            keepers = [under.keep(f"worker-{n}") for n in range(2)]
            await asyncio.gather(*(keeper.ready() for keeper in keepers))
            under.flow()
            for _ in range(max(1, round(GONE * scale))):
                await asyncio.sleep(rng.uniform(*LIVES))
                victim = nodes[await coordinator(under, rng.randrange(PARTITIONS)) - 1]
                under.hit(fault)
                await asyncio.to_thread(victim.kill)
                await under.recovered()
                await asyncio.to_thread(victim.restart)
    return under.outcomes("kills")


def fill(pid: int) -> None:
    """Let no file of the process grow any more: each write fails, as on a full disk."""
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (NO_ROOM, resource.RLIM_INFINITY))


async def full(rng: Random, scale: float) -> Iterable[Outcome]:
    """Fill the broker's disk under load, and start it again with room when it has given up."""
    with cluster(1) as (broker,):
        async with trial(broker.member.bootstrap_servers, rng, partitions=PARTITIONS) as under:
            await under.keep("worker-0").ready(PARTITIONS)
            under.flow()
            for _ in range(max(1, round(FULL * scale))):
                await asyncio.sleep(rng.uniform(*LIVES))
                fill(broker.pid)
                await has_ended(broker)
                await asyncio.to_thread(broker.restart)
                under.hit("the broker's disk full")
                await under.recovered()
    return under.outcomes("times")


async def has_ended(broker: Running) -> None:
    async def it_has() -> bool:
        return not broker.alive

    await eventually(it_has)
