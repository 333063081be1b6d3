"""The intake of reads as a process of its own, on a real broker."""

import asyncio
import hashlib
import io
import json
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiokafka.structs import TopicPartition

from streams.adapters.reads.intake import MOST_BYTES
from streams.codecs.dead_letter import decode_dead_letter
from streams.codecs.read_event import decode_read_event
from streams.examples import read_example
from streams.kafka.batch import Record
from streams.kafka.embedded import EmbeddedKafka
from streams.kafka.ports import free_port
from streams.kafka.reader import PartitionReader
from streams.policy.read_event import ReadEvent
from streams.settings import Settings
from streams.topics import Topics, TopicSpec
from tests.adapters.reads import samples
from tests.workers import Worker, eventually

pytestmark = pytest.mark.kafka

SECRET = "a secret"  # noqa: S105  # of this test alone
# The process has the machine's clock, and the samples are of a day to come.
LONG_AGO_MS = 1740859199750
COMMAND = (sys.executable, "-m", "streams", "reads", "serve")
PASSWORD = {"Authorization": aiohttp.encode_basic_auth("camera", SECRET)}


def feeds(folder: Path) -> Path:
    file = folder / "feeds.yaml"
    digest = hashlib.sha256(SECRET.encode()).hexdigest()
    lines = [f"reference_key: {bytes(32).hex()}", "feeds:"]
    (folder / "list.yaml").write_text(read_example("mappings/plain_csv.yaml"))
    for name, form in (("rekor", "format: rekor"), ("axis", "format: axis"), ("list", "mapping: list.yaml")):
        lines += [f"  - name: {name}", f"    {form}", f"    network: {name} cameras"]
        lines += ["    zone: America/Los_Angeles", f"    secret_sha256: {digest}"]
    file.write_text("\n".join(lines))
    file.chmod(0o600)
    return file


@dataclass
class Intake:
    """The command, and what a test asks of it."""

    settings: Settings
    log: Path
    worker: Worker

    async def restart(self) -> None:
        self.worker.signal(signal.SIGKILL)
        await self.worker.ended()
        self.worker = await Worker.start(self.settings, self.log, COMMAND)
        await self.listens()

    async def listens(self) -> None:
        async def it_does() -> bool:
            assert self.worker.alive, self.worker.said
            return (await self.page())[0] != 0

        await eventually(it_does)

    async def page(self) -> tuple[int, Mapping[str, Any]]:
        try:
            async with aiohttp.ClientSession() as session, session.get(f"{self.url}/readyz") as response:
                return response.status, json.loads(await response.read())
        except aiohttp.ClientError:
            return 0, {}

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.settings.reads_port}"

    async def send(self, feed: str, body: object, **options: Any) -> int:
        """Send one payload; 0 is no answer, as when the process was killed."""
        data = io.BytesIO(body if isinstance(body, bytes) else json.dumps(body).encode())
        options.setdefault("headers", PASSWORD)
        try:
            async with (
                aiohttp.ClientSession() as session,
                session.post(f"{self.url}/v1/feeds/{feed}", data=data, **options) as response,
            ):
                return response.status
        except aiohttp.ClientError:
            return 0

    async def emptied(self) -> None:
        async def it_is() -> bool:
            page = (await self.page())[1]
            return bool(page) and not page["problems"] and page["spool"]["payloads"] == 0

        await eventually(it_is)

    async def _records(self, topic: TopicSpec) -> AsyncIterator[Record]:
        async with PartitionReader(self.settings) as reader:
            for number in range(topic.partitions):
                partition = TopicPartition(topic.name, number)
                async for record in reader.read(partition, *await reader.bounds(partition)):
                    yield record

    async def reads(self) -> list[ReadEvent]:
        topic = Topics.of(self.settings).reads
        return [decode_read_event(record.value) async for record in self._records(topic)]

    async def errors(self) -> list[str]:
        topic = Topics.of(self.settings).dead_letters
        return [decode_dead_letter(record.value).error async for record in self._records(topic)]


@asynccontextmanager
async def intake(settings: Settings, folder: Path) -> AsyncIterator[Intake]:
    changed = {"feeds": feeds(folder), "spool": folder / "spool", "reads_port": free_port()}
    settings = settings.model_copy(update=changed)
    worker = await Worker.start(settings, folder / "log", COMMAND)
    found = Intake(settings, folder / "log", worker)
    try:
        await found.listens()
        yield found
    finally:
        found.worker.signal(signal.SIGKILL)
        await found.worker.ended()


def group(number: int) -> Mapping[str, Any]:
    return {**samples.REKOR_GROUP, "epoch_start": LONG_AGO_MS, "best_uuid": f"AGENT-1234-{number}"}


async def test_a_read_comes_to_its_topic_once_however_often_it_is_sent(
    settings: Settings, tmp_path: Path
) -> None:
    async with intake(settings, tmp_path) as door:
        for _ in range(3):
            assert await door.send("rekor", group(1)) == HTTPStatus.OK
        assert await door.send("axis", {**samples.AXIS, "capture_timestamp": LONG_AGO_MS}) == HTTPStatus.OK
        await door.emptied()
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
