"""The campaign of fuzzing: a million inputs for everything that reads bytes from outside."""

from collections.abc import Iterable
from random import Random

from tests.faults.outcome import Outcome
from tests.fuzz.session import fuzz
from tests.fuzz.targets import TARGETS

WHOLE = 1_000_000
SEEDS = 1 << 31


async def fuzzing(dice: Random, scale: float) -> Iterable[Outcome]:
    """Fuzz every target; an input that did not end as documented counts as a lost request."""
    count, seed = max(1, round(WHOLE * scale)), dice.randrange(1, SEEDS)
    reached = [each async for each in fuzz(tuple(TARGETS), count, seed)]
    edges = (sum(each.before for each in reached), sum(each.after for each in reached))
    row = Outcome(
        fault="hostile bytes for a reader",
        times=sum(each.inputs for each in reached),
        unit="inputs",
        forwards_without_decision=0,
        requests_lost=sum(len(each.findings) for each in reached),
        duplicate_decisions=0,
        remark=f"{len(reached)} targets; from {edges[0]} to {edges[1]} edges of their code.",
    )
    return (row,)
