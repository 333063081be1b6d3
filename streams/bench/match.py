"""The match: all contenders in turn, round after round, and the gate's ratio to each.

A ratio is taken within a round, so what the machine does to a whole round it does to both sides. Throughput
is compared as it is; overhead is what a request costs above the *floor*, the work that every contender does.
"""

import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass

from streams.bench.contenders import CONTENDERS
from streams.bench.finding import Finding
from streams.bench.ground import Ground
from streams.bench.trial import GATE, Trial, try_out
from streams.bench.work import Work
from streams.bench.world import Asked, World
from streams.topics import Topics

FLOOR = "floor"
TITLES = {
    FLOOR: "the work alone, no Kafka (floor)",
    GATE: "alpr-gate as shipped, exactly-once",
    **CONTENDERS,
}
BATCH = 500
REQUESTS = 20_000
REQUESTS_OF_FLOOR = 5_000
# Faust takes so much longer that the same number would be most of the match.
REQUESTS_OF = {"stock_faust": 2_500, "stock_faust_exactly_once": 5_000}


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """The median of the rounds, the least and the greatest."""

    median: float
    least: float
    greatest: float

    @classmethod
    def of(cls, values: Sequence[float]) -> "Spread":
        """Return the spread of at least one value."""
        return cls(median=statistics.median(values), least=min(values), greatest=max(values))

    def scaled(self, factor: float) -> "Spread":
        """Return the same in another unit."""
        return Spread(median=self.median * factor, least=self.least * factor, greatest=self.greatest * factor)

    def rounded(self, digits: int) -> dict[str, float]:
        """Return it for a file."""
        return {name: round(value, digits) for name, value in asdict(self).items()}

    def text(self, form: str) -> str:
        """Return it for people; `form` is a format of Python."""
        return f"{self.median:{form}} ({self.least:{form}} - {self.greatest:{form}})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """What a request cost, in seconds, by contender and round; among them the gate and the floor."""

    costs: Mapping[str, Sequence[float]]

    def ratio(self, name: str) -> Spread:
        """Return the gate's throughput ÷ the contender's."""
        rounds = zip(self.costs[GATE], self.costs[name], strict=True)
        return Spread.of([theirs / ours for ours, theirs in rounds])

    def overhead_ratio(self, name: str) -> Spread:
        """Return the gate's overhead ÷ the contender's."""
        rounds = zip(self.costs[FLOOR], self.costs[GATE], self.costs[name], strict=True)
        return Spread.of([(ours - floor) / (theirs - floor) for floor, ours, theirs in rounds])


def play(ground: Ground, world: World, rounds: int, told: Callable[[str], None]) -> Match:
    """Play all rounds; `told` says each result as it comes.

    Raises:
        TrialError: a contender lost, doubled or changed something.
        UnavailableError: a contender did not get through.
    """
    asked = world.traffic(ground.keyring, REQUESTS)
    names = (GATE, *CONTENDERS)
    costs: dict[str, list[float]] = {name: [] for name in (FLOOR, *names)}

    def measured(name: str, cost: float) -> None:
        costs[name].append(cost)
        told(f"round {len(costs[name])} of {rounds}: {name} {cost * 1e6:.0f} µs a request")

    for number in range(rounds):
        floors = []
        # Another order in each round: whoever comes after the slowest would find the machine as it left it.
        for name in names[number % len(names) :] + names[: number % len(names)]:
            # Between them all, because it is subtracted from each: one that is off would spoil a whole round.
            floors.append(floor(ground, world, asked[:REQUESTS_OF_FLOOR]))
            some = asked[: REQUESTS_OF.get(name, REQUESTS)]
            measured(name, try_out(Trial(ground, world, f"{name}-{number}"), name, some))
        measured(FLOOR, statistics.median(floors))
    return Match(costs=costs)


def floor(ground: Ground, world: World, asked: Sequence[Asked]) -> float:
    """Return the seconds that a request costs without Kafka, warmed up as a contender is."""
    work = Work(world, ground.keyring, Topics("", 1), ground.clock.now())
    warm_up = len(asked) // 5
    begin = 0.0
    for offset, one in enumerate(asked):
        if offset == warm_up:
            begin = ground.clock.monotonic()
        work.take(offset, one.value)
        if offset % BATCH == BATCH - 1:
            work.drain()
    return (ground.clock.monotonic() - begin) / (len(asked) - warm_up)


def finding_of(match: Match) -> Finding:
    """Return the match as a table and as figures."""
    rows, figures = [], {}
    for name, costs in match.costs.items():
        cost = Spread.of(costs)
        figures[name] = {
            "microseconds": cost.scaled(1e6).rounded(1),
            "requests_per_second": round(1 / cost.median),
            "rounds_microseconds": [round(one * 1e6, 1) for one in costs],
        }
        row = [TITLES[name], f"{1 / cost.median:,.0f}", cost.scaled(1e6).text(".0f")]
        if name in CONTENDERS:
            row += [match.ratio(name).text(".2f"), match.overhead_ratio(name).text(".3f")]
        rows.append(row)
    return Finding(
        title="the same work on the same topics; median of the rounds, and from least to greatest",
        columns=("contender", "requests/s", "µs a request", "gate ÷ it", "overhead of the gate ÷ its"),
        rows=rows,
        figures={
            "ratios": {name: round(match.ratio(name).median, 3) for name in CONTENDERS},
            "overhead_ratios": {name: round(match.overhead_ratio(name).median, 4) for name in CONTENDERS},
            "spread": {
                "ratios": {name: match.ratio(name).rounded(3) for name in CONTENDERS},
                "overhead_ratios": {name: match.overhead_ratio(name).rounded(4) for name in CONTENDERS},
            },
            "contenders": figures,
        },
    )
