"""`decide` alone, call by call: how long it takes, and what a thousand times as many agreements add."""

import random
import statistics
import time
from collections.abc import Sequence

from streams.bench.finding import Finding
from streams.bench.ground import Ground
from streams.bench.world import SEED, World
from streams.policy.books import Books
from streams.policy.decide import decide
from streams.policy.digest import identify
from streams.policy.policy_in_force import put_in_force
from streams.policy.request import SharingRequest
from streams.simulators.agencies import Condition
from streams.simulators.scenes import Scene, search

SIZES = (10, 100, 1_000, 10_000)
CALLS = 2_000
ROUNDS = 10
# Lawful requests pass every rule; a refusal would be the cheaper answer.
REQUESTS = 500


def deciding(ground: Ground) -> Finding:
    """Return the microseconds of a call by the number of agreements, sizes taken in turns."""
    now = ground.clock.now()
    world = World(now=now, agreements=SIZES[-1], entities=2 * SIZES[-1], each=1)
    requests = [search(_scene(world, number)) for number in range(REQUESTS)]
    shelves = {size: _books(world, size) for size in SIZES}
    calls: dict[int, list[int]] = {size: [] for size in SIZES}
    for _ in range(ROUNDS):
        for size, books in shelves.items():
            calls[size] += _timed(world, books, requests)
    cuts = {size: statistics.quantiles(nanoseconds, n=100) for size, nanoseconds in calls.items()}
    figures = {
        str(size): {"p50_microseconds": round(cut[49] / 1e3, 2), "p99_microseconds": round(cut[98] / 1e3, 2)}
        for size, cut in cuts.items()
    }
    growth = cuts[SIZES[-1]][49] / cuts[SIZES[0]][49]
    return Finding(
        title=f"`decide` alone, µs a call; {growth:.2f} times from {SIZES[0]} to {SIZES[-1]:,} agreements",
        columns=("agreements", "p50", "p99"),
        rows=[[f"{size:,}", f"{cut[49] / 1e3:.1f}", f"{cut[98] / 1e3:.1f}"] for size, cut in cuts.items()],
        figures={"by_agreements": figures, "growth": round(growth, 3)},
    )


def _scene(world: World, number: int) -> Scene:
    now = world.now
    return Scene(
        rng=random.Random(SEED + number), region=world.region, number=number, run="bench", asked=now, now=now
    )


def _books(world: World, agreements: int) -> Books:
    """Return books with so many agreements, the requesters' among them, and twice as many entities."""
    books = Books()
    for entity in world.region.entities():
        books.put_entity(entity)
    for neighbour in world.region.neighbours[Condition.IN_FORCE]:
        if neighbour.agreement is not None:
            books.put_agreement(neighbour.agreement)
            agreements -= 1
    for number, (entity, agreement) in enumerate(world.padding):
        if number < 2 * agreements:
            books.put_entity(entity)
        if number < agreements and agreement is not None:
            books.put_agreement(agreement)
    books.put_policy(world.region.policy)
    books.revision = 0
    return books


def _timed(world: World, books: Books, requests: Sequence[SharingRequest]) -> list[int]:
    """Return the nanoseconds of each of a round's calls; the identity is handed in, as the gate does."""
    policy, now = put_in_force(world.region.policy), world.now
    told = [(request, identify(request)) for request in requests]
    nanoseconds = []
    for number in range(CALLS):
        request, identity = told[number % len(told)]
        began = time.perf_counter_ns()
        decide(request, books, policy, now, identity)
        nanoseconds.append(time.perf_counter_ns() - began)
    return nanoseconds
