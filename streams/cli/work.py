"""Running the asynchronous part of a command."""

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")

LIBRARIES = ("aiokafka", "asyncio")


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run asynchronous work to its end; what goes wrong is told once, by the command.

    The libraries tell of it too, in lines that name no way out and may hold texts from outside.
    """
    for library in LIBRARIES:
        logging.getLogger(library).setLevel(logging.CRITICAL)
    return asyncio.run(work)
