"""Running the asynchronous part of a command."""

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")

# Both tell of a broken connection at each try; the command tells it once.
LIBRARIES = ("aiokafka", "asyncio")


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run asynchronous work to its end; what goes wrong is told once, by the command.

    Ctrl-C is no error of ours: click tells it, and ends with its own exit code.
    """
    quiet_libraries()
    return asyncio.run(work)


def quiet_libraries() -> None:
    """Keep libraries from telling a fault beside us, in lines that name no way out."""
    for library in LIBRARIES:
        logging.getLogger(library).setLevel(logging.CRITICAL)
