"""Many recorded requests compared by two sides, on all processors.

Rules are Python and cannot share a process: each process gets both sides once, and then batches of raw bytes,
because to decode costs as much as to decide. The results are the same whatever the number of processes.
"""

import asyncio
import os
import signal
from collections import Counter, deque
from collections.abc import AsyncIterator, Callable
from concurrent.futures import Executor, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from datetime import datetime
from multiprocessing import get_context

from streams.errors import CodecError, UnavailableError
from streams.policy.comparison import Comparison
from streams.rehearsal.asked import Asked, Batch
from streams.rehearsal.tally import Tally

# Batches waiting for each process: one at work, and one ready for it.
AHEAD = 2


async def replay(
    batches: AsyncIterator[Batch], comparison: Comparison, now: datetime, advance: Callable[[int], object]
) -> Tally:
    """Return the tally of all batches; `advance` is told the extent of each that is done.

    A request is decided as at the time when it was decided, else when it was asked, else at `now`.

    Raises:
        UnavailableError: a process was ended from outside, perhaps for want of memory.
    """
    processes = os.cpu_count() or 1
    pool = ProcessPoolExecutor(
        processes,
        # Not forked: the client of the broker may have threads and sockets by now.
        mp_context=get_context("spawn"),
        initializer=_begin,
        initargs=(comparison, now),
    )
    try:
        with pool:
            return await _replayed(batches, pool, AHEAD * processes, advance)
    except BrokenProcessPool as error:
        raise UnavailableError("a process of the replay was ended from outside; is memory short?") from error


async def _replayed(
    batches: AsyncIterator[Batch], pool: Executor, ahead: int, advance: Callable[[int], object]
) -> Tally:
    whole = Tally()
    loop = asyncio.get_running_loop()
    waiting: deque[tuple[asyncio.Future[Tally], int]] = deque()

    async def settle() -> None:
        # In order, so that the examples are the first ones however fast each process is.
        result, extent = waiting.popleft()
        whole.add(await result)
        advance(extent)

    async for batch in batches:
        waiting.append((loop.run_in_executor(pool, _tallied, batch), batch.extent))
        if len(waiting) > ahead:
            await settle()
    while waiting:
        await settle()
    return whole


def tally_of(batch: Batch, comparison: Comparison, now: datetime) -> Tally:
    """Return the tally of one batch; what is no request is told by its place."""
    tally = Tally(left_out=Counter(batch.left_out))
    for asked in batch.asked:
        try:
            _take(tally, batch, asked, comparison, now)
        except CodecError as error:
            tally.unreadable.append((asked.place, str(error)))
    return tally


def _take(tally: Tally, batch: Batch, asked: Asked, comparison: Comparison, now: datetime) -> None:
    request = batch.read(asked.value or b"")
    if not asked.is_vouched:
        request = request.unauthenticated()
    at = asked.decided_at or request.requested_at or now
    tally.note(request, at, comparison.of(request, at))


class _Process:
    """What one process of the pool compares with; set once, before its first batch."""

    comparison: Comparison
    now: datetime


def _begin(comparison: Comparison, now: datetime) -> None:
    # Ctrl-C reaches every process of the terminal; only the first one has something to tell.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _Process.comparison, _Process.now = comparison, now


def _tallied(batch: Batch) -> Tally:
    return tally_of(batch, _Process.comparison, _Process.now)
