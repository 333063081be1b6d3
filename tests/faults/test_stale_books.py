"""Promise 4: books that are not current decide nothing, lose nothing, show it, and recover by themselves."""

import asyncio
import os
import signal
from pathlib import Path
from typing import Any

import pytest

from streams.kafka.embedded import EmbeddedKafka
from streams.settings import Settings
from tests.gatehouse import Gatehouse, gatehouse, signed
from tests.workers import eventually

pytestmark = pytest.mark.kafka

MARKS_UNREAD = "what other partitions hold cannot be read"
QUICK: dict[str, Any] = {"stale_after": 2.0, "heartbeat_seconds": 0.3}


async def test_promise_4_stale_books_decide_nothing_lose_nothing_and_recover(house: Gatehouse) -> None:
    worker = await house.worker(**QUICK)
    await worker.ready(partitions=2)
    day = tuple(house.day().requests(300))
    books = house.topics.books.name

    # No heartbeat fits any more, so the worker cannot prove that its books are fresh.
    await house.alter(books, cleanup_policy="compact", max_message_bytes="1")
    page = await worker.answers(503)
    assert page.problems == ["the books are stale, not current"]
    assert await worker.metric("alpr_gate_books_age_seconds") > QUICK["stale_after"]
    before = len(await house.by_place())
    places = await house.send(each.request for each in day)

    async def all_wait() -> bool:
        return await worker.metric("alpr_gate_lag_records") >= len(day)

    await eventually(all_wait)
    assert len(await house.by_place()) == before == 0
    assert worker.alive

    await house.alter(books, cleanup_policy="compact", max_message_bytes="1048588")
    await worker.answers(200)
    await house.decided()
    found = await house.by_place()
    assert sorted(found) == sorted(places)
    assert (await house.audit()).sound


async def test_promise_4_a_frozen_broker_is_waited_for(own_kafka: EmbeddedKafka, tmp_path: Path) -> None:
    settings = Settings(
        app_id="frozen", bootstrap_servers=own_kafka.bootstrap_servers, partitions=2, web_port=0
    )
    async with gatehouse(signed(settings, tmp_path), tmp_path) as house:
        worker = await house.worker(**QUICK)
        await worker.ready(partitions=2)

        async def both_are_told() -> bool:
            # Marks and books are read by themselves, so one of them is late a moment before the other.
            problems = (await worker.answers(503)).problems
            return {"the books are stale, not current", MARKS_UNREAD} <= set(problems)

        os.kill(own_kafka.pid, signal.SIGSTOP)
        try:
            await eventually(both_are_told)
        finally:
            os.kill(own_kafka.pid, signal.SIGCONT)
        await worker.answers(200)
        places = await house.send(each.request for each in house.day().requests(200))
        await house.decided()
        assert sorted(await house.by_place()) == sorted(places)


async def test_promise_4_a_broker_that_crashes_under_load_costs_nothing(
    own_kafka: EmbeddedKafka, tmp_path: Path
) -> None:
    settings = Settings(
        app_id="crash", bootstrap_servers=own_kafka.bootstrap_servers, partitions=2, web_port=0
    )
    async with gatehouse(signed(settings, tmp_path), tmp_path) as house:
        worker = await house.worker(batch_records=50)
        await worker.ready(partitions=2)
        places = await house.send(each.request for each in house.day().requests(3000))
        await house.until(500)
        await asyncio.to_thread(own_kafka.restart)
        # It ends with one line that says so, and whoever supervises it starts it again; or it goes on.
        while not await worker.outlives(house.decided):
            assert worker.exit_code in {69, 70, 75}
            assert worker.last_words
            worker = await house.worker()
        found = await house.by_place()
        assert sorted(found) == sorted(places)
        assert {len(records) for records in found.values()} == {1}
        assert (await house.audit()).sound
