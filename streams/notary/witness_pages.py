"""The one page of a witness: `POST /add-checkpoint`."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus

from aiohttp import web

from streams.clock import Clock
from streams.notary.witness import Witness
from streams.web import listening

# A submission is a few kilobytes.
MOST_BYTES = 64 << 10


@asynccontextmanager
async def serve_witness(witness: Witness, clock: Clock, host: str, port: int) -> AsyncIterator[int]:
    """Serve until the context ends; yield the port in use, also when a free one (0) was asked for.

    Raises:
        UnavailableError: the port is taken.
    """

    # No await between its look at what it saw and its signature: two at a time could cosign two ledgers.
    async def add_checkpoint(request: web.Request) -> web.Response:
        body = await request.read()
        try:
            text = body.decode()
        except UnicodeDecodeError:
            return web.Response(status=HTTPStatus.BAD_REQUEST, text="expected UTF-8\n")
        reply = witness.add(text, int(clock.now().timestamp()))
        return web.Response(status=reply.status, text=reply.text, content_type=reply.content_type)

    app = web.Application(client_max_size=MOST_BYTES)
    app.router.add_post("/add-checkpoint", add_checkpoint)
    async with listening(app, host, port, "give --host and --port an address that is free") as used:
        yield used
