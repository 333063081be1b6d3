"""Work on the next records while a transaction is on its way to the brokers and the processor would wait."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager

from streams.clock import Clock
from streams.kafka.batch import Record

# Far below a round trip: what goes on meanwhile is a chain of short steps that must not wait.
SLICE_SECONDS = 0.0005


@asynccontextmanager
async def preparing(
    records: Iterable[Record], prepare: Callable[[Record], None], clock: Clock
) -> AsyncIterator[None]:
    """Prepare the records in order, for as long as the context lasts.

    What `prepare` raises is left to whoever takes the record later: that it is prepared is never needed.
    """

    async def in_slices() -> None:
        slice_end = clock.monotonic() + SLICE_SECONDS
        for record in records:
            prepare(record)
            if clock.monotonic() > slice_end:
                await asyncio.sleep(0)
                slice_end = clock.monotonic() + SLICE_SECONDS

    task = asyncio.create_task(in_slices())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
