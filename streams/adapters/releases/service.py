"""The desk of releases as a service: books that it follows, a chain that it alone writes, pages before it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from http import HTTPStatus

from aiohttp import web

from streams.adapters.api.credentials import Credentials, clients_of
from streams.adapters.api.door import Door
from streams.adapters.api.meter import Meter
from streams.adapters.api.rate import Rate
from streams.adapters.api.tls import server_context
from streams.adapters.releases.desk import ReleaseDesk
from streams.adapters.releases.log import release_log
from streams.adapters.releases.pages import Pages
from streams.books.replica import BooksReplica
from streams.books.state import BooksState
from streams.chains.log import open_log
from streams.clock import Clock
from streams.codecs.record_codec import OUTPUT_LIMIT
from streams.codecs.vault import open_vault
from streams.errors import InputError
from streams.metric_names import Operation
from streams.metrics import CONTENT_TYPE
from streams.settings import Settings
from streams.web import harden, json_page, listening

WAY_OUT = "set ALPR_GATE_RELEASES_HOST and ALPR_GATE_RELEASES_PORT to what is free"
LOOK_SECONDS = 30.0
_DECISION_ID = "[0-9a-f-]{36}"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskServing:
    """A desk that listens: its port, and the watch over receipts, which ends only when it fails."""

    port: int
    watching: asyncio.Task[None]


@asynccontextmanager
async def serve_releases(settings: Settings, clock: Clock) -> AsyncIterator[DeskServing]:
    """Serve the agency's own systems and recipients while the context lasts.

    Raises:
        InputError: there is no file of tokens or no vault, or TLS is not set up as it must be.
        LedgerError: the chain of releases does not verify.
        UnavailableError: no broker answers, or the port is taken.
    """
    if settings.api_tokens is None or settings.vault is None:
        raise InputError("no tokens or no vault: name them in ALPR_GATE_API_TOKENS and ALPR_GATE_VAULT")
    tls, meter = server_context(settings), Meter(clock)
    credentials = Credentials(settings.api_tokens, clients_of(settings), clock)
    door = Door(credentials, Rate(settings.api_per_minute, clock), lambda _: None, meter.refused)
    replica = BooksReplica(settings, clock, f"{settings.instance_id}-releases")
    async with AsyncExitStack() as stack:
        log = await stack.enter_async_context(open_log(settings, release_log(settings)))
        await replica.start()
        stack.push_async_callback(replica.stop)
        desk = ReleaseDesk(settings, replica, log, open_vault(settings.vault), clock)
        watching = await stack.enter_async_context(_watching(desk))
        app = application(door, Pages(desk), replica, meter)
        listener = listening(app, settings.releases_host, settings.releases_port, WAY_OUT, tls)
        yield DeskServing(port=await stack.enter_async_context(listener), watching=watching)


@asynccontextmanager
async def _watching(desk: ReleaseDesk) -> AsyncIterator["asyncio.Task[None]"]:
    async def watch() -> None:
        while True:
            await desk.tell_overdue()
            await asyncio.sleep(LOOK_SECONDS)

    watching = asyncio.create_task(watch())
    try:
        yield watching
    finally:
        watching.cancel()
        with suppress(asyncio.CancelledError):
            await watching


def application(door: Door, pages: Pages, replica: BooksReplica, meter: Meter) -> web.Application:
    """Return the web application; it logs no request."""
    app = web.Application(client_max_size=OUTPUT_LIMIT, middlewares=[meter.middleware()])
    add = app.router.add_route
    add("POST", "/v1/orders", door.guarding(pages.redeem), name=Operation.REDEEM)
    closing = f"/v1/orders/{{decision_id:{_DECISION_ID}}}/receipt"
    add("POST", closing, door.guarding(pages.receipt), name=Operation.RECEIPT)
    add("POST", "/v1/images", door.guarding(pages.image), name=Operation.FETCH)

    async def show_readiness(_: web.Request) -> web.Response:
        is_current = replica.state is BooksState.CURRENT
        problems = () if is_current else (f"the books are {replica.state}, not current",)
        status = HTTPStatus.OK if is_current else HTTPStatus.SERVICE_UNAVAILABLE
        return json_page(status, {"ready": is_current, "problems": problems})

    async def show_metrics(_: web.Request) -> web.Response:
        return web.Response(body=meter.render(), headers={"Content-Type": CONTENT_TYPE})

    app.router.add_get("/readyz", show_readiness)
    app.router.add_get("/metrics", show_metrics)
    app.on_response_prepare.append(harden)
    return app
