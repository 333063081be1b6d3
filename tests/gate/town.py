"""A whole deployment without Kafka: the partitions of a region, what comes in and what comes out."""

import hashlib
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from streams.codecs.ledger_record import read_link
from streams.codecs.release import decode_release
from streams.codecs.request import encode_request
from streams.kafka.partitioner import partition_of
from streams.ledger.reconcile import Finding, Forward, Kept, reconcile
from streams.ledger.record import LedgerRecord
from streams.ledger.verify import ChainReport, verify
from streams.policy.policy_in_force import put_in_force
from streams.policy.request import SharingRequest
from streams.simulators.agencies import simulated_region
from streams.simulators.malformed import malformed
from streams.simulators.traffic import Day, Simulated
from tests.gate.bench import KEYRING, Arrived, Bench, Row
from tests.policy.building import NOW

REGION = simulated_region(7, NOW, each=2)
BOOKS = REGION.books()
POLICY = put_in_force(REGION.policy)
OUT = "alpr.out."

Sizes = Callable[[], int]


@dataclass(frozen=True, slots=True)
class Produced:
    """One input, where it lies, and what it is: a simulated request, or spoilt bytes."""

    partition: int
    offset: int
    value: bytes | None
    simulated: Simulated | None


def a_day(count: int, seed: int = 1) -> Iterator[Simulated]:
    """Yield the requests of a simulated day."""
    return Day(REGION, KEYRING, NOW, seed=seed).requests(count)


def in_batches_of(size: int) -> Sizes:
    """Return equal sizes."""
    return lambda: size


def in_random_batches(seed: int) -> Sizes:
    """Return sizes from one record to many."""
    dice = random.Random(seed)  # noqa: S311  # a test must repeat
    return lambda: dice.choice((1, 1, 2, 5, 40, 300))


class Town:
    """The gates of all partitions, with the region's books."""

    def __init__(self, partitions: int = 3, remembered: int = 100_000) -> None:
        self.produced: list[list[Produced]] = [[] for _ in range(partitions)]
        self.benches = [self._bench(number, partitions, remembered) for number in range(partitions)]

    def _bench(self, number: int, partitions: int, remembered: int) -> Bench:
        bench = Bench(number, partitions, remembered)
        bench.books, bench.policy = BOOKS, POLICY
        return bench

    def produce(self, value: bytes | None, partition: int, simulated: Simulated | None = None) -> None:
        """Put bytes on a partition."""
        log = self.produced[partition]
        log.append(Produced(partition, len(log), value, simulated))

    def ask(self, simulated: Simulated, moved: int = 0) -> None:
        """Put a request on its partition, or `moved` partitions beside it."""
        home = partition_of(simulated.request.request_id, len(self.benches))
        self.produce(encode_request(simulated.request), (home + moved) % len(self.benches), simulated)

    def spoil(self, request: SharingRequest, partition: int, seed: int) -> None:
        """Put every kind of malformed value on a partition."""
        for spoilt in malformed(encode_request(request), seed):
            self.produce(spoilt.value, partition)

    def play(self, sizes: Sizes) -> None:
        """Let each gate decide what lies on its partition, until nothing is left."""
        for bench in self.benches:
            while batch := self.waiting(bench, sizes()):
                bench.commit(bench.draft_of(batch))

    def waiting(self, bench: Bench, most: int) -> list[Arrived]:
        """Return what the gate decides next."""
        start = bench.state.next_source
        log = self.produced[bench.state.partition][start : start + most]
        return [Arrived(offset=each.offset, value=each.value) for each in log]

    def everything(self) -> list[Produced]:
        """Return all inputs of all partitions."""
        return [each for log in self.produced for each in log]

    def records(self) -> list[LedgerRecord]:
        """Return the ledger records of all partitions."""
        return [record for bench in self.benches for record in bench.ledger]

    def record_at(self) -> dict[tuple[int, int | None], LedgerRecord]:
        """Return the ledger record of each input."""
        return {(record.partition, record.source_offset): record for record in self.records()}

    def rows_out(self) -> list[tuple[str, Row]]:
        """Return what went to recipients, with the topic."""
        return [
            (topic, row)
            for bench in self.benches
            for (topic, _), rows in bench.written.items()
            if topic.startswith(OUT)
            for row in rows
        ]

    def reports(self) -> list[ChainReport]:
        """Return what verification says of each chain."""
        return [
            verify(
                [value for _, value in bench.rows(bench.topics.decisions.name)],
                read_link,
                partition=bench.state.partition,
                witnesses={bench.state.head.seq: bench.state.head.hash},
            )
            for bench in self.benches
        ]

    def findings(self) -> tuple[Finding, ...]:
        """Return what reconciliation finds."""
        forwards = [forward_of(topic, value) for topic, (_, value) in self.rows_out()]
        inputs = {number: range(len(log)) for number, log in enumerate(self.produced)}
        return reconcile(self.records(), Kept(inputs=inputs, forwards=forwards))


def forward_of(topic: str, value: bytes | None) -> Forward:
    """Return what reconciliation needs to know of a value on a recipient's topic."""
    release = decode_release(value)
    assert topic == f"{OUT}{release.entity_id}"
    return Forward(release.decision_id, release.entity_id, hashlib.sha256(value or b"").hexdigest())


def outputs(bench: Bench) -> dict[tuple[str, int], list[Row]]:
    """Return all that a gate wrote but its acknowledgements, which come once per revision."""
    acks = bench.topics.books_acks.name
    return {place: rows for place, rows in bench.written.items() if place[0] != acks and rows}
