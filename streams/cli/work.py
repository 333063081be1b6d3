"""Running the asynchronous part of a command."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from streams.kafka.schema_registry import settle_schema_ids
from streams.logs import quiet_libraries
from streams.settings import load_settings

T = TypeVar("T")


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run asynchronous work to its end; what goes wrong is told once, by the command.

    Ctrl-C is no error of ours: click tells it, and ends with its own exit code.
    """
    quiet_libraries()
    return asyncio.run(_work(work))


async def _work(work: Coroutine[Any, Any, T]) -> T:
    try:
        await settle_schema_ids(load_settings())
    except BaseException:
        # Python would warn of work that was never begun.
        work.close()
        raise
    return await work
