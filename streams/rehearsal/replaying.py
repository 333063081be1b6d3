"""Much recorded work compared by two sides, on all processors.

Rules are Python and cannot share a process: each process gets both sides once, and then pieces of work that
say where the requests are, or are raw bytes. To read and to decode costs more than to decide, so it is done
where it is decided. The results are the same whatever the number of processes.
"""

import asyncio
import gc
import os
import signal
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import Executor, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context

from streams.codecs.schema_ids import Ids, ids_in_use, use_ids
from streams.errors import UnavailableError
from streams.logs import quiet_libraries
from streams.rehearsal.asked import Rehearsal, Work
from streams.rehearsal.tally import Tally

# Pieces waiting for each process: one at work, and one ready for it.
AHEAD = 2


async def replay(pieces: Iterable[Work], rehearsal: Rehearsal, advance: Callable[[int], object]) -> Tally:
    """Return the tally of all pieces; `advance` is told the extent of each that is done.

    Raises:
        UnavailableError: a process was ended from outside, perhaps for want of memory, or cannot do its work.
        LedgerError: a record of the ledger cannot be read.
    """
    processes = os.cpu_count() or 1
    pool = ProcessPoolExecutor(
        processes,
        # Not forked: the client of the broker may have threads and sockets by now.
        mp_context=get_context("spawn"),
        initializer=_begin,
        initargs=(rehearsal, dict(ids_in_use())),
    )
    try:
        with pool:
            return await _replayed(pieces, pool, AHEAD * processes, advance)
    except BrokenProcessPool as error:
        raise UnavailableError("a process of the replay was ended from outside; is memory short?") from error


async def _replayed(
    pieces: Iterable[Work], pool: Executor, ahead: int, advance: Callable[[int], object]
) -> Tally:
    whole = Tally()
    loop = asyncio.get_running_loop()
    waiting: deque[tuple[asyncio.Future[Tally], int]] = deque()

    async def settle() -> None:
        # In order, so that the examples are the first ones however fast each process is.
        result, extent = waiting.popleft()
        whole.add(await result)
        advance(extent)

    for piece in pieces:
        waiting.append((loop.run_in_executor(pool, _tallied, piece), piece.extent))
        if len(waiting) > ahead:
            await settle()
    while waiting:
        await settle()
    return whole


class _Process:
    """What one process of the pool compares with; set once, before its first piece."""

    rehearsal: Rehearsal


def _begin(rehearsal: Rehearsal, ids: Ids) -> None:
    # Ctrl-C reaches every process of the terminal; only the first one has something to tell.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    quiet_libraries()
    if ids:
        use_ids(ids)
    _Process.rehearsal = rehearsal
    # The books stay as they are: nothing is gained by walking through them again and again.
    gc.freeze()


def _tallied(piece: Work) -> Tally:
    return piece.tallied(_Process.rehearsal)
