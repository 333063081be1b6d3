"""Waiting for what a broker does in its own time, with a deadline."""

import asyncio
from collections.abc import Callable

DEADLINE = 60.0


async def until(holds: Callable[[], bool]) -> None:
    """Return once `holds` is true; fail after the deadline."""
    async with asyncio.timeout(DEADLINE):
        while not holds():  # noqa: ASYNC110  # a state is awaited, and it tells nobody
            await asyncio.sleep(0.02)
