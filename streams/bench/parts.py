"""What one request costs without Kafka, part by part, and beside a peer where there is one.

Rounds of a part and of its peer take turns, and the best round counts: whatever else the machine does can
only make a round slower.
"""

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import fastavro

from schemas.register import current
from streams.bench.finding import Finding
from streams.bench.ground import Ground
from streams.bench.work import Work
from streams.bench.world import World
from streams.clock import Clock
from streams.codecs.record_codec import FRAME_SIZE
from streams.codecs.request import decode_request, encode_request
from streams.policy.decide import decide
from streams.policy.policy_in_force import put_in_force
from streams.policy.seal import seal_holds
from streams.topics import Topics

ROUNDS = 15
REQUESTS = 1_000


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the work on all requests, and the same work done by a peer."""

    name: str
    work: Callable[[], object]
    peer_name: str = "-"
    peer: Callable[[], object] | None = None


def parts(ground: Ground) -> Finding:
    """Return the microseconds a request of each part."""
    rows, figures = [], {}
    for part in _parts(ground):
        ours, theirs = _measured(part, ground.clock)
        beside = ("-", "-") if theirs is None else (f"{theirs:.1f}", f"{theirs / ours:.2f}")
        rows.append([part.name, f"{ours:.1f}", part.peer_name, *beside])
        figures[part.name] = {"microseconds": round(ours, 2)}
        if theirs is not None:
            figures[part.name] |= {"peer_microseconds": round(theirs, 2)}
    return Finding(
        title=f"parts of a request without Kafka, best of {ROUNDS} rounds",
        columns=("part", "µs", "peer", "µs", "peer ÷ ours"),
        rows=rows,
        figures=figures,
    )


def _parts(ground: Ground) -> Iterator[Part]:
    now, keyring = ground.clock.now(), ground.keyring
    world = World(now=now)
    framed = [one.value for one in world.traffic(keyring, REQUESTS)]
    requests = [decode_request(value) for value in framed]
    books, policy = world.books(), put_in_force(world.region.policy)
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
    yield Part("check its seal", lambda: [seal_holds(one, keyring.intake_keys) for one in requests])
    yield Part("decide", lambda: [decide(one, books, policy, now) for one in requests])
    work = Work(world, keyring, Topics("", 1), now)

    def everything() -> None:
        for offset, value in enumerate(framed):
            work.take(offset, value)
        work.drain()

    yield Part("from its bytes to everything that is written", everything)


def _measured(part: Part, clock: Clock) -> tuple[float, float | None]:
    """Return the microseconds a request of the part and of its peer, of the best round of each."""
    ours = theirs = float("inf")
    for _ in range(ROUNDS):
        ours = min(ours, _seconds(part.work, clock))
        if part.peer is not None:
            theirs = min(theirs, _seconds(part.peer, clock))
    per_request = 1e6 / REQUESTS
    return ours * per_request, None if part.peer is None else theirs * per_request


def _seconds(work: Callable[[], object], clock: Clock) -> float:
    began = clock.monotonic()
    work()
    return clock.monotonic() - began
