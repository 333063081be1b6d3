"""Workers of the gate as processes of their own, which a test may stop, kill, freeze, read and ask."""

import asyncio
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import orjson

from streams.kafka.ports import free_port
from streams.settings import Settings

PATIENCE = 90.0
LOOK_AGAIN = 0.1


@dataclass(frozen=True)
class Page:
    """One answer of a worker's pages."""

    status: int
    body: bytes

    @property
    def problems(self) -> list[str]:
        return list(orjson.loads(self.body)["problems"])

    @property
    def partitions(self) -> list[int]:
        return list(orjson.loads(self.body)["partitions"])


async def eventually(look: Callable[[], Awaitable[bool]], patience: float = PATIENCE) -> None:
    """Look again and again until it is so."""
    async with asyncio.timeout(patience):
        while not await look():  # noqa: ASYNC110  # what is looked at is another process
            await asyncio.sleep(LOOK_AGAIN)


class Worker:
    """One process; `command` is what runs it, by default `python -m streams run`."""

    def __init__(self, settings: Settings, log: Path, process: asyncio.subprocess.Process) -> None:
        self.settings = settings
        self._log = log
        self._process = process

    @classmethod
    async def start(cls, settings: Settings, log: Path, command: tuple[str, ...] = ()) -> "Worker":
        settings = settings.model_copy(update={"web_port": settings.web_port or free_port()})
        arguments = command or (sys.executable, "-m", "streams", "run")
        with log.open("ab") as output:
            process = await asyncio.create_subprocess_exec(
                *arguments,
                env={**os.environ, **settings.environment(), "PYTHONUNBUFFERED": "1"},
                stdout=output,
                stderr=output,
            )
        return cls(settings, log, process)

    @property
    def said(self) -> str:
        """All that it has written to stdout and stderr."""
        return self._log.read_text("utf-8", "replace")

    @property
    def last_words(self) -> str:
        """The line in which a worker says why it ends, or nothing."""
        fatal = [line for line in self.said.splitlines() if line.startswith("alpr-gate: ")]
        return "\n".join(fatal)

    @property
    def alive(self) -> bool:
        return self._process.returncode is None

    async def page(self, path: str) -> Page | None:
        """Return what it answers, or None when it does not."""
        url = f"http://{self.settings.web_host}:{self.settings.web_port}{path}"
        timeout = aiohttp.ClientTimeout(total=2)
        try:
            async with aiohttp.ClientSession(timeout=timeout) as session, session.get(url) as response:
                return Page(response.status, await response.read())
        except (aiohttp.ClientError, TimeoutError):
            return None

    async def metric(self, name: str) -> float:
        """Return the sum of a metric over its labels; 0 when it is not there."""
        page = await self.page("/metrics")
        lines = (page.body.decode() if page else "").splitlines()
        return sum(float(line.split()[-1]) for line in lines if line.split("{")[0].split(" ")[0] == name)

    async def answers(self, status: int, patience: float = PATIENCE) -> Page:
        """Wait until `/readyz` answers with that status."""
        async with asyncio.timeout(patience):
            while True:
                page = await self.page("/readyz")
                if page is not None and page.status == status:
                    return page
                assert self.alive, f"the worker ended with {self._process.returncode}: {self.said[-3000:]}"
                await asyncio.sleep(LOOK_AGAIN)

    async def ready(self, partitions: int = 1) -> "Worker":
        """Wait until it can decide, and owns at least so many partitions."""

        async def owns_them() -> bool:
            return len((await self.answers(200)).partitions) >= partitions

        await eventually(owns_them)
        return self

    async def says(self, text: str, patience: float = PATIENCE) -> None:
        """Wait until it has written that text."""

        async def it_did() -> bool:
            return text in self.said

        await eventually(it_did, patience)

    def signal(self, number: signal.Signals) -> None:
        if self.alive:
            self._process.send_signal(number)

    def freeze(self) -> None:
        self.signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self.signal(signal.SIGCONT)

    async def ended(self, patience: float = PATIENCE) -> int:
        """Wait until it has ended by itself, and return its exit code."""
        return await asyncio.wait_for(self._process.wait(), patience)

    @property
    def exit_code(self) -> int | None:
        return self._process.returncode

    async def outlives(self, work: Callable[[], Coroutine[Any, Any, None]]) -> bool:
        """Do the work; False when the worker ends before it is done."""
        working, ending = asyncio.create_task(work()), asyncio.create_task(self._process.wait())
        await asyncio.wait((working, ending), return_when=asyncio.FIRST_COMPLETED)
        if not working.done():
            working.cancel()
            await asyncio.gather(working, return_exceptions=True)
            return False
        ending.cancel()
        await working
        return True

    async def stop(self) -> int:
        """Stop it as an operator does, and return its exit code."""
        self.signal(signal.SIGTERM)
        return await self.ended()

    async def kill(self) -> None:
        """Kill it as a crash would."""
        self.signal(signal.SIGKILL)
        await self.ended()


def worker_settings(settings: Settings, name: str, changes: Mapping[str, object]) -> Settings:
    """Return the settings of one worker: those of the house, its own name, and what the test wants."""
    return settings.model_copy(update={"instance_id": name, "log_json": True, **changes})
