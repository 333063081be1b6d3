"""The intake of reads as a process of its own, and what a test asks of it."""

import hashlib
import io
import json
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
from aiokafka.structs import TopicPartition

from streams.adapters.reads.formats import READ_FORMATS
from streams.codecs.dead_letter import decode_dead_letter
from streams.codecs.read_event import decode_read_event
from streams.examples import read_example
from streams.kafka.batch import Record
from streams.kafka.ports import free_port
from streams.kafka.reader import PartitionReader
from streams.policy.read_event import ReadEvent
from streams.settings import Settings
from streams.topics import Topics, TopicSpec
from tests.adapters.reads import samples
from tests.workers import Worker, eventually

SECRET = "a secret"  # noqa: S105  # of this test alone
# The process has the machine's clock, and the samples are of a day to come.
LONG_AGO_MS = 1740859199750
COMMAND = (sys.executable, "-m", "streams", "reads", "serve")
PASSWORD = {"Authorization": aiohttp.encode_basic_auth("camera", SECRET)}


def feeds(folder: Path, more: Mapping[str, str]) -> Path:
    """Write a file of feeds: one of each format over HTTP, and `more` of Rekor, each with its way in."""
    file = folder / "feeds.yaml"
    secret = f"secret_sha256: {hashlib.sha256(SECRET.encode()).hexdigest()}"
    lines = [f"reference_key: {bytes(32).hex()}", "feeds:"]
    (folder / "list.yaml").write_text(read_example("mappings/plain_csv.yaml"))
    (folder / "verkada.yaml").write_text(read_example("mappings/verkada.yaml"))
    forms = {name: f"format: {name}" for name in READ_FORMATS}
    for name, form in (forms | {"list": "mapping: list.yaml", "verkada": "mapping: verkada.yaml"}).items():
        lines += [f"  - name: {name}", f"    {form}", f"    network: {name} cameras"]
        lines += ["    zone: America/Los_Angeles", f"    {secret}"]
    for name, way in more.items():
        lines += [f"  - name: {name}", "    format: rekor", f"    network: {name} cameras"]
        lines += ["    zone: America/Los_Angeles", f"    {way}"]
    file.write_text("\n".join(lines))
    file.chmod(0o600)
    return file


@dataclass
class Intake:
    """The command, and what a test asks of it."""

    settings: Settings
    log: Path
    worker: Worker

    async def kill(self) -> None:
        await self.worker.kill()

    async def start(self) -> None:
        self.worker = await Worker.start(self.settings, self.log, COMMAND)
        await self.listens()

    async def restart(self) -> None:
        await self.kill()
        await self.start()

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

    async def metric(self, name: str, feed: str) -> float:
        """Return a metric of one feed, as the page of metrics has it."""
        url = f"http://127.0.0.1:{self.settings.reads_metrics_port}/metrics"
        async with aiohttp.ClientSession() as session, session.get(url) as response:
            lines = (await response.text()).splitlines()
        return sum(float(line.split()[-1]) for line in lines if line.startswith(f'{name}{{feed="{feed}"'))

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
async def intake(settings: Settings, folder: Path, **more: str) -> AsyncIterator[Intake]:
    """Run the command while the context lasts; `more` are feeds with their ways in."""
    changed = {
        "feeds": feeds(folder, more),
        "spool": folder / "spool",
        "reads_port": free_port(),
        "reads_metrics_port": free_port(),
    }
    settings = settings.model_copy(update=changed)
    worker = await Worker.start(settings, folder / "log", COMMAND)
    found = Intake(settings, folder / "log", worker)
    try:
        await found.listens()
        yield found
    finally:
        await found.kill()


def group(number: int) -> Mapping[str, Any]:
    return {**samples.REKOR_GROUP, "epoch_start": LONG_AGO_MS, "best_uuid": f"AGENT-1234-{number}"}
