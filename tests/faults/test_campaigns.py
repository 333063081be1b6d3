"""A short selection of the fault campaigns, as the command runs them, at the smallest scale."""

from random import Random

import pytest

from tests.faults import brokers, clocks, kills, wires
from tests.faults.campaigns import CAMPAIGNS, Run
from tests.faults.failing_worker import STEPS

pytestmark = pytest.mark.kafka

# The least that a campaign does: each of its faults once. Those that are not here have tests of their own
# in this folder: zombies, crashes of the only broker, rebalances, stale books, revocations, lost topics.
ONCE = 0.01


@pytest.mark.parametrize(
    ("run", "faults"),
    [
        (kills.steps, len(STEPS)),
        (brokers.coordinators, 1),
        (brokers.full, 1),
        (wires.network_faults, 3),
        (clocks.jumps, 2),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
async def test_a_fault_costs_nothing(run: Run, faults: int) -> None:
    rows = tuple(await run(Random(1), ONCE))
    assert [row.times for row in rows] == [1] * faults
    assert [row for row in rows if not row.sound] == []


def test_campaigns_have_names_of_their_own() -> None:
    assert len({campaign.name for campaign in CAMPAIGNS}) == len(CAMPAIGNS)


def test_the_same_seed_plans_the_same_kills() -> None:
    assert list(kills.planned(Random(3), 2)) == list(kills.planned(Random(3), 2))
    assert {step for step, _ in kills.planned(Random(3), 1)} == set(STEPS)
