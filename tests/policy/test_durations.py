from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.errors import InputError
from streams.policy.durations import duration_words, parse_duration, require_duration
from tests.policy.building import NOW

ZONE = ZoneInfo("America/Los_Angeles")
INSTANTS = st.datetimes(datetime(2000, 1, 1), datetime(2060, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001  # bounds are naive by contract
TEXTS = st.sampled_from(
    ("P2Y", "P5YT24H1M", "P1M", "P13M", "P6W", "P30D", "PT5M", "P1DT0.5S", "P0D", "P1Y2M3DT4H")
)


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("P2Y", "2024-05-01T12:00:00-07:00", "2026-05-01T12:00:00-07:00"),
        ("P2Y", "2024-02-29T12:00:00-08:00", "2026-02-28T12:00:00-08:00"),
        ("P1M", "2026-01-31T12:00:00-08:00", "2026-02-28T12:00:00-08:00"),
        ("P13M", "2026-12-15T12:00:00-08:00", "2028-01-15T12:00:00-08:00"),
        ("P1D", "2026-03-07T12:00:00-08:00", "2026-03-08T12:00:00-07:00"),
        ("PT24H", "2026-03-07T12:00:00-08:00", "2026-03-08T13:00:00-07:00"),
        ("P1D", "2026-10-31T12:00:00-07:00", "2026-11-01T12:00:00-08:00"),
        ("P1W", "2026-05-01T12:00:00-07:00", "2026-05-08T12:00:00-07:00"),
        ("P5YT24H1M", "2021-04-30T11:59:00-07:00", "2026-05-01T12:00:00-07:00"),
        ("PT1.5S", "2026-05-01T12:00:00-07:00", "2026-05-01T12:00:01.500000-07:00"),
    ],
)
def test_a_duration_moves_the_wall_clock_of_the_zone(text: str, start: str, end: str) -> None:
    assert require_duration(text, "x").after(_at(start), ZONE) == _at(end)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "P",
        "PT",
        "P1YT",
        "2Y",
        "P2",
        "P-1D",
        "+P1D",
        "P1.5Y",
        "p2y",
        "P1H",
        "PT1D",
        "P1D ",
        "P99999Y",
        "P2Y\n",
        "P٣D",
    ],
)
def test_what_is_no_duration_is_none(text: str) -> None:
    assert parse_duration(text) is None


def test_more_than_a_thousand_years_are_no_duration() -> None:
    assert parse_duration("P1000Y") is not None
    assert parse_duration("P1000Y1M") is None


def test_a_field_that_needs_a_duration_says_so() -> None:
    with pytest.raises(InputError, match=r"visible_for: expected an ISO 8601 duration .* got `two years`"):
        require_duration("two years", "visible_for")


def test_a_span_is_half_open() -> None:
    year, start = require_duration("P1Y", "x"), _at("2025-05-01T12:00:00-07:00")
    end = _at("2026-05-01T12:00:00-07:00")
    assert year.is_over(start, end, ZONE)
    assert not year.is_over(start, end - timedelta(microseconds=1), ZONE)
    assert year.covers(start, end, ZONE)
    assert not year.covers(start, end + timedelta(microseconds=1), ZONE)


def test_the_oldest_instant_leaps_over_a_leap_day() -> None:
    now = _at("2026-02-28T20:00:00+00:00")
    assert require_duration("P2Y", "x").oldest(now, ZONE) == _at("2024-03-01T20:00:00+00:00")


def test_the_oldest_instant_of_a_span_longer_than_time_is_the_first() -> None:
    years = require_duration("P1000Y", "x")
    assert years.oldest(_at("0900-01-01T00:00:00+00:00"), ZONE) == datetime.min.replace(tzinfo=UTC)


@settings(max_examples=200)
@given(text=TEXTS, start=INSTANTS)
def test_a_duration_is_never_shorter_than_its_shortest(text: str, start: datetime) -> None:
    duration = require_duration(text, "x")
    assert duration.after(start, ZONE) >= start + duration.shortest


@settings(max_examples=200)
@given(
    text=TEXTS.filter(lambda text: text != "P0D"),
    now=INSTANTS,
    later=st.timedeltas(timedelta(0), timedelta(9)),
)
def test_nothing_is_over_from_the_oldest_instant_on(text: str, now: datetime, later: timedelta) -> None:
    duration = require_duration(text, "x")
    oldest = duration.oldest(now, ZONE)
    assert not duration.is_over(oldest + later, now, ZONE)
    assert now - oldest >= duration.shortest - timedelta(days=4)


@pytest.mark.parametrize("text", ["P1D", "P1000Y", "PT999999H", "P9999W"])
def test_no_instant_of_the_calendar_is_beyond_a_duration(text: str) -> None:
    span = parse_duration(text)
    assert span is not None
    first = datetime.min.replace(tzinfo=timezone(timedelta(hours=14)))
    last = datetime.max.replace(tzinfo=timezone(timedelta(hours=-12)))
    assert span.is_over(first, NOW, ZONE)
    assert not span.is_over(last, NOW, ZONE)
    assert not span.covers(NOW, last, ZONE)
    assert span.after(last, ZONE) == datetime.max.replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("P5YT24H1M", "5 years, 24 hours and 1 minute"),
        ("P1Y", "1 year"),
        ("P1M2W", "1 month and 2 weeks"),
        ("P3DT4H5M6.5S", "3 days, 4 hours, 5 minutes and 6.5 seconds"),
        ("soon", "soon"),
    ],
)
def test_a_duration_is_said_as_people_say_it(text: str, said: str) -> None:
    assert duration_words(text) == said
