"""The composition root: the only place that wires the gate together.

`build(settings)` makes a worker; the module's attribute `app` is one made of the environment, so that
`faust -A streams.app worker` runs the gate like any other Faust app.

Order of a start: topics, books, pages, then Faust, which brings partitions. Order of a stop: the writers,
then Faust's consumer, then the rest in reverse. Importing this module connects nowhere and reads no setting.
"""

import asyncio
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import faust
from aiokafka.structs import TopicPartition

from streams.agents.doorbells import add_agent
from streams.books.replica import BooksReplica
from streams.clock import Clock, SystemClock
from streams.codecs.keyring import load_keyring
from streams.codecs.signers import load_signers
from streams.codecs.vault import open_vault
from streams.drift.draft import DriftDraft
from streams.drift.stage import DriftAround, DriftStage
from streams.errors import GateError, InputError
from streams.gate.context import Keys
from streams.gate.draft import Draft
from streams.gate.mark_replica import MarkReplica
from streams.gate.schedule import Schedule
from streams.gate.stage import GateStage, Surroundings
from streams.kafka.admin import ensure_topics
from streams.kafka.directory import TopicDirectory
from streams.kafka.partition_writer import PartitionWriter, StartAt
from streams.kafka.runtime import Runtime
from streams.kafka.schema_registry import settle_schema_ids
from streams.kafka.transport import BatchApp, DoorbellTopic
from streams.kafka.writers import PartitionWriters
from streams.ledger.sealed import month_of
from streams.live.stage import LiveShares
from streams.live.writers import live_writers
from streams.logs import configure_logs, get_logger
from streams.metric_names import Input
from streams.metrics import Metrics
from streams.queries.draft import QueriesDraft
from streams.queries.stage import QueriesAround, QueriesStage
from streams.settings import Settings, load_settings
from streams.topics import Topics
from streams.web import Pages, Readiness, serve

log = get_logger(__name__)

# EX_SOFTWARE of BSD's sysexits: nobody foresaw it.
FATAL_EXIT_CODE = 70
# Seconds. Faust wants its request time-out above the session's, and fencing has to fit in (`OPEN_SECONDS`).
REQUEST_TIMEOUT_MARGIN = 12.0
TOPICS_AGE_MS = 10_000


def die(error: BaseException) -> None:
    """End the process at once, with one clear line: a restart replays cleanly, going on might not."""
    code = error.exit_code if isinstance(error, GateError) else FATAL_EXIT_CODE
    log.error("a fatal fault ends this worker", error=error, exit_code=code)
    # What others raise may show bytes of a request; our own messages never do.
    told = f"{type(error).__name__}: {error}" if isinstance(error, GateError) else type(error).__name__
    sys.stderr.write(f"alpr-gate: fatal: {told}\n")
    sys.stderr.flush()
    # Not `sys.exit`: an orderly end would run more of a program that has just been found wrong, and may hang.
    os._exit(code)


class GateApp(BatchApp):
    """A worker of the gate: a Faust app with its books, its writers and its pages.

    `web_port` is the port in use once it has started, also when the settings ask for a free one (0). Faust
    calls the hooks, on its event loop, once each.
    """

    def __init__(
        self, settings: Settings, surroundings: Surroundings, metrics: Metrics, **options: Any
    ) -> None:
        super().__init__(settings.app_id, **options)
        self.settings = settings
        self.surroundings = surroundings
        self.metrics = metrics
        self.web_port = settings.web_port
        self._open = AsyncExitStack()

    async def on_start(self) -> None:
        """Settle the schema ids and the topics, then start all that must run before the first partition.

        Raises:
            InputError: a topic has another shape than the settings say, or the registry other ids.
            UnavailableError: no broker or schema registry answers, or the pages' port is taken.
        """
        settings, around = self.settings, self.surroundings
        await settle_schema_ids(settings)
        await ensure_topics(
            settings.bootstrap_servers, Topics.of(settings).fixed(), settings.replication_factor
        )
        await self._open.enter_async_context(around.directory)
        # A new revision is a duty of every partition: to acknowledge it, even with nothing to decide.
        around.replica.on_revision(self._ring_all)
        await around.replica.start()
        self._open.push_async_callback(around.replica.stop)
        await around.marks.start()
        self._open.push_async_callback(around.marks.stop)
        pages = Pages(metrics=self.render_metrics, readiness=self.readiness)
        self.web_port = await self._open.enter_async_context(
            serve(settings.web_host, settings.web_port, pages)
        )
        log.info("the worker has started", worker=settings.instance_id, port=self.web_port)
        await super().on_start()

    def _ring_all(self, _: int) -> None:
        for writers in self.writers.values():
            writers.ring_all()

    async def on_stop(self) -> None:
        """Finish the transactions under way before the consumer leaves."""
        # While the consumer is a member still: once it has left, another worker may fence us halfway.
        await asyncio.gather(*(writers.close() for writers in self.writers.values()))
        await super().on_stop()

    async def on_shutdown(self) -> None:
        """Close what was opened at the start, last first."""
        await super().on_shutdown()
        await self._open.aclose()

    def readiness(self) -> Readiness:
        """Return whether this worker can decide now, and why not."""
        replica = self.surroundings.replica
        requests = self.writers[Topics.of(self.settings).requests.name]
        # Asked here, for it hinders every partition, also one that has not recovered.
        told = (self.surroundings.marks.obstacle, *self._obstacles(requests))
        return Readiness(
            books_state=replica.state,
            books_revision=replica.revision,
            partitions=requests.partitions,
            waiting=requests.waiting_to_read,
            has_policy=replica.books.policy() is not None,
            obstacles=tuple(dict.fromkeys(one for one in told if one is not None)),
        )

    def _obstacles(self, requests: PartitionWriters) -> Iterator[str]:
        """Yield what hinders a partition of any input; those of the requests that wait are told apart."""
        for writers in self.writers.values():
            if writers is not requests:
                yield from (f"no writer is ready for {writers.topic}[{p}]" for p in writers.waiting_to_read)
            yield from writers.obstacles

    def render_metrics(self) -> bytes:
        """Return all metrics, with the state of the books as it is now."""
        # Told when asked, since they also change while no batch comes.
        replica, now = self.surroundings.replica, self.surroundings.runtime.clock.now()
        self.metrics.set_books(replica.state, replica.revision, replica.age_seconds())
        self.metrics.set_vault(self.surroundings.keys.vault.months_ready(now))
        overdue = replica.books.evidence.overdue(now)
        self.metrics.set_neglected(replica.unusable, len(overdue))
        self.metrics.set_owed(*self.surroundings.schedule.owed(replica.books, now))
        self.metrics.set_refused(replica.refused)
        self.metrics.set_unread_marks(len(self.surroundings.marks.unread))
        for writers in self.writers.values():
            writers.tell_lag()
        return self.metrics.render()


def build(
    settings: Settings, *, clock: Clock | None = None, fatal: Callable[[BaseException], None] = die
) -> GateApp:
    """Return a worker; nothing runs or connects before it is started.

    `fatal` is called with what ends the worker and by default never returns; tests give one that does.

    Raises:
        InputError: there is no keyring or no vault, or one of them or the reviewers cannot be read.
    """
    clock = clock if clock is not None else SystemClock()
    metrics = Metrics(clock=clock)
    runtime = Runtime(settings=settings, clock=clock, metrics=metrics)
    surroundings = Surroundings(
        runtime=runtime,
        replica=BooksReplica(settings, clock, settings.instance_id),
        marks=MarkReplica(settings, clock),
        directory=TopicDirectory(settings, clock),
        keys=_keys(settings, clock.now()),
        schedule=Schedule(timedelta(hours=settings.open_task_hours)),
    )
    app = GateApp(settings, surroundings, metrics, **_faust_options(settings))

    # A stage for each assignment: its state belongs to one stretch of ownership and dies with it.
    def new_writer(source: TopicPartition, start_at: StartAt) -> PartitionWriter[Draft]:
        stage = GateStage(source.partition, surroundings)
        return PartitionWriter(source, stage, runtime, start_at)

    shares = LiveShares(
        runtime=runtime,
        replica=surroundings.replica,
        directory=surroundings.directory,
        vault=surroundings.keys.vault,
        metrics=metrics.of_input(Input.READS),
    )
    topics = Topics.of(settings)
    agents = {
        "gate": PartitionWriters(topics.requests.name, new_writer, metrics, fatal),
        "queries": _queries_writers(topics.queries.name, surroundings, fatal),
        "drift": _drift_writers(topics.share_changes.name, surroundings, fatal),
        "live": live_writers(shares, fatal),
    }
    app.writers = {writers.topic: writers for writers in agents.values()}
    for name, writers in agents.items():
        add_agent(app, name, writers)
    return app


def _queries_writers(
    topic: str, surroundings: Surroundings, fatal: Callable[[BaseException], None]
) -> PartitionWriters:
    runtime, keys = surroundings.runtime, surroundings.keys
    around = QueriesAround(
        runtime=runtime, replica=surroundings.replica, vault=keys.vault, pseudonym=keys.pseudonym_of
    )

    def new_writer(source: TopicPartition, start_at: StartAt) -> PartitionWriter[QueriesDraft]:
        return PartitionWriter(source, QueriesStage(source.partition, around), runtime, start_at)

    return PartitionWriters(topic, new_writer, runtime.metrics.of_input(Input.QUERIES), fatal)


def _drift_writers(
    topic: str, surroundings: Surroundings, fatal: Callable[[BaseException], None]
) -> PartitionWriters:
    runtime = surroundings.runtime
    around = DriftAround(
        runtime=runtime, replica=surroundings.replica, pseudonym=surroundings.keys.pseudonym_of
    )

    def new_writer(source: TopicPartition, start_at: StartAt) -> PartitionWriter[DriftDraft]:
        return PartitionWriter(source, DriftStage(source.partition, around), runtime, start_at)

    return PartitionWriters(topic, new_writer, runtime.metrics.of_input(Input.SHARE_CHANGES), fatal)


def _keys(settings: Settings, now: datetime) -> Keys:
    if settings.keyring is None:
        raise InputError(
            "no keyring: name its file in ALPR_GATE_KEYRING, `alpr-gate requests keyring` makes one"
        )
    if settings.vault is None:
        raise InputError("no vault: name its folder in ALPR_GATE_VAULT, `alpr-gate ledger vault` makes one")
    keyring = load_keyring(settings.keyring)
    vault = open_vault(settings.vault)
    # Asked for now, so that a vault that was forgotten shows at the start and not at the first request.
    vault.key_of(month_of(now))
    return Keys(
        intake=keyring.intake_keys,
        pseudonym=keyring.pseudonym_key,
        vault=vault,
        origin=settings.ledger_origin,
        reviewers=() if settings.reviewers is None else load_signers(settings.reviewers, "reviewers"),
        counsel=() if settings.counsel is None else load_signers(settings.counsel, "counsel"),
    )


def _faust_options(settings: Settings) -> dict[str, Any]:
    return {
        "broker": [f"kafka://{server}" for server in settings.servers],
        # There are no tables: what the gate knows is in the ledger.
        "store": "memory://",
        # Faust makes this folder though nothing is kept in it; the working directory may not be writable.
        "datadir": Path(tempfile.gettempdir()) / f"{settings.app_id}-{settings.instance_id}-faust",
        "Topic": DoorbellTopic,
        "key_serializer": "raw",
        "value_serializer": "raw",
        # Faust would make the topics in shapes of its own, and a leader topic that nobody needs.
        "topic_allow_declare": False,
        "topic_disable_leader": True,
        "topic_partitions": settings.partitions,
        "stream_wait_empty": False,
        # Four heartbeats to a session, so that a late one does not cost the worker its partitions.
        "broker_session_timeout": settings.session_timeout,
        "broker_heartbeat_interval": settings.session_timeout / 4,
        "broker_request_timeout": settings.session_timeout + REQUEST_TIMEOUT_MARGIN,
        "broker_rebalance_timeout": settings.session_timeout + REQUEST_TIMEOUT_MARGIN,
        # Static membership (KIP-345): a worker that comes back in time gets the same partitions.
        "consumer_group_instance_id": settings.instance_id,
        "consumer_auto_offset_reset": "earliest",
        # Partitions that somebody adds are seen when the topics are asked for again: 5 minutes by default.
        "consumer_metadata_max_age_ms": TOPICS_AGE_MS,
        "web_enabled": False,
    }


def __getattr__(name: str) -> faust.App:
    """Make `app` of the environment when it is first asked for (PEP 562).

    Raises:
        AttributeError: the module has no such attribute.
        InputError: a setting, the keyring or the vault is not what it must be.
    """
    if name != "app":
        raise AttributeError(name)
    settings = load_settings()
    configure_logs(settings)
    return globals().setdefault("app", build(settings))  # type: ignore[no-any-return]  # globals are untyped
