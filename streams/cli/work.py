"""Running the asynchronous part of a command."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from streams.logs import quiet_libraries

T = TypeVar("T")


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run asynchronous work to its end; what goes wrong is told once, by the command.

    Ctrl-C is no error of ours: click tells it, and ends with its own exit code.
    """
    quiet_libraries()
    return asyncio.run(work)
