"""The intake of reads, put together: the spool, the pages before it and the sender behind it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from streams.adapters.reads.feed_file import load_feeds
from streams.adapters.reads.intake import ReadIntake
from streams.adapters.reads.sender import Sender
from streams.adapters.reads.spool import Spool
from streams.clock import Clock
from streams.errors import InputError
from streams.settings import Settings
from streams.web import listening

WAY_OUT = "set ALPR_GATE_READS_HOST and ALPR_GATE_READS_PORT to an address that is free"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadServing:
    """An intake that listens: its port, and the sending, which ends only when it fails."""

    port: int
    sending: asyncio.Task[None]


@asynccontextmanager
async def serve_reads(settings: Settings, clock: Clock) -> AsyncIterator[ReadServing]:
    """Take reads while the context lasts, also while no broker answers.

    Raises:
        InputError: a setting is missing, the file of feeds cannot be read, or the spool cannot be opened.
        UnavailableError: the port is taken.
    """
    if settings.feeds is None or settings.spool is None:
        raise InputError("no feeds or no spool: name their files in ALPR_GATE_FEEDS and ALPR_GATE_SPOOL")
    feeds = load_feeds(settings.feeds)
    async with Spool.open(settings.spool, settings.spool_bytes) as spool:
        sender = Sender(settings, feeds, spool, clock)
        app = ReadIntake(feeds, spool, sender, clock).application()
        sending = asyncio.create_task(sender.run())
        try:
            async with listening(app, settings.reads_host, settings.reads_port, WAY_OUT) as port:
                yield ReadServing(port=port, sending=sending)
        finally:
            sending.cancel()
            with suppress(asyncio.CancelledError):
                await sending
