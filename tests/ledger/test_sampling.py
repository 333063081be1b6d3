from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest

from streams.ledger.record import LedgerRecord
from streams.ledger.sampling import Frame, draw
from streams.policy.vocabulary import DecisionId, RecordKind, Verdict
from tests.codecs.samples import NOW
from tests.ledger.chains import forward, hold, repeat

FRAME = Frame(
    seed="a seed", size=10, start=NOW, end=NOW + timedelta(days=1), verdicts=(Verdict.FORWARD, Verdict.HOLD)
)


def decisions(count: int) -> list[LedgerRecord]:
    return [replace(forward(number), decided_at=NOW) for number in range(count)]


def ids(records: list[LedgerRecord], frame: Frame = FRAME) -> list[DecisionId]:
    return [one.decision_id for one in draw(records, frame).drawn]


def test_the_sample_depends_on_seed_and_decisions_alone() -> None:
    records = decisions(100)
    drawn = ids(records)
    assert len(set(drawn)) == 10
    assert ids(list(reversed(records))) == drawn
    assert ids(records, replace(FRAME, seed="another")) != drawn


def test_a_larger_sample_begins_with_the_smaller() -> None:
    assert ids(decisions(100), replace(FRAME, size=20))[:10] == ids(decisions(100))


def test_a_small_population_is_drawn_whole() -> None:
    sample = draw(decisions(3), FRAME)
    assert (sample.population, len(sample.drawn)) == (3, 3)


def test_every_decision_is_drawn_about_as_often() -> None:
    records = decisions(20)
    frames = (replace(FRAME, seed=str(seed), size=5) for seed in range(800))
    often = Counter(one for frame in frames for one in ids(records, frame))
    # 200 expected, with a standard deviation of 12.
    assert len(often) == 20
    assert all(140 < count < 260 for count in often.values())


@pytest.mark.parametrize(
    "left_out",
    [
        repeat(1, 0),
        replace(forward(1), decided_at=NOW - timedelta(microseconds=1)),
        replace(forward(1), decided_at=FRAME.end),
        replace(forward(1), decided_at=NOW, verdict=Verdict.BLOCK),
        replace(forward(1), decided_at=NOW, kind=RecordKind.MALFORMED),
    ],
)
def test_what_is_no_decision_of_the_frame_is_not_in_the_population(left_out: LedgerRecord) -> None:
    held = replace(hold(2), decided_at=NOW)
    assert draw([left_out, held], FRAME).population == 1
