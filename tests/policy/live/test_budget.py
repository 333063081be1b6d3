from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.policy.durations import require_duration
from streams.policy.live.budget import Limit, limit_of
from streams.policy.terms import terms_of
from tests.policy.building import an_agreement

START = datetime(2025, 1, 31, 8, tzinfo=UTC)


def a_limit(period: str = "P1M", reads: int = 10) -> Limit:
    span = require_duration(period, "period")
    return Limit(reads=reads, period=span, start=START, zone=ZoneInfo("America/Los_Angeles"))


@pytest.mark.parametrize(
    ("period", "now", "begun"),
    [
        ("P1M", "2025-02-28T07:59:59Z", "2025-01-31T08:00:00Z"),
        ("P1M", "2025-02-28T08:00:00Z", "2025-02-28T08:00:00Z"),
        # Not the 28th for ever after: months are counted from the start.
        ("P1M", "2025-03-31T07:00:00Z", "2025-03-31T07:00:00Z"),
        # On the clock of the zone: the hour moves with summer time.
        ("P1D", "2025-07-01T06:59:59Z", "2025-06-30T07:00:00Z"),
        ("PT1H", "2031-01-01T00:30:00Z", "2031-01-01T00:00:00Z"),
        ("P1M", "2024-01-01T00:00:00Z", "2025-01-31T08:00:00Z"),
    ],
)
def test_periods_follow_one_another_from_the_start(period: str, now: str, begun: str) -> None:
    assert a_limit(period).period_at(datetime.fromisoformat(now)).start == datetime.fromisoformat(begun)


@given(st.sampled_from(("P1M", "P1D", "PT5M", "P1Y", "P1W")), st.integers(0, 3_000_000))
def test_now_is_in_its_period(period: str, minutes: int) -> None:
    limit, now = a_limit(period), START + timedelta(minutes=minutes)
    begun, end = limit.period_at(now)
    assert begun <= now < end
    assert limit.period_at(begun) == limit.period_at(end - timedelta(microseconds=1)) == (begun, end)
    assert begun == START or limit.period_at(begun - timedelta(microseconds=1)).end == begun
    assert limit.period_at(end).start == end


@given(st.integers(0, 10_000), st.integers(1, 512))
def test_partitions_together_never_use_more_than_was_agreed(reads: int, partitions: int) -> None:
    assert partitions * a_limit(reads=reads).share(partitions) <= reads


@pytest.mark.parametrize("period", ["soon", "", "PT0S"])
def test_a_budget_that_cannot_be_read_is_no_limit(period: str) -> None:
    assert limit_of(terms_of(an_agreement(volume_budget={"reads": 3, "period": period}))) is None


def test_a_day_is_a_period() -> None:
    limit = limit_of(terms_of(an_agreement(volume_budget={"reads": 3, "period": "P1D"})))
    assert limit is not None
    assert limit.share(2) == 1
