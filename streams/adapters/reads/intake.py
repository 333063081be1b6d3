"""The HTTP intake of reads: vendors' webhooks, answered as soon as their payload is on the disk.

A vendor gives up after a second or two and rarely asks again, so nothing is parsed before the answer: what
turns out to be no read is told in the dead letters, not to the camera.
"""

import binascii
from base64 import b64decode
from collections.abc import Callable, Mapping
from http import HTTPStatus

from aiohttp import hdrs, web

from streams.adapters.api.body import bounded_body
from streams.adapters.api.problems import problem
from streams.adapters.reads.delivery import MOST_BYTES
from streams.adapters.reads.feed_file import FeedAccess
from streams.adapters.reads.meter import ReadMeter
from streams.adapters.reads.spool import Payload, Spool
from streams.clock import Clock
from streams.errors import UnavailableError
from streams.logs import get_logger
from streams.metric_names import NotTaken
from streams.web import harden, json_page

log = get_logger(__name__)

SIGNATURE = "X-Signature-256"
RETRY_SECONDS = "5"


class ReadIntake:
    """Takes payloads of known feeds into the spool; `problems` says what keeps reads from going on."""

    def __init__(
        self,
        feeds: Mapping[str, FeedAccess],
        spool: Spool,
        problems: Callable[[], tuple[str, ...]],
        meter: ReadMeter,
        clock: Clock,
    ) -> None:
        self._feeds = feeds
        self._spool = spool
        self._problems = problems
        self._meter = meter
        self._clock = clock

    def application(self) -> web.Application:
        """Return the web application. It logs no request."""
        app = web.Application(client_max_size=MOST_BYTES)
        app.router.add_post("/v1/feeds/{feed}", self.take)
        app.router.add_get("/healthz", self.show_health)
        app.router.add_get("/readyz", self.show_readiness)
        app.on_response_prepare.append(harden)
        return app

    async def take(self, request: web.Request) -> web.Response:
        """Keep one payload; 200 says that it is on the disk, and anything else that it is not."""
        body = await bounded_body(request, MOST_BYTES)
        if isinstance(body, web.Response):
            self._meter.not_taken(NotTaken.TOO_LARGE)
            return body
        if not body:
            self._meter.not_taken(NotTaken.EMPTY)
            return problem(HTTPStatus.BAD_REQUEST, "expected a body")
        access = self._feeds.get(request.match_info["feed"])
        # Whether there is no such feed or the secret is wrong is nothing to tell a stranger.
        if access is None or not access.admits(_secret(request), request.headers.get(SIGNATURE), body):
            self._meter.not_taken(NotTaken.REFUSED)
            return problem(
                HTTPStatus.UNAUTHORIZED,
                f"send the secret of the feed as a bearer token or password, or sign the body in {SIGNATURE}",
                headers={hdrs.WWW_AUTHENTICATE: 'Basic realm="feeds"'},
            )
        if self._spool.is_full:
            self._meter.not_taken(NotTaken.SPOOL_FULL)
            return _later("the spool is full: Kafka has been away too long")
        payload = Payload(
            feed=access.feed.name,
            content_type=request.headers.get(hdrs.CONTENT_TYPE, "")[:200],
            received_at=self._clock.now(),
            body=body,
        )
        try:
            await self._spool.put(payload)
        except UnavailableError as error:
            self._meter.not_taken(NotTaken.DISK)
            log.warning("a payload could not be kept", error=error)
            return _later("the spool cannot be written")
        self._meter.taken(access.feed.name)
        return json_page(HTTPStatus.OK, {"taken": True})

    async def show_health(self, _: web.Request) -> web.Response:
        """Answer at all."""
        return json_page(HTTPStatus.OK, {"alive": True})

    async def show_readiness(self, _: web.Request) -> web.Response:
        """Answer 200 while payloads are taken, with what waits; 503 when they are not.

        Kafka that is away is told and is no reason: the spool is there for that.
        """
        backlog = await self._spool.backlog()
        full = self._spool.is_full
        content = {
            "ready": not full,
            "problems": self._problems(),
            "spool": {"payloads": backlog.payloads, "bytes": backlog.size, "oldest": backlog.oldest},
        }
        return json_page(HTTPStatus.SERVICE_UNAVAILABLE if full else HTTPStatus.OK, content)


def _later(detail: str) -> web.Response:
    return problem(HTTPStatus.SERVICE_UNAVAILABLE, detail, headers={hdrs.RETRY_AFTER: RETRY_SECONDS})


def _secret(request: web.Request) -> str | None:
    """Return the bearer token or the password; cameras know the one or the other."""
    scheme, _, rest = request.headers.get(hdrs.AUTHORIZATION, "").partition(" ")
    if scheme.lower() == "bearer":
        return rest.strip()
    if scheme.lower() != "basic":
        return None
    try:
        return b64decode(rest, validate=True).decode().partition(":")[2]
    except (binascii.Error, UnicodeDecodeError):
        return None
