"""What holds for every search: screening is total, names neither plate nor person, finds no less in more."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from streams.policy.query_event import QueryEvent
from streams.policy.query_finding import QueryFinding
from streams.policy.query_screening import screen_query
from streams.policy.reasons import ORDER
from streams.policy.vocabulary import Purpose, QueryId, ReasonCode
from tests.policy.building import NOW, in_force, some_books
from tests.policy.query_building import a_query
from tests.properties.strategies import NAMES, TEXTS, instants, words

BOOKS = some_books()
POLICY = in_force(BOOKS)
# With room for what is added and subtracted.
STARTS = st.datetimes(datetime(11, 1, 1), datetime(9980, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001  # bounds are naive
COUNTS = st.one_of(st.none(), st.integers(-1, 200_000))
EDGES = tuple(datetime(year, 1, 1, tzinfo=UTC) for year in (1, 2, 3, 5, 6, 7, 8, 1969, 1970, 8001, 9999))
TIMES = st.one_of(st.none(), instants(), st.sampled_from((*EDGES, datetime.max.replace(tzinfo=UTC))))
QUERIES = st.builds(
    QueryEvent,
    query_id=st.just(QueryId("q-1")),
    source=st.sampled_from(("own", "flock-network-audit", "")),
    organisation=st.one_of(st.sampled_from(NAMES), st.text(max_size=10)),
    user=st.sampled_from(("jdoe", "***", "", "stranger")),
    searched_at=TIMES,
    plate=st.none() | st.sampled_from(("8ABC123", "8A*", "***", "", "*")) | st.text(max_size=8),
    filters=st.none() | TEXTS,
    text_prompt=st.none() | TEXTS,
    networks_searched=COUNTS,
    devices_searched=COUNTS,
    window_from=TIMES,
    window_to=TIMES,
    purpose_code=st.none() | words(Purpose),
    offence=st.none() | st.sampled_from(("Robbery", "8 USC 1326", "Immigration")) | TEXTS,
    reason_text=st.none() | TEXTS,
    case_number=st.none() | st.sampled_from(("24-001234", "8ABC123", "7XYZ123")) | TEXTS,
    moderation=st.none() | st.sampled_from(("allow", "warn", "block", "")),
)


def found_in(event: QueryEvent) -> tuple[QueryFinding, ...]:
    return screen_query(event, BOOKS, POLICY, NOW)


@given(event=QUERIES)
def test_screening_is_total_repeatable_and_in_the_order_of_the_rules(event: QueryEvent) -> None:
    findings = found_in(event)
    assert findings == found_in(event)
    places = [ORDER[finding.code] for finding in findings]
    assert places == sorted(places)
    assert len(set(findings)) == len(findings)


@given(event=QUERIES, secret=st.from_regex(r"[0-9]QZX[0-9]{4}W", fullmatch=True))
def test_no_finding_shows_a_plate_a_user_or_a_text(event: QueryEvent, secret: str) -> None:
    marked = replace(
        event, plate=secret, user=secret, case_number=secret, filters=secret, reason_text=f"ICE {secret}"
    )
    findings = found_in(marked)
    assert findings
    assert not [one for one in findings if secret in repr(one)]


@given(event=QUERIES, word=st.sampled_from(("ICE", "deportation", "abortion", "border patrol")))
def test_a_screened_word_is_found_whatever_else_is_true(event: QueryEvent, word: str) -> None:
    for field in ("reason_text", "text_prompt", "case_number", "filters"):
        changes: dict[str, Any] = {field: word}
        assert (ReasonCode.REASON_NEEDS_REVIEW, field) in {
            (one.code, one.field) for one in found_in(replace(event, **changes))
        }


@given(
    event=QUERIES,
    window=st.tuples(STARTS, st.timedeltas(timedelta(0), timedelta(days=3000))),
    more=st.timedeltas(timedelta(0), timedelta(days=3000)),
)
def test_an_earlier_start_of_the_window_is_never_found_less(
    event: QueryEvent, window: tuple[datetime, timedelta], more: timedelta
) -> None:
    start, length = window
    codes = {ReasonCode.RETENTION_EXCEEDED, ReasonCode.LOGICALLY_DELETED, ReasonCode.SELECTOR_TOO_BROAD}
    given_window = replace(event, window_from=start, window_to=start + length)
    earlier = replace(given_window, window_from=start - more)
    assert _of(codes, found_in(given_window)) <= _of(codes, found_in(earlier))


@given(event=QUERIES, field=st.sampled_from(("user", "organisation", "plate", "reason_text", "offence")))
def test_what_is_withheld_is_found_like_what_is_blank(event: QueryEvent, field: str) -> None:
    codes = {ReasonCode.ACCESS_RECORD_INCOMPLETE}
    blank: dict[str, Any] = {field: ""}
    withheld: dict[str, Any] = {field: "***"}
    assert _of(codes, found_in(replace(event, **blank))) == _of(codes, found_in(replace(event, **withheld)))


def test_nothing_is_found_in_a_search_that_is_in_order() -> None:
    assert found_in(a_query()) == ()


def _of(codes: set[ReasonCode], findings: tuple[QueryFinding, ...]) -> set[tuple[ReasonCode, str, str]]:
    return {(one.code, one.field, one.message) for one in findings if one.code in codes}
