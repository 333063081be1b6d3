"""The intake of reads over HTTP, on a real broker."""

import asyncio
from collections import Counter
from http import HTTPStatus
from pathlib import Path

import aiohttp
import pytest

from streams.adapters.reads.delivery import MOST_BYTES
from streams.kafka.embedded import EmbeddedKafka
from streams.settings import Settings
from tests.adapters.reads import samples
from tests.adapters.reads.doors import LONG_AGO_MS, SECRET, group, intake
from tests.workers import eventually

pytestmark = pytest.mark.kafka


async def test_a_read_comes_to_its_topic_once_however_often_it_is_sent(
    settings: Settings, tmp_path: Path
) -> None:
    async with intake(settings, tmp_path) as door:
        for _ in range(3):
            assert await door.send("rekor", group(1)) == HTTPStatus.OK
        assert await door.send("axis", {**samples.AXIS, "capture_timestamp": LONG_AGO_MS}) == HTTPStatus.OK
        await door.emptied()
        assert await door.metric("alpr_gate_reads_written_total", "rekor") == 1
        assert await door.metric("alpr_gate_reads_repeated_total", "rekor") == 2
        # Once more after it has forgotten all but what stands on Kafka.
        await door.restart()
        assert await door.send("rekor", group(1)) == HTTPStatus.OK
        await door.emptied()
        found = await door.reads()
    assert Counter((event.feed, event.source_read_id) for event in found) == {
        ("rekor", "AGENT-1234-1"): 1,
        ("axis", "ACCC8E000001:gate-3:1144696:20250301T19"): 1,
    }
    assert {event.read.network for event in found} == {"rekor cameras", "axis cameras"}


async def test_who_is_not_the_feed_is_not_let_in(settings: Settings, tmp_path: Path) -> None:
    bearer = {"Authorization": f"Bearer {SECRET}"}
    async with intake(settings, tmp_path) as door:
        assert await door.send("rekor", group(1), headers=bearer) == HTTPStatus.OK
        assert await door.send("rekor", group(2), headers={}) == HTTPStatus.UNAUTHORIZED
        wrong = {"Authorization": aiohttp.encode_basic_auth("camera", "guess")}
        assert await door.send("rekor", group(2), headers=wrong) == HTTPStatus.UNAUTHORIZED
        assert await door.send("nobody", group(2)) == HTTPStatus.UNAUTHORIZED
        assert await door.send("rekor", b"") == HTTPStatus.BAD_REQUEST
        assert await door.send("rekor", bytes(MOST_BYTES + 1)) in {0, HTTPStatus.REQUEST_ENTITY_TOO_LARGE}
        await door.emptied()
        assert len(await door.reads()) == 1
        assert await door.errors() == []


async def test_what_is_no_read_is_told_once_with_its_reason(settings: Settings, tmp_path: Path) -> None:
    async with intake(settings, tmp_path) as door:
        assert await door.send("rekor", b"\xff no JSON") == HTTPStatus.OK
        assert await door.send("rekor", {**group(1), "best_plate_number": "No Plate"}) == HTTPStatus.OK
        assert await door.send("rekor", {**group(1), "data_type": "heartbeat"}) == HTTPStatus.OK
        await door.emptied()
        assert await door.reads() == []
        told = await door.errors()
    assert sorted(each.partition(":")[0] for each in told) == ["no_plate", "unparsable"]


async def test_a_list_of_thousands_arrives_and_its_bad_rows_are_told_in_a_line(
    settings: Settings, tmp_path: Path
) -> None:
    header, row, _ = samples.PLAIN_CSV.splitlines()
    good = [row.replace("7ZZZ001", f"7ZZZ{number}").replace("/2027", "/2025") for number in range(3000)]
    bad = [row.replace("11:59:59", "noon")] * 3000
    async with intake(settings, tmp_path) as door:
        for _ in range(2):
            assert await door.send("list", "\n".join([header, *good, *bad]).encode()) == HTTPStatus.OK
        await door.emptied()
        found, told = await door.reads(), await door.errors()
    assert len({event.read.read_id for event in found}) == len(found) == 3000
    assert [each.rpartition(" (")[2] for each in told] == ["3000 times)"] * 2


async def test_accepted_reads_arrive_once_through_kills_and_a_broker_that_is_away(
    own_kafka: EmbeddedKafka, tmp_path: Path
) -> None:
    settings = Settings(app_id="spool", bootstrap_servers=own_kafka.bootstrap_servers, partitions=2)
    accepted: set[int] = set()
    async with intake(settings, tmp_path) as door:

        async def send(numbers: range) -> None:
            for number in numbers:
                if await door.send("rekor", group(number)) == HTTPStatus.OK:
                    accepted.add(number)

        await send(range(50))
        await asyncio.to_thread(own_kafka.kill)
        await send(range(50, 100))
        await door.restart()
        await send(range(100, 150))
        assert (await door.page())[1]["spool"]["payloads"] >= 100
        sending = asyncio.create_task(send(range(150, 400)))
        await asyncio.to_thread(own_kafka.start)
        for _ in range(3):
            reached = len(accepted)

            async def some_more(reached: int = reached) -> bool:
                return len(accepted) > reached + 20 or sending.done()

            await eventually(some_more)
            await door.restart()
        await sending
        await door.emptied()
        found = Counter(event.source_read_id for event in await door.reads())
    assert len(accepted) > 200
    # What was accepted arrived; what was cut off may have, and all of it once.
    assert {f"AGENT-1234-{number}" for number in accepted} <= set(found)
    assert set(found.values()) == {1}
