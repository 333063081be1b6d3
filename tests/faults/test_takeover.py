"""Whoever owns a partition last owns it alone: fenced workers end, and stopped ones leave nothing open."""

import asyncio
import sys
from pathlib import Path

import pytest
from aiokafka.structs import TopicPartition

from streams.kafka.producer import TransactionalProducer
from tests.gatehouse import Gatehouse

pytestmark = pytest.mark.kafka

QUICK = {"session_timeout": 6.0}
FENCED = 75


async def test_a_fenced_worker_ends_with_one_line_and_doubles_nothing(house: Gatehouse) -> None:
    worker = await (await house.worker()).ready(partitions=2)
    day = [each.request for each in house.day().requests(400)]
    places = await house.send(day[:200])
    await house.decided()
    usurper = TransactionalProducer(house.settings, TopicPartition(house.topics.requests.name, 0))
    await usurper.start()
    places += await house.send(day[200:])

    assert await worker.ended() == FENCED
    assert worker.last_words.count("\n") == 0
    assert worker.last_words.startswith("alpr-gate: fatal: FencedError: ")
    await usurper.stop()
    await house.worker()
    await house.decided()
    found = await house.by_place()
    assert sorted(found) == sorted(places)
    assert {len(records) for records in found.values()} == {1}
    assert (await house.audit()).sound


async def test_a_frozen_worker_that_wakes_up_writes_nothing_more(house: Gatehouse) -> None:
    zombie = await (await house.worker("worker-1", **QUICK)).ready(partitions=2)
    day = [each.request for each in house.day().requests(600)]
    places = await house.send(day[:200])
    await house.decided()
    zombie.freeze()
    places += await house.send(day[200:400])
    heir = await house.worker("worker-2", **QUICK)
    await house.decided()
    zombie.thaw()
    places += await house.send(day[400:])
    await house.decided()

    assert heir.alive
    found = await house.by_place()
    assert sorted(found) == sorted(places)
    assert {len(records) for records in found.values()} == {1}
    assert (await house.audit()).sound
    assert zombie.alive or zombie.exit_code == FENCED


async def test_sigterm_drains_and_the_next_start_goes_on(house: Gatehouse) -> None:
    worker = await (await house.worker(batch_records=50)).ready(partitions=2)
    places = await house.send(each.request for each in house.day().requests(2000))
    await house.until(200)
    assert await worker.stop() == 0
    assert worker.last_words == ""
    assert "Traceback" not in worker.said
    # Nothing is left open, so a reader of committed records sees all there is at once.
    done = len(await house.by_place())
    assert done >= 200
    await house.worker()
    await house.decided()
    found = await house.by_place()
    assert sorted(found) == sorted(places)
    assert (await house.audit()).sound


async def test_faust_runs_the_gate_like_any_other_app(house: Gatehouse) -> None:
    faust = (str(Path(sys.executable).with_name("faust")), "-A", "streams.app", "worker")
    worker = await house.faust_worker("worker-1", *faust, "-l", "info", "--without-web")
    await worker.ready(partitions=2)
    places = await house.send(each.request for each in house.day().requests(200))
    await house.decided()
    assert sorted(await house.by_place()) == sorted(places)
    assert await worker.stop() == 0
    assert (await house.audit()).sound


async def test_a_worker_with_the_name_of_another_takes_its_place(house: Gatehouse) -> None:
    await (await house.worker("worker-1", **QUICK)).ready(partitions=2)
    day = [each.request for each in house.day().requests(400)]
    places = await house.send(day[:200])
    await house.worker("worker-1", **QUICK)
    places += await house.send(day[200:])
    await house.decided()
    assert any(worker.alive for worker in house.workers)
    assert {worker.exit_code for worker in house.workers} <= {None, FENCED, 70}
    found = await house.by_place()
    assert sorted(found) == sorted(places)
    assert {len(records) for records in found.values()} == {1}
    await asyncio.gather(*(worker.kill() for worker in house.workers))
    assert (await house.audit()).sound
