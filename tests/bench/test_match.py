import pytest

from streams.bench.contenders import CONTENDERS
from streams.bench.latency import quantiles
from streams.bench.match import FLOOR, Match, Spread, finding_of
from streams.bench.trial import GATE, Decided, TrialError, seconds_per_request
from streams.policy.vocabulary import Verdict

# Two rounds, the second on a machine that is twice as slow.
MATCH = Match(
    costs={
        FLOOR: [100e-6, 200e-6],
        GATE: [150e-6, 300e-6],
        **{name: [300e-6, 600e-6] for name in CONTENDERS},
        "stock_faust": [1600e-6, 3400e-6],
    }
)


def decided(*times: int) -> list[Decided]:
    return [
        Decided(place=(0, number), decision_id=str(number), verdict=Verdict.FORWARD, at=at)
        for number, at in enumerate(times)
    ]


def test_a_ratio_is_taken_within_a_round() -> None:
    assert MATCH.ratio("quix_streams") == Spread(median=2.0, least=2.0, greatest=2.0)
    assert MATCH.ratio("stock_faust").median == pytest.approx((1600 / 150 + 3400 / 300) / 2)


def test_overhead_is_what_is_above_the_floor() -> None:
    assert MATCH.overhead_ratio("quix_streams").median == pytest.approx(50 / 200)
    assert MATCH.overhead_ratio("stock_faust").least == pytest.approx(100 / 3200)


def test_the_finding_has_every_ratio_and_every_round() -> None:
    figures = finding_of(MATCH).figures
    assert figures["ratios"] == dict.fromkeys(CONTENDERS, 2.0) | {"stock_faust": 11.0}
    assert set(figures) == {"ratios", "overhead_ratios", "spread", "contenders"}
    contenders = figures["contenders"]
    assert isinstance(contenders, dict)
    assert set(contenders) == {FLOOR, GATE, *CONTENDERS}
    assert contenders[GATE]["rounds_microseconds"] == [150.0, 300.0]
    assert contenders[GATE]["microseconds"] == {"median": 225.0, "least": 150.0, "greatest": 300.0}


def test_the_first_fifth_does_not_count() -> None:
    # Started late and slowly, then 8 in 80 ms.
    assert seconds_per_request(decided(0, 5_000, 10_000, *range(10_010, 10_090, 10))) == pytest.approx(0.010)


def test_a_batch_counts_from_the_end_of_the_one_before() -> None:
    assert seconds_per_request(decided(*[0] * 5, *[100] * 5, *[200] * 5)) == pytest.approx(0.020)


def test_one_moment_is_no_measure() -> None:
    with pytest.raises(TrialError, match="take more requests"):
        seconds_per_request(decided(7, 7, 7))


def test_latency_is_told_in_milliseconds() -> None:
    latency = quantiles([number / 1000 for number in range(1, 102)], 50.0)
    assert latency.count == 101
    assert [latency.p50, latency.p99, latency.worst] == pytest.approx([51.0, 100.0, 101.0])
    assert latency.rounded()["p99"] == pytest.approx(100.0)
