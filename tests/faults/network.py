"""A network between workers and a broker that can be slow, cut or silent: a small TCP proxy."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from streams.kafka.ports import HOST

CHUNK = 1 << 16


class Network:
    """Carries bytes between whoever connects to it and the broker's `port`; good until told otherwise.

    `delay` is in seconds, for each chunk and each way. Silent, it keeps connections and carries nothing, as
    a firewall that drops packets; cut, it ends connections and refuses new ones.
    """

    def __init__(self, port: int) -> None:
        self._port = port
        self.delay = 0.0
        self._carries = asyncio.Event()
        self._carries.set()
        self._refuses = False
        self._writers: set[asyncio.StreamWriter] = set()

    def silence(self) -> None:
        """Carry nothing from now on."""
        self._carries.clear()

    def cut(self) -> None:
        """End every connection, and refuse new ones."""
        self._refuses = True
        for writer in self._writers:
            writer.close()

    def mend(self) -> None:
        """Be a good network again."""
        self.delay = 0.0
        self._refuses = False
        self._carries.set()

    async def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection until either end closes it."""
        self._writers.add(writer)
        with suppress(OSError):
            if not self._refuses:
                await self._join(reader, writer)
        self._writers.discard(writer)
        writer.close()

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection(HOST, self._port)
        self._writers.add(far_writer)
        ways = [
            asyncio.create_task(self._carry(reader, far_writer)),
            asyncio.create_task(self._carry(far_reader, writer)),
        ]
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        for way in ways:
            way.cancel()
        await asyncio.gather(*ways, return_exceptions=True)
        self._writers.discard(far_writer)
        far_writer.close()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while chunk := await reader.read(CHUNK):
            if self.delay:
                await asyncio.sleep(self.delay)
            await self._carries.wait()
            writer.write(chunk)
            await writer.drain()


@asynccontextmanager
async def network(listen: int, port: int) -> AsyncIterator[Network]:
    """Listen on a port of this machine and carry to another one."""
    between = Network(port)
    server = await asyncio.start_server(between.accept, HOST, listen)
    try:
        yield between
    finally:
        between.mend()
        between.cut()
        server.close()
