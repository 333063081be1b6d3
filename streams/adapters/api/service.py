"""The service: the pages, put together, on a producer and a reader that live as long as it does."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus

import orjson
from aiohttp import hdrs, web

from streams.adapters.api.answers import AnswerMemory
from streams.adapters.api.body import JSON_TYPE, MOST_BYTES
from streams.adapters.api.credentials import Credentials, clients_of
from streams.adapters.api.description import openapi
from streams.adapters.api.desk import Desk
from streams.adapters.api.door import Door
from streams.adapters.api.meter import Meter
from streams.adapters.api.problems import problem
from streams.adapters.api.rate import Rate
from streams.adapters.api.tls import server_context
from streams.adapters.intake import open_producer, require_topic, send_window, send_withdrawal
from streams.clock import Clock
from streams.codecs.access_tokens import load_tokens
from streams.codecs.client_certificates import load_client_certificates
from streams.codecs.keyring import Keyring
from streams.codecs.submission_json import REQUEST_ID
from streams.errors import InputError
from streams.kafka.following import Follower
from streams.metric_names import Operation
from streams.metrics import CONTENT_TYPE
from streams.policy.request import SharingRequest
from streams.policy.withdrawal import Withdrawal
from streams.settings import Settings
from streams.topics import Topics
from streams.web import harden, json_page, listening

WAY_OUT = "set ALPR_GATE_API_HOST, ALPR_GATE_API_PORT and ALPR_GATE_API_METRICS_PORT to what is free"
_ONE = f"/v1/requests/{{request_id:{REQUEST_ID}}}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Serving:
    """A service that listens: its ports, and the reading of answers, which ends only when it fails."""

    port: int
    metrics_port: int
    reading: asyncio.Task[None]


@asynccontextmanager
async def serve_api(settings: Settings, keyring: Keyring, clock: Clock) -> AsyncIterator[Serving]:
    """Serve partner agencies while the context lasts.

    Raises:
        InputError: there is no file of tokens, or none that can be read; TLS is not set up as it must be.
        UnavailableError: no broker answers, there is no topic of requests, or the port is taken.
    """
    if settings.api_tokens is None:
        raise InputError(
            "no tokens: name their file in ALPR_GATE_API_TOKENS, `alpr-gate api token` makes one"
        )
    tls, clients = server_context(settings), clients_of(settings)
    topics = Topics.of(settings)
    memory, meter = AnswerMemory(), Meter(clock)
    # Answers of the past are kept for whoever has a token by now; a later agency is admitted as it comes.
    for token in load_tokens(settings.api_tokens):
        memory.admit(token.entity_id)
    for known in () if clients is None else load_client_certificates(clients.file):
        memory.admit(known.entity_id)
    follower = Follower(settings, topics.answers.name, clock, memory.take)
    credentials = Credentials(settings.api_tokens, clients, clock)
    door = Door(credentials, Rate(settings.api_per_minute, clock), memory.admit, meter.refused)
    async with open_producer(settings) as producer:
        await require_topic(producer, topics.requests.name)

        async def send(sealed: SharingRequest | Withdrawal) -> None:
            if isinstance(sealed, Withdrawal):
                await send_withdrawal(producer, topics.requests.name, sealed)
            else:
                await send_window(producer, topics.requests.name, [sealed])

        desk = Desk(keyring, memory, send, lambda: follower.problem, clock)
        app = application(door, desk, partial(_problems, door, follower), meter)
        async with (
            _reading(follower) as reading,
            listening(app, settings.api_host, settings.api_port, WAY_OUT, tls) as port,
            listening(
                metrics_page(meter), settings.web_host, settings.api_metrics_port, WAY_OUT
            ) as metrics_port,
        ):
            yield Serving(port=port, metrics_port=metrics_port, reading=reading)


@asynccontextmanager
async def _reading(follower: Follower) -> AsyncIterator[asyncio.Task[None]]:
    reading = asyncio.create_task(follower.run())
    try:
        yield reading
    finally:
        reading.cancel()
        with suppress(asyncio.CancelledError):
            await reading


def _problems(door: Door, follower: Follower) -> tuple[str, ...]:
    return tuple(each for each in (follower.problem, door.problem) if each is not None)


def metrics_page(meter: Meter) -> web.Application:
    """Return the application that serves the metrics, apart from what partners reach."""

    async def show_metrics(_: web.Request) -> web.Response:
        return web.Response(body=meter.render(), headers={"Content-Type": CONTENT_TYPE})

    app = web.Application(client_max_size=1)
    app.router.add_get("/metrics", show_metrics)
    app.on_response_prepare.append(harden)
    return app


def application(
    door: Door, desk: Desk, problems: Callable[[], tuple[str, ...]], meter: Meter
) -> web.Application:
    """Return the web application; `problems` says why it is not ready. It logs no request."""
    app = web.Application(client_max_size=MOST_BYTES, middlewares=[meter.middleware(), _as_problems])
    add = app.router.add_route
    add("POST", "/v1/requests", door.guarding(desk.submit), name=Operation.SUBMIT)
    add("GET", _ONE, door.guarding(desk.show), name=Operation.SHOW)
    add("POST", f"{_ONE}/supplement", door.guarding(desk.supplement), name=Operation.SUPPLEMENT)
    add("POST", f"{_ONE}/withdrawal", door.guarding(desk.withdraw), name=Operation.WITHDRAW)
    description = orjson.dumps(openapi(), option=orjson.OPT_INDENT_2)

    async def describe(_: web.Request) -> web.Response:
        return web.Response(body=description, content_type=JSON_TYPE)

    async def show_health(_: web.Request) -> web.Response:
        return json_page(HTTPStatus.OK, {"alive": True})

    async def show_readiness(_: web.Request) -> web.Response:
        found = problems()
        status = HTTPStatus.SERVICE_UNAVAILABLE if found else HTTPStatus.OK
        return json_page(status, {"ready": not found, "problems": found})

    app.router.add_get("/v1/openapi.json", describe)
    app.router.add_get("/healthz", show_health)
    app.router.add_get("/readyz", show_readiness)
    app.on_response_prepare.append(harden)
    return app


@web.middleware
async def _as_problems(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Tell aiohttp's own refusals, such as 404 and 405, like ours; the path is not repeated."""
    try:
        return await handler(request)
    except web.HTTPException as refused:
        allow = refused.headers.get(hdrs.ALLOW)
        headers: Mapping[str, str] | None = None if allow is None else {hdrs.ALLOW: allow}
        return problem(HTTPStatus(refused.status), "see /v1/openapi.json for what there is", headers=headers)
