"""A broker, books and a worker process, for as long as a demonstration lasts."""

import asyncio
import os
import secrets
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from tempfile import TemporaryDirectory

import aiohttp

from streams.clock import Clock
from streams.codecs.keyring import Keyring, new_keyring, write_keyring
from streams.errors import UnavailableError
from streams.kafka.embedded import EmbeddedKafka
from streams.settings import Settings

READY_SECONDS = 60.0
STOP_SECONDS = 15.0
LOOK_AGAIN_SECONDS = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Playground:
    """Where everything is: the settings of the worker, and the keyring that intakes seal with."""

    settings: Settings
    keyring: Keyring
    log: Path

    @property
    def pages(self) -> str:
        """Return the address of the worker's pages."""
        return f"http://{self.settings.web_host}:{self.settings.web_port}"


@asynccontextmanager
async def playground(partitions: int) -> AsyncIterator[Playground]:
    """Start a broker on a free port; it is gone with its data when the context ends."""
    with TemporaryDirectory(prefix="alpr-gate-demo-") as folder:
        place = Path(folder)
        keyring = new_keyring(secrets.token_bytes(64))
        write_keyring(keyring, place / "keyring.json")
        with EmbeddedKafka(place / "kafka") as broker:
            settings = Settings(
                bootstrap_servers=broker.bootstrap_servers,
                instance_id="demo-worker",
                partitions=partitions,
                keyring=place / "keyring.json",
                web_port=_free_port(),
            )
            yield Playground(settings=settings, keyring=keyring, log=place / "worker.log")


@asynccontextmanager
async def worker(ground: Playground, clock: Clock) -> AsyncIterator[None]:
    """Run `alpr-gate run` as a process of its own until the context ends; it is ready when it begins."""
    with ground.log.open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "streams",
            "run",
            env={**os.environ, **environment_of(ground.settings)},
            stderr=log,
            stdout=log,
        )
    try:
        await _ready(ground, process, clock.monotonic() + READY_SECONDS, clock)
        yield
    finally:
        await _stopped(process)


def environment_of(settings: Settings) -> dict[str, str]:
    """Return the variables that give another process these settings."""
    values = settings.model_dump(exclude_none=True, exclude={"bootstrap_servers"})
    named = {f"ALPR_GATE_{name.upper()}": str(value) for name, value in values.items()}
    return {**named, "KAFKA_BOOTSTRAP_SERVERS": settings.bootstrap_servers}


async def _ready(ground: Playground, process: asyncio.subprocess.Process, until: float, clock: Clock) -> None:
    async with aiohttp.ClientSession() as session:
        while not await _answers(session, f"{ground.pages}/readyz"):
            if process.returncode is not None or clock.monotonic() > until:
                tail = ground.log.read_text(errors="replace").strip().splitlines()[-5:]
                raise UnavailableError("the worker did not become ready; it said: " + " | ".join(tail))
            await asyncio.sleep(LOOK_AGAIN_SECONDS)


async def _answers(session: aiohttp.ClientSession, url: str) -> bool:
    try:
        async with session.get(url) as response:
            return response.status == HTTPStatus.OK
    except aiohttp.ClientError:
        return False


async def _stopped(process: asyncio.subprocess.Process) -> None:
    """End the worker as an operator would, and only if that fails by force."""
    if process.returncode is None:
        process.terminate()
    try:
        await asyncio.wait_for(process.wait(), STOP_SECONDS)
    except TimeoutError:
        process.kill()
        await process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
