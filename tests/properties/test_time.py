"""Terms to the microsecond, days of 23 and 25 hours, and clocks that are wrong by an hour."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.codecs.yaml_kinds import read_instant
from streams.policy.books import Books
from streams.policy.decide import decide
from streams.policy.vocabulary import ReasonCode, Verdict
from tests.policy.building import NOW, a_request, in_force, some_books

MANY = settings(max_examples=200, deadline=None)
LOS_ANGELES = ZoneInfo("America/Los_Angeles")
MOMENT, HOUR = timedelta(microseconds=1), timedelta(hours=1)
TERM = {ReasonCode.AGREEMENT_NOT_YET_IN_FORCE, ReasonCode.AGREEMENT_EXPIRED}
# The days on which the clocks change, and those around them; a night is 7, 8 or 9 hours of UTC.
SPRING, AUTUMN = date(2026, 3, 8), date(2026, 11, 1)
DAYS = st.one_of(
    st.sampled_from([day + timedelta(days=n) for day in (SPRING, AUTUMN) for n in (-1, 0, 1, 2)]),
    st.dates(date(2025, 6, 1), date(2027, 6, 1)),
)
REVIEW = {"by": "counsel", "at": "2020-01-01T00:00:00Z", "due": "2030-01-01T00:00:00Z"}


def books_from(start: datetime, end: datetime) -> Books:
    """Return books whose agreement has that term and nothing else that depends on the day."""
    term = {"start": start.isoformat(), "end": end.isoformat(), "contract_reviewed": REVIEW}
    return some_books({"agreement": {**term, "max_record_age": "P1Y"}})


def reasons_at(books: Books, now: datetime, asked: datetime) -> set[ReasonCode]:
    """Return the reasons against a request for the reads of the hour before it was asked."""
    window = {"window_from": (asked - HOUR).isoformat(), "window_to": asked.isoformat()}
    request = a_request(requested_at=asked.isoformat(), selector=window)
    return {reason.code for reason in decide(request, books, in_force(books), now).reasons}


@MANY
@given(
    days=st.tuples(DAYS, DAYS).map(sorted),
    at=st.integers(0, 3),
    moment=st.sampled_from((-HOUR, -MOMENT, timedelta(0), MOMENT, HOUR)),
)
def test_an_agreement_of_local_dates_is_in_force_on_just_these_days_of_the_wall_calendar(
    days: list[date], at: int, moment: timedelta
) -> None:
    start, end = (read_instant(day.isoformat(), "America/Los_Angeles") for day in days)
    now = (start, end, start + 12 * HOUR, end + 24 * HOUR)[at] + moment
    in_term = days[0] <= now.astimezone(LOS_ANGELES).date() < days[1]
    assert (not reasons_at(books_from(start, end), now, now) & TERM) is in_term


@pytest.mark.parametrize("zone", [UTC, LOS_ANGELES])
@pytest.mark.parametrize(
    ("day", "hours"), [(SPRING, 23), (AUTUMN, 25), (SPRING + timedelta(days=1), 24)], ids=str
)
def test_the_days_on_which_the_clocks_change_have_23_and_25_hours_to_the_microsecond(
    day: date, hours: int, zone: ZoneInfo
) -> None:
    start, end = (read_instant(each.isoformat(), LOS_ANGELES.key) for each in (day, day + timedelta(days=1)))
    assert end - start == hours * HOUR
    books = books_from(start, end)
    for now, expected in (
        (start - MOMENT, {ReasonCode.AGREEMENT_NOT_YET_IN_FORCE}),
        (start, set()),
        (end - MOMENT, set()),
        (end, {ReasonCode.AGREEMENT_EXPIRED}),
    ):
        # The same instant, however it is written.
        assert reasons_at(books, now.astimezone(zone), now) == expected


@pytest.mark.parametrize("asked", [-MOMENT, timedelta(0)], ids=["before", "at"])
def test_what_was_asked_before_the_term_stays_outside_it_though_decided_within(asked: timedelta) -> None:
    start = NOW - HOUR
    found = reasons_at(books_from(start, NOW + HOUR), NOW, start + asked)
    assert found == (set() if asked == timedelta(0) else {ReasonCode.AGREEMENT_NOT_YET_IN_FORCE})


def test_what_was_asked_within_the_term_is_outside_it_when_decided_at_its_end() -> None:
    books = books_from(NOW - HOUR, NOW)
    assert reasons_at(books, NOW - MOMENT, NOW - HOUR) == set()
    assert reasons_at(books, NOW, NOW - HOUR) == {ReasonCode.AGREEMENT_EXPIRED}


def test_what_was_asked_at_the_end_by_a_clock_that_is_ahead_is_outside_though_decided_before_it() -> None:
    assert reasons_at(books_from(NOW - HOUR, NOW), NOW - MOMENT, NOW) == {ReasonCode.AGREEMENT_EXPIRED}


@pytest.mark.parametrize(
    ("captured", "over"),
    [
        # Noon to noon over the change is 23 hours in spring and 25 in autumn.
        ("2026-03-07T12:00:00-08:00", "2026-03-08T12:00:00-07:00"),
        ("2026-10-31T12:00:00-07:00", "2026-11-01T12:00:00-08:00"),
    ],
)
def test_a_day_old_is_a_day_of_the_calendar(captured: str, over: str) -> None:
    now, oldest = datetime.fromisoformat(over), datetime.fromisoformat(captured)
    term = {"start": "2025-01-01T00:00:00Z", "end": "2028-01-01T00:00:00Z", "contract_reviewed": REVIEW}
    books = some_books({"agreement": {**term, "max_record_age": "P1D"}})
    window = {"window_from": oldest.isoformat(), "window_to": (oldest + HOUR).isoformat()}
    for when, expected in ((now - MOMENT, []), (now, [ReasonCode.SCOPE_NOT_COVERED])):
        request = a_request(requested_at=when.isoformat(), selector=window)
        decision = decide(request, books, in_force(books), when)
        assert [reason.code for reason in decision.reasons] == expected


@MANY
@given(start=st.integers(-7200, 7200), end=st.integers(-7200, 7200), ago=st.integers(0, 7200))
def test_a_clock_that_is_an_hour_wrong_forwards_nothing_that_both_its_instants_do_not_allow(
    start: int, end: int, ago: int
) -> None:
    seconds = timedelta(seconds=1)
    first, last, asked = NOW + start * seconds, NOW + end * seconds, NOW - ago * seconds
    books = books_from(first, last)
    for clock in (NOW - HOUR, NOW, NOW + HOUR):
        if not reasons_at(books, clock, asked):
            assert first <= asked < last
            assert first <= clock < last
            # Whoever is asked from the future is asked by a wrong clock, ours or theirs.
            assert asked <= clock + timedelta(minutes=5)


def test_a_clock_that_goes_back_an_hour_holds_what_was_just_asked_and_one_ahead_does_not() -> None:
    books = some_books()
    request = a_request(requested_at=NOW.isoformat())
    verdicts = [decide(request, books, in_force(books), NOW + each).verdict for each in (-HOUR, HOUR)]
    assert verdicts == [Verdict.HOLD, Verdict.FORWARD]


def test_a_clock_that_is_an_hour_ahead_refuses_reads_an_hour_too_early_and_never_too_late() -> None:
    books = some_books({"agreement": {"max_record_age": "P9Y"}})
    oldest = NOW.replace(year=NOW.year - 2) + HOUR
    window = {"window_from": oldest.isoformat(), "window_to": (oldest + HOUR).isoformat()}
    request = a_request(selector=window)
    codes = [
        [reason.code for reason in decide(request, books, in_force(books), NOW + each).reasons]
        for each in (timedelta(0), HOUR - MOMENT, HOUR)
    ]
    assert codes == [[], [], [ReasonCode.LOGICALLY_DELETED]]
