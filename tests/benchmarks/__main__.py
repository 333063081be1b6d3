"""`make bench`: what one request costs, without Kafka, part by part, and beside a peer where there is one.

Each part is timed in several rounds that alternate with those of its peer, and the best round counts: what
else the machine does can only make a round slower. Nothing is asserted; timings are for people.
"""

import io
import platform
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import fastavro
from rich.console import Console
from rich.table import Table

from schemas.register import current
from streams.codecs.record_codec import FRAME_SIZE
from streams.codecs.request import decode_request, encode_request
from streams.gate.context import Context
from streams.gate.draft import Draft
from streams.gate.memory import Memory
from streams.gate.partition_state import PartitionState
from streams.policy.decide import decide
from streams.policy.policy_in_force import put_in_force
from streams.policy.seal import seal_holds
from streams.simulators.agencies import simulated_region
from streams.simulators.traffic import Day
from streams.topics import Topics
from tests.gate.bench import KEYRING, KEYS, Arrived
from tests.policy.building import NOW

ROUNDS = 15
REQUESTS = 1000
MICROSECONDS = 1e6


@dataclass(frozen=True)
class Part:
    """One part of the work on `REQUESTS` requests, and the same work done by a peer."""

    name: str
    work: Callable[[], object]
    peer_name: str = ""
    peer: Callable[[], object] | None = None


def parts() -> Iterator[Part]:
    """Yield what is measured."""
    region = simulated_region(1, NOW)
    books, policy = region.books(), put_in_force(region.policy)
    requests = [replace(one.request) for one in Day(region, KEYRING, NOW).requests(REQUESTS)]
    framed = [encode_request(request) for request in requests]
    schema = fastavro.parse_schema(current("sharing_request"))
    bodies = [value[FRAME_SIZE:] for value in framed]
    plain = [fastavro.schemaless_reader(io.BytesIO(body), schema, schema) for body in bodies]
    yield Part(
        "decode a request",
        lambda: [decode_request(value) for value in framed],
        "fastavro, to a dict",
        lambda: [fastavro.schemaless_reader(io.BytesIO(body), schema, schema) for body in bodies],
    )
    yield Part(
        "encode a request",
        lambda: [encode_request(request) for request in requests],
        "fastavro, from a dict",
        lambda: [fastavro.schemaless_writer(io.BytesIO(), schema, one) for one in plain],
    )
    yield Part("check its seal", lambda: [seal_holds(one, KEYRING.intake_keys) for one in requests])
    yield Part("decide", lambda: [decide(one, books, policy, NOW) for one in requests])
    records = [Arrived(offset=place, value=value) for place, value in enumerate(framed)]
    context = Context(
        worker="bench", topics=Topics("", 1), keys=KEYS, books=books, policy=policy, revision=0, now=NOW
    )

    def draft() -> None:
        state = PartitionState(partition=0, partition_count=1, memory=Memory(REQUESTS))
        drafted = Draft(state, context)
        for record in records:
            drafted.take(record)
        drafted.finish()

    yield Part("all of it: from bytes to everything that is written", draft)


def best_of(work: Callable[[], object], rounds: int) -> float:
    """Return the seconds of the fastest round."""

    def once() -> float:
        began = time.perf_counter()
        work()
        return time.perf_counter() - began

    return min(once() for _ in range(rounds))


def measured(part: Part) -> tuple[float, float | None]:
    """Return the microseconds a request of the part and of its peer, their rounds alternating."""
    ours = theirs = float("inf")
    for _ in range(ROUNDS):
        ours = min(ours, best_of(part.work, 1))
        if part.peer is not None:
            theirs = min(theirs, best_of(part.peer, 1))
    per_request = MICROSECONDS / REQUESTS
    return ours * per_request, None if part.peer is None else theirs * per_request


def main() -> None:
    """Measure every part, and print a table."""
    table = Table(title=f"per request, best of {ROUNDS}, Python {platform.python_version()}", box=None)
    for column in ("part", "µs", "peer", "µs", "peer ÷ ours"):
        table.add_column(column, justify="right" if "µs" in column or "÷" in column else "left")
    for part in parts():
        ours, theirs = measured(part)
        peer = ("-", "-") if theirs is None else (f"{theirs:.1f}", f"{theirs / ours:.2f}")
        table.add_row(part.name, f"{ours:.1f}", part.peer_name or "-", *peer)
    Console().print(table)


main()
