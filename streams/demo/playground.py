"""A broker, the owner of the books and a worker, for as long as a demonstration lasts.

INVARIANT: nothing outlives the demonstration, however it ends. Each process is below a supervisor that ends
it when this one is gone, and all files are in the one folder that goes with the broker.
"""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

import aiohttp

from streams.clock import Clock
from streams.codecs.keyring import Keyring
from streams.demo.people import People, people_in
from streams.errors import UnavailableError
from streams.kafka.child import Child
from streams.kafka.own_broker import own_broker
from streams.kafka.ports import free_port
from streams.settings import Settings

# Seconds; the first worker also makes the topics.
READY_SECONDS = 60.0
# Longer than a worker's own `drain_seconds`, so that it is killed only when it hangs.
STOP_SECONDS = 15.0
LOOK_AGAIN_SECONDS = 0.1
TOLD_LINES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Playground:
    """Where everything is: the settings of the worker, the file that takes its output, and who acts.

    `log` is gone with the folder of the broker, so what is worth telling of it is told in an error.
    """

    settings: Settings
    log: Path
    people: People

    @property
    def pages(self) -> str:
        """Return the address of the worker's pages."""
        return f"http://{self.settings.web_host}:{self.settings.web_port}"


@asynccontextmanager
async def playground(partitions: int, keyring: Keyring) -> AsyncIterator[Playground]:
    """Start a broker on a free port; it is gone with its data when the context ends.

    Other settings are those of the environment, so that a demonstration can also show what they change.

    Raises:
        InputError: a setting is not what it must be.
        UnavailableError: the broker cannot be started.
    """
    with own_broker(keyring) as (settings, folder):
        people = people_in(folder)
        ours = {"instance_id": "demo-worker", "partitions": partitions, "web_port": free_port()}
        here = settings.model_copy(update={**ours, **people.settings})
        yield Playground(settings=here, log=folder / "worker.log", people=people)


@asynccontextmanager
async def owner(ground: Playground) -> AsyncIterator[None]:
    """Run `alpr-gate books own` as a process of its own until the context ends."""
    files = ("--key", str(ground.people.owner_key), "--memory", str(ground.people.owner_memory))
    process = _started(ground, ("books", "own", *files), ground.log.with_name("owner.log"))
    try:
        yield
    finally:
        await asyncio.to_thread(process.stop, STOP_SECONDS)


@asynccontextmanager
async def worker(ground: Playground, clock: Clock) -> AsyncIterator[None]:
    """Run `alpr-gate run` as a process of its own until the context ends; it is ready when it begins.

    Raises:
        UnavailableError: the worker ended, or took too long to become ready; with the end of its log.
    """
    process = _started(ground, ("run",), ground.log)
    try:
        await _ready(ground, process, clock.monotonic() + READY_SECONDS, clock)
        yield
    finally:
        # A thread, because the wait would stop the event loop, and with it whatever else is being closed.
        await asyncio.to_thread(process.stop, STOP_SECONDS)


def _started(ground: Playground, words: Sequence[str], log: Path) -> Child:
    # What Faust puts in the temporary folder has to go with the rest.
    environment = {**os.environ, **ground.settings.environment(), "TMPDIR": str(ground.log.parent)}
    return Child([sys.executable, "-m", "streams", *words], log, environment=environment)


async def _ready(ground: Playground, process: Child, until: float, clock: Clock) -> None:
    async with aiohttp.ClientSession() as session:
        while not await _answers(session, f"{ground.pages}/readyz"):
            if not process.alive or clock.monotonic() > until:
                tail = ground.log.read_text(errors="replace").strip().splitlines()[-TOLD_LINES:]
                raise UnavailableError("the worker did not become ready; it said: " + " | ".join(tail))
            await asyncio.sleep(LOOK_AGAIN_SECONDS)


async def _answers(session: aiohttp.ClientSession, url: str) -> bool:
    try:
        async with session.get(url) as response:
            return response.status == HTTPStatus.OK
    except aiohttp.ClientError:
        return False
