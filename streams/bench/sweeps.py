"""The gate alone, with one thing varied at a time: what a request costs then."""

from collections.abc import Callable, Sequence

from streams.bench.finding import Finding
from streams.bench.ground import Ground
from streams.bench.trial import GATE, Trial, try_out
from streams.bench.world import World

REQUESTS = 10_000
AGREEMENTS = (1, 10, 100, 1_000, 10_000)
PARTITIONS = (1, 4, 16, 64)
WORKERS = (1, 2)
# A push of one read is about 400 bytes on the topic, one of 600 about 64 KB.
READS = (1, 10, 100, 600)
REQUESTS_OF_READS = {100: 2_000, 600: 500}
# Neighbours in force for each unit of `World.each`; of 500 records of a batch each may go elsewhere.
EACH = (1, 5, 25, 100)

Told = Callable[[str], None]


def agreements(ground: Ground, told: Told) -> Finding:
    """Vary the agreements in the books, twice as many entities with them."""
    now = ground.clock.now()

    def world(number: int) -> World:
        return World(now=now, agreements=number, entities=2 * number)

    costs = [(f"{number:,}", _cost(ground, world(number), f"agreements-{number}")) for number in AGREEMENTS]
    return _finding("agreements in the books, at least those of the 20 who ask", "agreements", costs, told)


def partitions(ground: Ground, told: Told) -> Finding:
    """Vary the partitions of one worker; each has transactions of its own."""
    world = World(now=ground.clock.now())
    costs = [
        (str(number), _cost(ground, world, f"partitions-{number}", partitions=number))
        for number in PARTITIONS
    ]
    return _finding("partitions", "partitions", costs, told)


def workers(ground: Ground, told: Told) -> Finding:
    """Vary the workers that share four partitions."""
    world = World(now=ground.clock.now())
    costs = [
        (str(number), _cost(ground, world, f"workers-{number}", partitions=4, workers=number))
        for number in WORKERS
    ]
    return _finding("workers on four partitions", "workers", costs, told)


def sizes(ground: Ground, told: Told) -> Finding:
    """Vary the size of a request, by the reads that a push holds."""
    world = World(now=ground.clock.now())
    costs = []
    for reads in READS:
        asked = world.pushes(ground.keyring, REQUESTS_OF_READS.get(reads, REQUESTS), reads)
        size = sum(len(one.value) for one in asked) / len(asked)
        cost = try_out(Trial(ground, world, f"sizes-{reads}"), GATE, asked)
        costs.append((f"{size:,.0f}", cost))
    return _finding("bytes of a request", "bytes", costs, told)


def recipients(ground: Ground, told: Told) -> Finding:
    """Vary how many can receive something, each on a topic of its own: up to one for each of a batch."""
    now = ground.clock.now()
    costs = []
    for each in EACH:
        world = World(now=now, each=each)
        costs.append((str(len(world.recipients)), _cost(ground, world, f"recipients-{each}")))
    return _finding("recipients in turns", "recipients", costs, told)


def _cost(ground: Ground, world: World, name: str, *, workers: int = 1, partitions: int = 1) -> float:
    asked = world.traffic(ground.keyring, REQUESTS)
    trial = Trial(ground, world, name, {"partitions": partitions})
    return try_out(trial, GATE, asked, workers)


def _finding(title: str, column: str, costs: Sequence[tuple[str, float]], told: Told) -> Finding:
    told(f"{title}: done")
    return Finding(
        title=f"the gate by {title}",
        columns=(column, "requests/s", "µs a request"),
        rows=[[value, f"{1 / cost:,.0f}", f"{cost * 1e6:.0f}"] for value, cost in costs],
        figures={value.replace(",", ""): {"microseconds": round(cost * 1e6, 1)} for value, cost in costs},
    )
