"""Topics that somebody deletes or widens beside the gate."""

from collections import Counter
from collections.abc import AsyncIterator, Coroutine, Iterable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

from aiokafka.admin import NewPartitions
from aiokafka.structs import TopicPartition

from streams.kafka.embedded import EmbeddedKafka
from streams.kafka.reader import committed_of
from streams.settings import Settings
from streams.simulators.agencies import Condition
from tests.faults.outcome import Outcome
from tests.faults.trial import QUICK, forwards, trial
from tests.gatehouse import Gatehouse, gatehouse, raw_of, signed
from tests.workers import Worker

PARTITIONS = 2
RECIPIENTS = 4
TIMES = 3
SOME = 200
# What a worker ends with for good: topics of another shape; a ledger that is not the one it was.
OTHER_SHAPE, OTHER_LEDGER = 2, 4


async def recipients(rng: Random, scale: float) -> Iterable[Outcome]:
    """Delete the topic of one recipient after another while releases are written to it."""
    with EmbeddedKafka() as broker:
        async with trial(broker.bootstrap_servers, rng, partitions=PARTITIONS) as under:
            await under.keep("worker-0").ready(PARTITIONS)
            under.flow()
            await under.house.until(SOME)
            usable = under.house.region.neighbours[Condition.IN_FORCE]
            for neighbour in usable[: max(1, round(RECIPIENTS * scale))]:
                entity_id = neighbour.entity.entity_id
                under.gone |= {entity_id}
                await delete(under.house, under.house.topics.out(entity_id).name)
                under.hit("a recipient's topic deleted")
                await under.recovered()
    return under.outcomes("topics")


async def delete(house: Gatehouse, topic: str) -> None:
    async with house.admin() as admin:
        await admin.delete_topics([topic])


async def own_topics(_: Random, scale: float) -> Iterable[Outcome]:
    """Delete the ledger's topic, and widen that of requests: the gate must stop, and let nothing out."""
    times = max(1, round(TIMES * scale))
    with EmbeddedKafka() as broker:
        deleted = partial(ledger_deleted, broker.bootstrap_servers)
        wider = partial(widened, broker.bootstrap_servers)
        return (
            await stopped("the ledger's topic deleted", times, deleted),
            await stopped("partitions added to the topic of requests", times, wider),
        )


async def stopped(fault: str, times: int, once: partial[Coroutine[Any, Any, Counter[str]]]) -> Outcome:
    """Do it so many times; nothing recovers by itself, and the gate says why it stands still."""
    gates = [f"{once.func.__name__.replace('_', '-')}-{number}" for number in range(times)]
    found = sum([await once(gate) for gate in gates], Counter[str]())
    return Outcome(
        fault=fault,
        times=times,
        unit="topics",
        forwards_without_decision=found["forwarded"],
        requests_lost=found["passed over"],
        duplicate_decisions=0,
        remark="The gate stops and says why; it goes on when an operator has restored the topic.",
    )


@asynccontextmanager
async def settled(servers: str, name: str) -> AsyncIterator[tuple[Gatehouse, Worker]]:
    """Run a gate of its own that has decided some requests in peace."""
    settings = Settings(
        app_id=name, topic_prefix=f"{name}.", bootstrap_servers=servers, web_port=0, partitions=PARTITIONS
    )
    with TemporaryDirectory(prefix="alpr-gate-faults-") as folder:
        async with gatehouse(signed(settings, Path(folder)), Path(folder)) as house:
            worker = await (await house.worker("worker-1", **QUICK)).ready(PARTITIONS)
            await house.send(each.request for each in house.day().requests(SOME))
            await house.decided()
            yield house, worker


async def positions(house: Gatehouse) -> list[int]:
    """Return up to where the gate has committed, by partition."""
    sources = [TopicPartition(house.topics.requests.name, number) for number in range(PARTITIONS)]
    found = [await committed_of(house.settings, source) for source in sources]
    return [each.offset for each in found if each is not None]


async def ledger_deleted(servers: str, name: str) -> Counter[str]:
    """Delete the ledger, send more, and see that neither the worker nor its successor lets anything out."""
    async with settled(servers, name) as (house, worker):
        before, went = await positions(house), Counter(await forwards(house))
        await delete(house, house.topics.decisions.name)
        await house.send(each.request for each in house.day(2).requests(SOME))
        assert await worker.ended() != 0
        again = await house.worker("worker-1", **QUICK)
        assert await again.ended() == OTHER_LEDGER, again.last_words
        passed_over = sum(await positions(house)) - sum(before)
        return Counter(
            {"forwarded": (Counter(await forwards(house)) - went).total(), "passed over": passed_over}
        )


async def widened(servers: str, name: str) -> Counter[str]:
    """Add a partition and send to it: the worker ends, its successor too, and nothing of it is decided."""
    async with settled(servers, name) as (house, worker):
        async with house.admin() as admin:
            await admin.create_partitions({house.topics.requests.name: NewPartitions(PARTITIONS + 1)})
        async with house.sending() as sender:
            day = [raw_of(each.request) for each in house.day(2).requests(SOME)]
            await sender.send(day, partition=PARTITIONS)
        assert await worker.ended() != 0
        before, went = await positions(house), Counter(await forwards(house))
        again = await house.worker("worker-1", **QUICK)
        assert await again.ended() == OTHER_SHAPE, again.last_words
        assert await house.by_place()
        passed_over = sum(await positions(house)) - sum(before)
        return Counter(
            {"forwarded": (Counter(await forwards(house)) - went).total(), "passed over": passed_over}
        )
