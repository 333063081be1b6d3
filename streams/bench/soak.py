"""Ten minutes at full load: what memory a worker takes at the beginning, and at the end."""

import time
from collections.abc import Callable

import psutil

from streams.bench import topic_io
from streams.bench.finding import Finding
from streams.bench.ground import Ground
from streams.bench.trial import GATE, Trial
from streams.bench.world import World

SECONDS = 600.0
# Until the memory of decisions is full, a worker grows on purpose.
FULL_SECONDS = 60.0
SAMPLE_SECONDS = 1.0
# More than a partition remembers: those that come round again are decided anew.
REQUESTS = 60_000
BURST = 5_000
MIB = 1 << 20


def soak(ground: Ground, told: Callable[[str], None]) -> Finding:
    """Return the resident memory of a worker that always has requests waiting."""
    world = World(now=ground.clock.now())
    asked = world.traffic(ground.keyring, REQUESTS)
    clock, servers = ground.clock, ground.settings.bootstrap_servers
    sizes: list[tuple[float, float]] = []
    with Trial(ground, world, "soak") as trial, trial.running(GATE) as (child,):
        trial.send(asked[:BURST])
        trial.decided(BURST, (child,))
        process, began, sent = psutil.Process(child.pid), clock.monotonic(), BURST
        while (elapsed := clock.monotonic() - began) < SECONDS:
            decided = topic_io.end_of(servers, trial.topics.decisions.name, 1)
            while sent - decided < BURST:
                place = sent % REQUESTS
                trial.send(asked[place : place + BURST])
                sent += BURST
            sizes.append((elapsed, process.memory_info().rss / MIB))
            if len(sizes) % 60 == 0:
                told(f"soak: {elapsed:.0f} s, {sizes[-1][1]:.0f} MiB, {decided:,} decided")
            time.sleep(SAMPLE_SECONDS)
    full = [size for elapsed, size in sizes if elapsed >= FULL_SECONDS]
    return Finding(
        title=f"MiB of a worker over {SECONDS:.0f} s at full load, {decided:,} requests",
        columns=("after", "MiB"),
        rows=[
            [f"{FULL_SECONDS:.0f} s", f"{full[0]:.0f}"],
            ["the end", f"{full[-1]:.0f}"],
            ["greatest", f"{max(full):.0f}"],
        ],
        figures={
            "seconds": SECONDS,
            "requests": decided,
            "first_mib": round(full[0], 1),
            "last_mib": round(full[-1], 1),
            "greatest_mib": round(max(full), 1),
        },
    )
