"""Latency as a recipient sees it: from the moment a request was due to the moment its release can be read.

An open loop: requests are sent when they are due, however far behind the gate is, and a request that was sent
late counts from when it was due (coordinated omission). Only forwards are released, so only they count.
"""

import statistics
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

from confluent_kafka import OFFSET_END, Consumer, Producer, TopicPartition

from streams.bench.finding import Finding
from streams.bench.ground import Ground
from streams.bench.trial import GATE, Trial
from streams.bench.world import Asked, World
from streams.clock import Clock
from streams.errors import UnavailableError
from streams.kafka.partitioner import partition_of
from streams.policy.vocabulary import Verdict

RATES = (50, 500, 2_000, 10_000)
PEER_RATES = (50, 2_000)
SECONDS = 10.0
READ_SECONDS = 0.01
READ_AT_ONCE = 500
# For what is still under way when the last was sent: Quix Streams commits every 5 s.
PATIENCE = 30.0
# Requests before those that count: they wait for the contender's start, and warm it up.
WARM_UP_SECONDS = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Latency:
    """Milliseconds of the forwards of one run, and how many requests a second were really sent."""

    per_second: float
    count: int
    p50: float
    p99: float
    worst: float

    def rounded(self) -> dict[str, float]:
        """Return it for a file."""
        return {name: round(value, 2) for name, value in asdict(self).items()}


class Reader(threading.Thread):
    """Reads the recipients' topics, committed records only, and keeps when each release was there."""

    def __init__(self, servers: str, topics: Sequence[str], clock: Clock) -> None:
        super().__init__(daemon=True)
        self.read_at: dict[str, float] = {}
        self._clock = clock
        self._over = threading.Event()
        self._consumer = Consumer(
            {
                "bootstrap.servers": servers,
                "group.id": "benchmark-recipients",
                "enable.auto.commit": False,
                "isolation.level": "read_committed",
                "fetch.wait.max.ms": 100,
            }
        )
        self._consumer.assign([TopicPartition(topic, 0, OFFSET_END) for topic in topics])

    def run(self) -> None:
        """Read until told to stop."""
        while not self._over.is_set():
            for message in self._consumer.consume(READ_AT_ONCE, READ_SECONDS):
                if message.error() is None:
                    self.read_at.setdefault(message.key().decode(), self._clock.monotonic())
        self._consumer.close()

    def stop(self) -> None:
        """Stop and wait for the end."""
        self._over.set()
        self.join()


def send_on_time(trial: Trial, asked: Sequence[Asked], per_second: float, clock: Clock) -> dict[str, float]:
    """Send each request when it is due, and return when that was, by request id."""
    producer = Producer({"bootstrap.servers": trial.settings.bootstrap_servers, "linger.ms": 0})
    topic, partitions = trial.topics.requests.name, trial.settings.partitions
    due_at: dict[str, float] = {}
    begin = clock.monotonic()
    for number, one in enumerate(asked):
        due = begin + number / per_second
        while (early := due - clock.monotonic()) > 0:
            producer.poll(0)
            time.sleep(early)
        due_at[one.request_id] = due
        producer.produce(topic, one.value, one.request_id, partition_of(one.request_id, partitions))
    producer.flush()
    return due_at


def latencies(ground: Ground, told: Callable[[str], None]) -> Finding:
    """Return the gate's latency at each rate, and beside it that of two peers.

    Raises:
        UnavailableError: a contender did not release what it should, or ended.
    """
    world = World(now=ground.clock.now())
    runs = {(GATE, rate): SECONDS for rate in RATES}
    # At its defaults it commits every 5 s, so that a shorter run would not show it.
    runs |= {("librdkafka_loop", rate): SECONDS for rate in PEER_RATES} | {("quix_streams", 50): 2 * SECONDS}
    found = {}
    for (contender, rate), length in runs.items():
        found[contender, rate] = latency = latency_of(ground, world, contender, rate, length)
        told(f"{contender} at {rate:,}/s: p50 {latency.p50:.1f} ms, p99 {latency.p99:.1f} ms")
    return Finding(
        title="milliseconds from the moment a request is due to its release being read, committed",
        columns=("contender", "requests/s", "p50", "p99", "worst"),
        rows=[
            [contender, f"{rate:,}", *(f"{one:.1f}" for one in (latency.p50, latency.p99, latency.worst))]
            for (contender, rate), latency in found.items()
        ],
        figures={
            "runs": [
                {"contender": contender, "rate": rate, **latency.rounded()}
                for (contender, rate), latency in found.items()
            ],
            "quix_streams_p50_over_gate_at_50": round(found["quix_streams", 50].p50 / found[GATE, 50].p50, 1),
        },
    )


def latency_of(ground: Ground, world: World, contender: str, per_second: int, seconds: float) -> Latency:
    """Return the latency of a contender at a steady rate.

    Raises:
        UnavailableError: the contender did not release what it should, or ended.
    """
    clock = ground.clock
    warm_up = int(per_second * WARM_UP_SECONDS)
    asked = world.traffic(ground.keyring, warm_up + int(per_second * seconds))
    name = f"latency-{contender}-{per_second}"
    with Trial(ground, world, name) as trial, trial.running(contender) as children:
        outs = [trial.topics.out(entity_id).name for entity_id in world.recipients]
        reader = Reader(trial.settings.bootstrap_servers, outs, clock)
        reader.start()
        try:
            trial.send(asked[:1])
            trial.decided(1, children)
            begin = clock.monotonic()
            due_at = send_on_time(trial, asked[1:], per_second, clock)
            sent_per_second = len(due_at) / (clock.monotonic() - begin)
            trial.decided(len(asked), children)
            counted = [one.request_id for one in asked[warm_up:] if one.verdict is Verdict.FORWARD]
            _wait_for(reader, counted, clock)
        finally:
            reader.stop()
    return quantiles([reader.read_at[each] - due_at[each] for each in counted], sent_per_second)


def _wait_for(reader: Reader, request_ids: Sequence[str], clock: Clock) -> None:
    until = clock.monotonic() + PATIENCE
    while any(each not in reader.read_at for each in request_ids):
        if clock.monotonic() > until:
            raise UnavailableError("a release was not to be read on its recipient's topic")
        time.sleep(READ_SECONDS)


def quantiles(seconds: Sequence[float], per_second: float) -> Latency:
    """Return the latency that these seconds show."""
    hundredths = statistics.quantiles(seconds, n=100, method="inclusive")
    return Latency(
        per_second=per_second,
        count=len(seconds),
        p50=hundredths[49] * 1000,
        p99=hundredths[98] * 1000,
        worst=max(seconds) * 1000,
    )
