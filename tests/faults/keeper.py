"""One worker under supervision: whenever its process ends, another one takes its place, as systemd would."""

import asyncio
import signal
from collections.abc import Callable, Mapping

from tests.gatehouse import Gatehouse
from tests.workers import PATIENCE, Worker

# What a restart heals: no broker, a fatal fault, fenced, and the kills that we inject.
PASSING = frozenset({0, 69, 70, 75, -signal.SIGKILL})
FOREVER = 86_400.0
# As between the restarts of a real supervisor, so that a worker that cannot start does not take all the CPU.
PAUSE = 0.2
LOOK_AGAIN = 0.05

Command = tuple[str, ...]


def usual() -> Command:
    """Return the usual command."""
    return ()


class Keeper:
    """Keeps a worker of that name running until it is cancelled; `command` is asked at each start."""

    def __init__(
        self,
        house: Gatehouse,
        name: str,
        changes: Mapping[str, object],
        command: Callable[[], Command] = usual,
    ) -> None:
        self.starts = 0
        self._house = house
        self._name = name
        self._changes = changes
        self._command = command
        self._worker: Worker | None = None
        self._started = asyncio.Event()

    async def run(self) -> None:
        """Start and wait, again and again.

        Raises:
            AssertionError: it ended in a way that no restart heals.
        """
        while True:
            self._worker = await self._house.start(self._name, self._changes, self._command())
            self.starts += 1
            self._started.set()
            code = await self._worker.ended(FOREVER)
            self._started.clear()
            if code not in PASSING:
                raise AssertionError(f"{self._name} ended with {code}: {self._worker.said[-3000:]}")
            await asyncio.sleep(PAUSE)

    async def worker(self) -> Worker:
        """Return the running worker, once there is one."""
        async with asyncio.timeout(PATIENCE):
            await self._started.wait()
        if self._worker is None:
            raise AssertionError  # set before the event
        return self._worker

    async def ready(self, partitions: int = 1) -> Worker:
        """Wait until a process of it can decide, however many end before that; return its worker."""
        async with asyncio.timeout(PATIENCE):
            while True:
                worker = await self.worker()
                page = await worker.page("/readyz")
                if page is not None and page.status == 200 and len(page.partitions) >= partitions:
                    return worker
                await asyncio.sleep(LOOK_AGAIN)
