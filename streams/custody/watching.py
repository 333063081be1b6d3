"""Counts what is to be looked at again, and what is overdue, for as long as it runs.

It follows the ledger and the administrative acts, and keeps nothing of them but ids and dates.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus

from aiohttp import web
from prometheus_client import CollectorRegistry, Gauge
from prometheus_client.exposition import generate_latest

from streams import metric_names as names
from streams.clock import Clock
from streams.codecs.admin_action import decode_admin_action
from streams.codecs.ledger_record import decode_ledger_record
from streams.custody.second_looks import looked_at
from streams.errors import CodecError
from streams.kafka.admin import ensure_topics
from streams.kafka.batch import Record
from streams.kafka.following import Follower
from streams.logs import get_logger
from streams.metrics import CONTENT_TYPE
from streams.policy.vocabulary import DecisionId
from streams.settings import Settings
from streams.topics import Topics
from streams.web import harden, listening

log = get_logger(__name__)
WAY_OUT = "set ALPR_GATE_WEB_HOST and ALPR_GATE_REVIEW_METRICS_PORT to an address that is free"


class Owed:
    """What is owed a second look; looks and what they are at may come in any order.

    `is_unsure` once something could not be read, which may be either.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._due: dict[DecisionId, datetime] = {}
        self._looked_at: set[DecisionId] = set()
        self.is_unsure = False
        self.registry = CollectorRegistry()
        self._gauge(names.LOOKS_DUE).set_function(lambda: len(self._due))
        self._gauge(names.LOOKS_OVERDUE).set_function(self.overdue)

    def _gauge(self, spec: names.MetricSpec) -> Gauge:
        return Gauge(spec.name, spec.help, registry=self.registry)

    def take_decision(self, record: Record) -> None:
        """Note a record of the ledger."""
        try:
            said = decode_ledger_record(record.value)
        except CodecError as error:
            log.warning("a record of the ledger cannot be read", offset=record.offset, error=error)
            self.is_unsure = True
            return
        if said.review_due is not None and said.decision_id not in self._looked_at:
            self._due[said.decision_id] = said.review_due

    def take_act(self, record: Record) -> None:
        """Note an administrative act."""
        try:
            looks = looked_at([decode_admin_action(record.value)])
        except CodecError as error:
            log.warning("an administrative act cannot be read", offset=record.offset, error=error)
            self.is_unsure = True
            return
        for decision_id in looks:
            self._looked_at.add(decision_id)
            self._due.pop(decision_id, None)

    def overdue(self) -> int:
        """Return how many nobody has looked at in time."""
        now = self._clock.now()
        return sum(due <= now for due in self._due.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Watching:
    """A watch that serves: its port, and the reading, which ends only when it fails."""

    port: int
    reading: asyncio.Task[None]


@asynccontextmanager
async def watch_reviews(settings: Settings, clock: Clock) -> AsyncIterator[Watching]:
    """Serve `/metrics` while the context lasts.

    The page is 503 until all is read, and while Kafka does not answer: a number that may be wrong is none.

    Raises:
        UnavailableError: no broker answers, or the port is taken.
    """
    topics, owed = Topics.of(settings), Owed(clock)
    # Nobody may have done anything yet that made it.
    await ensure_topics(settings.bootstrap_servers, (topics.admin_actions,), settings.replication_factor)
    followers = (
        Follower(settings, topics.decisions.name, clock, owed.take_decision),
        Follower(settings, topics.admin_actions.name, clock, owed.take_act),
    )

    async def show_metrics(_: web.Request) -> web.Response:
        if owed.is_unsure or any(follower.problem is not None for follower in followers):
            return web.Response(status=HTTPStatus.SERVICE_UNAVAILABLE)
        return web.Response(body=generate_latest(owed.registry), headers={"Content-Type": CONTENT_TYPE})

    app = web.Application(client_max_size=1)
    app.router.add_get("/metrics", show_metrics)
    app.on_response_prepare.append(harden)
    reading = asyncio.create_task(_read(followers))
    try:
        async with listening(app, settings.web_host, settings.review_metrics_port, WAY_OUT) as port:
            yield Watching(port=port, reading=reading)
    finally:
        reading.cancel()
        with suppress(asyncio.CancelledError):
            await reading


async def _read(followers: Iterable[Follower]) -> None:
    await asyncio.gather(*(follower.run() for follower in followers))
