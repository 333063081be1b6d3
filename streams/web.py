"""The worker's pages for machines: `/metrics`, `/healthz` and `/readyz`.

What they tell comes in as two functions, so this module knows neither the books nor the gate. No request is
logged, and nothing that a caller sends is answered back.

There is no authentication, so the pages tell states and numbers only. Health and readiness differ on purpose:
a worker that waits for its books is not ready and yet healthy, and to restart it would help nobody.
"""

import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

import orjson
from aiohttp import web

from streams.errors import UnavailableError
from streams.metrics import CONTENT_TYPE

CURRENT = "current"
# For a browser that is led here: nothing is kept, framed or guessed. `Server` hides aiohttp's version.
SECURITY_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Server": "alpr-gate",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Readiness:
    """Whether this worker can decide now: the state of its books, and what it does with its partitions.

    `partitions` are those that the worker owns, `waiting` those of them whose writer is not ready yet. Books
    can be current and empty, so whether there is a policy to decide by is told apart. `obstacles` are what
    else keeps a partition from deciding, one sentence each.
    """

    books_state: str
    books_revision: int
    partitions: tuple[int, ...]
    waiting: tuple[int, ...] = ()
    has_policy: bool = True
    obstacles: tuple[str, ...] = ()

    @property
    def problems(self) -> tuple[str, ...]:
        """Return why the worker is not ready, one sentence each; empty when it is."""
        checks = (
            (self.books_state != CURRENT, f"the books are {self.books_state}, not current"),
            (not self.has_policy, "the books hold no policy; apply one with `alpr-gate policy apply FILE`"),
            (not self.partitions, "no partition is assigned to this worker"),
            (self.waiting, f"no writer is ready for partition {', '.join(map(str, self.waiting))}"),
        )
        return (*(sentence for failed, sentence in checks if failed), *self.obstacles)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pages:
    """What the pages tell, asked anew for every request.

    Both functions run on the worker's event loop and must not block: while they run, nothing is decided.
    """

    metrics: Callable[[], bytes]
    readiness: Callable[[], Readiness]

    async def show_metrics(self, _: web.Request) -> web.Response:
        """Answer with all metrics, in Prometheus' text format 0.0.4."""
        return web.Response(body=self.metrics(), headers={"Content-Type": CONTENT_TYPE})

    async def show_health(self, _: web.Request) -> web.Response:
        """Answer at all: the process lives and its event loop turns."""
        return json_page(200, {"alive": True})

    async def show_readiness(self, _: web.Request) -> web.Response:
        """Answer 200 when the worker can decide, else 503 with the reasons."""
        # Asked once, so that the status and the sentences are of the same moment.
        readiness = self.readiness()
        problems = readiness.problems
        return json_page(
            503 if problems else 200,
            {
                "ready": not problems,
                "problems": problems,
                "books": {"state": readiness.books_state, "revision": readiness.books_revision},
                "partitions": readiness.partitions,
            },
        )


def json_page(status: int, content: object) -> web.Response:
    """Return a response of JSON."""
    return web.Response(status=status, body=orjson.dumps(content), content_type="application/json")


async def harden(_: web.Request, response: web.StreamResponse) -> None:
    """Put the headers on a response; for an application's `on_response_prepare`."""
    response.headers.update(SECURITY_HEADERS)


def application(pages: Pages) -> web.Application:
    """Return the web application; every other path is 404, every other method 405."""
    # No page takes a body, so one byte is enough; 0 would mean no limit.
    app = web.Application(client_max_size=1)
    app.router.add_get("/metrics", pages.show_metrics)
    app.router.add_get("/healthz", pages.show_health)
    app.router.add_get("/readyz", pages.show_readiness)
    app.on_response_prepare.append(harden)
    return app


def metrics_application(metrics: Callable[[], bytes]) -> web.Application:
    """Return the web application of a process that is no worker: `/metrics` and nothing else."""

    async def show(_: web.Request) -> web.Response:
        return web.Response(body=metrics(), headers={"Content-Type": CONTENT_TYPE})

    app = web.Application(client_max_size=1)
    app.router.add_get("/metrics", show)
    app.on_response_prepare.append(harden)
    return app


@asynccontextmanager
async def serve(host: str, port: int, pages: Pages) -> AsyncIterator[int]:
    """Serve the pages while the context lasts; its value is the port, also when 0 asked for a free one.

    Raises:
        UnavailableError: the address cannot be listened on.
    """
    way_out = "set ALPR_GATE_WEB_HOST and ALPR_GATE_WEB_PORT to an address that is free"
    async with listening(application(pages), host, port, way_out) as used:
        yield used


@asynccontextmanager
async def listening(
    app: web.Application, host: str, port: int, way_out: str, tls: ssl.SSLContext | None = None
) -> AsyncIterator[int]:
    """Serve an application while the context lasts; its value is the port, also when 0 asked for a free one.

    Without `tls` it is plain HTTP.

    Raises:
        UnavailableError: the address cannot be listened on; `way_out` says what to do then.
    """
    # Signals are for whoever runs the loop to handle.
    runner = web.AppRunner(app, access_log=None, handle_signals=False)
    await runner.setup()
    try:
        yield await _listen(runner, (host, port, tls), way_out)
    finally:
        await runner.cleanup()


async def _listen(runner: web.AppRunner, where: tuple[str, int, ssl.SSLContext | None], way_out: str) -> int:
    host, port, tls = where
    site = web.TCPSite(runner, host, port, ssl_context=tls)
    try:
        await site.start()
    except OSError as error:
        raise UnavailableError(f"cannot listen on `{host}:{port}`: {error.strerror}; {way_out}") from error
    return int(runner.addresses[0][1])
