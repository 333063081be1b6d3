"""The comparison as a campaign: a row of docs/reliability.md beside the faults."""

from collections.abc import Iterable
from random import Random

from streams.policy.vocabulary import Verdict
from tests.cedar.comparison import Comparison, compare
from tests.cedar.sheets import sheets
from tests.faults.outcome import Outcome

REQUESTS = 200_000


async def opinions(rng: Random, amount: float) -> Iterable[Outcome]:
    """Compare the gate's decisions with Cedar's; nothing is awaited, for both are pure."""
    return (outcome_of(compare(sheets(rng, round(REQUESTS * amount)))),)


def outcome_of(comparison: Comparison) -> Outcome:
    """Return the row; a forward that Cedar refuses counts as one without a decision that allows it."""
    ours = [one.ours.verdict for one in comparison.disagreements]
    forwards = ours.count(Verdict.FORWARD)
    verdicts = comparison.verdicts
    told = ", ".join(f"{verdicts[verdict]:,} {verdict}" for verdict in ("forward", "hold", "block"))
    return Outcome(
        fault="a second opinion on each decision, by Cedar",
        times=verdicts.total(),
        unit="comparisons",
        forwards_without_decision=forwards,
        requests_lost=len(ours) - forwards,
        duplicate_decisions=0,
        remark=f"{told}; lost are requests that Cedar alone would let through; "
        f"{len(comparison.other_reasons)} differ in a reason and not in the verdict.",
    )
