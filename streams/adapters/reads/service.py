"""The intake of reads, put together: the spool, the ways in before it and the sender behind it."""

import asyncio
from collections.abc import AsyncIterator, Coroutine, Iterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from streams.adapters.reads.broker_address import broker_address
from streams.adapters.reads.feed_file import FeedAccess, load_feeds
from streams.adapters.reads.folder import FolderIntake
from streams.adapters.reads.intake import ReadIntake
from streams.adapters.reads.meter import ReadMeter
from streams.adapters.reads.mqtt import MqttIntake
from streams.adapters.reads.sender import Sender
from streams.adapters.reads.spool import Spool
from streams.clock import Clock
from streams.errors import InputError
from streams.metrics import CONTENT_TYPE
from streams.settings import Settings
from streams.web import harden, listening

WAY_OUT = "set ALPR_GATE_READS_HOST, ALPR_GATE_READS_PORT and ALPR_GATE_READS_METRICS_PORT to what is free"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadServing:
    """An intake that listens: its ports, and its work, which ends only when some of it fails."""

    port: int
    metrics_port: int
    working: asyncio.Task[Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Parts:
    """What works beside the pages."""

    sender: Sender
    mqtt: MqttIntake | None
    folders: FolderIntake

    def work(self) -> Iterator[Coroutine[Any, Any, None]]:
        """Yield what runs until it is cancelled."""
        yield self.sender.run()
        yield self.folders.run()
        if self.mqtt is not None:
            yield self.mqtt.run()

    def problems(self) -> tuple[str, ...]:
        """Return what keeps reads from coming in or going on."""
        mqtt = None if self.mqtt is None else self.mqtt.problem
        found = (self.sender.problem, mqtt, self.folders.problem)
        return tuple(each for each in found if each is not None)


@asynccontextmanager
async def serve_reads(settings: Settings, clock: Clock) -> AsyncIterator[ReadServing]:
    """Take reads while the context lasts, also while no broker answers.

    Raises:
        InputError: a setting is missing or wrong, the file of feeds cannot be read, or the spool cannot be
            opened.
        UnavailableError: a port is taken.
    """
    if settings.feeds is None or settings.spool is None:
        raise InputError("no feeds or no spool: name their files in ALPR_GATE_FEEDS and ALPR_GATE_SPOOL")
    feeds = load_feeds(settings.feeds)
    async with Spool.open(settings.spool, settings.spool_bytes) as spool:
        meter = ReadMeter(feeds, settings.spool_bytes, clock)
        parts = _Parts(
            sender=Sender(settings, feeds, spool, meter, clock),
            mqtt=_mqtt(settings, feeds, spool, meter, clock),
            folders=FolderIntake(feeds, spool, meter, clock),
        )
        app = ReadIntake(feeds, spool, parts.problems, meter, clock).application()
        metrics = _metrics_page(meter, spool)
        working = asyncio.create_task(_until_one_fails(parts.work()))
        try:
            async with (
                listening(app, settings.reads_host, settings.reads_port, WAY_OUT) as port,
                listening(metrics, settings.web_host, settings.reads_metrics_port, WAY_OUT) as metrics_port,
            ):
                yield ReadServing(port=port, metrics_port=metrics_port, working=working)
        finally:
            working.cancel()
            with suppress(asyncio.CancelledError):
                await working


async def _until_one_fails(work: Iterator[Coroutine[Any, Any, None]]) -> None:
    tasks = [asyncio.create_task(each) for each in work]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _mqtt(
    settings: Settings, feeds: Mapping[str, FeedAccess], spool: Spool, meter: ReadMeter, clock: Clock
) -> MqttIntake | None:
    asked = any(each.mqtt_topic is not None for each in feeds.values())
    if asked is (settings.mqtt_url is None):
        raise InputError("feeds with an `mqtt_topic` and the broker in ALPR_GATE_MQTT_URL need each other")
    return MqttIntake(broker_address(settings), feeds, spool, meter, clock) if asked else None


def _metrics_page(meter: ReadMeter, spool: Spool) -> web.Application:
    async def show(_: web.Request) -> web.Response:
        return web.Response(body=meter.render(await spool.backlog()), headers={"Content-Type": CONTENT_TYPE})

    app = web.Application(client_max_size=1)
    app.router.add_get("/metrics", show)
    app.on_response_prepare.append(harden)
    return app
