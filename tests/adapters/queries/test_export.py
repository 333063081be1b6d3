"""Exports of searches: each trap that vendors' files have, and every row accounted for."""

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.adapters.queries.export import LONGEST_ROW, Export
from streams.adapters.queries.forms import QUERY_FORMS
from streams.adapters.queries.rejected import Rejected, RejectReason
from streams.codecs.query_event import decode_query_event, encode_query_event
from streams.errors import InputError
from streams.policy.query_event import QueryEvent, query_digest
from tests.adapters.queries.samples import (
    AGENCY,
    NETWORK_HEADS,
    NETWORK_ROW,
    ORGANISATION_HEADS,
    ORGANISATION_ROW,
    PORTAL_HEADS,
    PORTAL_ROW,
    changed,
    written,
)
from tests.wording import exactly

ORGANISATION, NETWORK, PORTAL = "flock-organization-audit", "flock-network-audit", "flock-portal"


def rows_of(data: bytes, form: str = ORGANISATION, of: str | None = None) -> list[QueryEvent | Rejected]:
    return list(Export(data, "audit.csv", QUERY_FORMS[form], of))


def event_of(*rows: Sequence[str], form: str = ORGANISATION, of: str | None = None) -> QueryEvent:
    [event] = rows_of(written(*rows), form, of)
    assert isinstance(event, QueryEvent), event
    return event


def line_of(row: QueryEvent | Rejected) -> int:
    if isinstance(row, Rejected):
        return row.line
    assert row.imported_from is not None
    return row.imported_from.line


def own(**cells: str) -> QueryEvent:
    return event_of(ORGANISATION_HEADS, changed(ORGANISATION_HEADS, ORGANISATION_ROW, **cells))


def reject_of(*rows: Sequence[str]) -> Rejected:
    [rejected] = rows_of(written(*rows))
    assert isinstance(rejected, Rejected), rejected
    return rejected


def own_reject(**cells: str) -> RejectReason:
    return reject_of(ORGANISATION_HEADS, changed(ORGANISATION_HEADS, ORGANISATION_ROW, **cells)).reason


def test_a_row_of_an_organisation_audit() -> None:
    event = own()
    assert event.source == ORGANISATION
    assert (event.organisation, event.user, event.plate) == (AGENCY, "A. Officer", "7ZZZ001")
    assert (event.networks_searched, event.devices_searched) == (541, 15_737)
    assert event.searched_at == datetime(2025, 6, 7, 0, 27, 3, tzinfo=UTC)
    assert event.window_from == datetime(2025, 6, 1, 7, tzinfo=UTC)
    assert event.window_to == datetime(2025, 6, 8, 6, 59, 59, tzinfo=UTC)
    assert (event.reason_text, event.case_number, event.search_type) == (
        "stolen vehicle", "25-001234", "lookup",
    )  # fmt: skip
    assert (event.filters, event.text_prompt, event.moderation, event.purpose_code) == (None,) * 4
    assert event.imported_from is not None
    assert (event.imported_from.form, event.imported_from.line) == (ORGANISATION, 2)
    assert decode_query_event(encode_query_event(event)) == event


def test_a_row_of_a_network_audit_without_the_columns_that_the_vendor_took_out() -> None:
    event = event_of(NETWORK_HEADS, NETWORK_ROW, form=NETWORK)
    assert (event.organisation, event.user, event.plate, event.offence) == (
        "Pasadena CA PD", "", None, "Robbery",
    )  # fmt: skip
    assert event.window_from == datetime(2026, 1, 2, 8, tzinfo=UTC)
    assert (event.networks_searched, event.devices_searched) == (0, None)


def test_a_row_of_a_public_portal() -> None:
    event = event_of(PORTAL_HEADS, PORTAL_ROW, form=PORTAL, of=AGENCY)
    assert (event.organisation, event.user, event.reason_text) == (AGENCY, "***", "211PC")
    assert (event.searched_at, event.networks_searched) == (datetime(2026, 1, 3, 19, 59, tzinfo=UTC), 341)


def test_midnight_and_noon_of_a_clock_of_twelve_hours() -> None:
    assert own(search_time="06/07/2025, 12:00:00 AM UTC").searched_at == datetime(2025, 6, 7, tzinfo=UTC)
    assert own(search_time="06/07/2025, 12:00:00 PM UTC").searched_at == datetime(2025, 6, 7, 12, tzinfo=UTC)


def test_date_and_time_in_two_columns() -> None:
    heads = ("Name", "Search Date", "Search Time", "Reason")
    event = event_of(heads, ("A. Officer", "2025-05-01", "09:11:16", "robbery"), of=AGENCY)
    assert event.searched_at == datetime(2025, 5, 1, 9, 11, 16, tzinfo=UTC)


def test_what_is_withheld_stays_as_it_shows() -> None:
    event = own(name="***", license_plate="***", reason="REDACTED", time_frame="***", search_time="***")
    assert (event.user, event.plate, event.reason_text) == ("***", "***", "REDACTED")
    assert (event.window_from, event.window_to, event.searched_at) == (None, None, None)


@pytest.mark.parametrize("none", ["——", "—", "-", "", "***"])
def test_a_number_that_the_vendor_does_not_tell(none: str) -> None:
    assert own(total_devices_searched=none).devices_searched is None


def test_wildcards_of_a_plate_stay() -> None:
    assert own(license_plate="*ZZZ0**").plate == "*ZZZ0**"


def test_a_window_that_ends_after_the_search_is_no_fault_of_the_row() -> None:
    event = own(time_frame="06/01/2025, 07:00:00 AM UTC\n06/09/2025, 06:59:59 AM UTC")
    assert event.window_to is not None
    assert event.searched_at is not None
    assert event.window_to > event.searched_at


def test_columns_in_another_order_and_others_beside_them() -> None:
    heads, row = (*reversed(ORGANISATION_HEADS), "Camera Notes", ""), (*reversed(ORGANISATION_ROW), "x", "y")
    export = Export(written(heads, row), "audit.csv", QUERY_FORMS[ORGANISATION], None)
    assert export.unread == ("Camera Notes", "column 16 without a name")
    [event] = export
    assert isinstance(event, QueryEvent)
    assert query_digest(event) == query_digest(own())


def test_a_quoted_cell_after_a_blank() -> None:
    data = b'Name, Search Time, Reason\r\nA. Officer, "06/07/2025, 12:27:03 AM UTC", "robbery, armed"\r\n'
    [event] = rows_of(data, of=AGENCY)
    assert isinstance(event, QueryEvent)
    assert event.reason_text == "robbery, armed"


def test_a_byte_order_mark_and_an_empty_file_below_the_header() -> None:
    assert rows_of(b"\xef\xbb\xbf" + written(ORGANISATION_HEADS)) == []


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ({"search_time": "yesterday"}, RejectReason.TIME),
        ({"search_time": "13/07/2025, 01:27:03 AM UTC"}, RejectReason.TIME),
        ({"search_time": "06/07/2025, 13:27:03 AM UTC"}, RejectReason.TIME),
        ({"search_time": "06/07/2025, 01:27:03 AM"}, RejectReason.TIME),
        ({"search_time": "2025-06-07T01:27:03"}, RejectReason.TIME),
        ({"time_frame": "06/01/2025, 07:00:00 AM UTC"}, RejectReason.TIME_FRAME),
        ({"time_frame": "last week"}, RejectReason.TIME_FRAME),
        ({"time_frame": "06/01/2025, 07:00:00 AM UTC\nlast 06/02/2025, 07:00:00 AM UTC"},
         RejectReason.TIME_FRAME),
        ({"time_frame": "06/01/2025, 07:00:00 AM UTC\n06/31/2025, 07:00:00 AM UTC"}, RejectReason.TIME_FRAME),
        ({"total_networks_searched": "many"}, RejectReason.COUNT),
        ({"total_networks_searched": "-3"}, RejectReason.COUNT),
        ({"total_devices_searched": "9999999999"}, RejectReason.COUNT),
        ({"filters": "x" * LONGEST_ROW}, RejectReason.TOO_LONG),
        ({"search_time": "", "name": "", "reason": ""}, RejectReason.NO_SEARCH),
    ],
)  # fmt: skip
def test_a_row_that_is_none_says_why(cells: dict[str, str], reason: RejectReason) -> None:
    assert own_reject(**cells) == reason


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (("", " ", "\t"), RejectReason.BLANK),
        ((), RejectReason.BLANK),
        (tuple(head.strip() for head in ORGANISATION_HEADS), RejectReason.HEADER_AGAIN),
        (ORGANISATION_ROW[1:], RejectReason.CELLS),
        ((*ORGANISATION_ROW, "x"), RejectReason.CELLS),
        (("Total: 500", *[""] * 13), RejectReason.NO_SEARCH),
    ],
)
def test_what_stands_between_the_rows_says_why(row: tuple[str, ...], reason: RejectReason) -> None:
    assert reject_of(ORGANISATION_HEADS, row).reason == reason


def test_a_quote_that_nobody_closed_tells_which_lines_it_took() -> None:
    data = written(ORGANISATION_HEADS, ORGANISATION_ROW) + b'"A. Officer,x\r\ny\r\nz\r\n'
    event, rejected = rows_of(data)
    assert isinstance(event, QueryEvent)
    assert rejected == Rejected(line=4, reason=RejectReason.NOT_CSV, message="no row of CSV, up to line 6")


def test_no_reject_shows_what_stood_in_the_row() -> None:
    shown = "7QZX987"
    rows = [
        changed(ORGANISATION_HEADS, ORGANISATION_ROW, search_time=shown),
        changed(ORGANISATION_HEADS, ORGANISATION_ROW, time_frame=shown),
        changed(ORGANISATION_HEADS, ORGANISATION_ROW, total_networks_searched=shown),
        (shown,),
    ]
    found = rows_of(written(ORGANISATION_HEADS, *rows))
    assert len(found) == len(rows)
    assert shown not in repr(found)


@pytest.mark.parametrize(
    ("data", "form", "of", "told"),
    [
        (b"", ORGANISATION, None, "audit.csv:1: expected the column `name` of `flock-organization-audit`"),
        (written(NETWORK_HEADS), PORTAL, None, None),
        (b"id,userId,searchDate,networkCount,reason\n", PORTAL, " ",
         "audit.csv:1: no column says whose searches these are; name it with --of"),
        (b"Name,name,Search Time,Reason\n", ORGANISATION, AGENCY,
         "audit.csv:1: more than one column is `name`"),
        (b"\xff\xfe", ORGANISATION, None, "audit.csv: expected UTF-8 text, got other bytes at 0"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_such_export(data: bytes, form: str, of: str | None, told: str | None) -> None:
    if told is None:
        assert rows_of(data, form, of) == []
        return
    with pytest.raises(InputError, match=exactly(told)):
        rows_of(data, form, of)


def test_one_search_has_one_id_in_every_export_and_under_every_set_of_columns() -> None:
    shared = ORGANISATION_ROW[0]
    network = event_of(NETWORK_HEADS, changed(NETWORK_HEADS, NETWORK_ROW, id=shared.upper()), form=NETWORK)
    portal = event_of(PORTAL_HEADS, changed(PORTAL_HEADS, PORTAL_ROW, id=shared), form=PORTAL, of=AGENCY)
    assert own().query_id == network.query_id == portal.query_id
    assert own().query_id != own(id=NETWORK_ROW[0]).query_id
    assert shared not in own().query_id


def test_another_reason_for_the_same_search_is_the_same_search_and_news() -> None:
    assert own(reason="Investigation").query_id == own().query_id
    assert query_digest(own(reason="Investigation")) != query_digest(own())


@pytest.mark.parametrize("lost", ["", "***", "7.3E+15", "A. Officer"])
def test_without_an_id_of_the_vendor_all_that_is_told_is_the_id(lost: str) -> None:
    assert own(id=lost).query_id == own(id=lost).query_id
    assert own(id=lost).query_id != own(id=lost, reason="robbery").query_id


CELLS = st.one_of(
    st.sampled_from(("", "***", "——", "7ZZZ001", "06/07/2025, 12:27:03 AM UTC", '"', "a\nb", "ID", "12")),
    st.text(st.characters(codec="utf-8"), max_size=12),
)
ROWS = st.one_of(
    st.just(ORGANISATION_ROW),
    st.just(ORGANISATION_HEADS),
    st.lists(CELLS, min_size=14, max_size=14),
    st.lists(CELLS, max_size=16),
    st.tuples(st.integers(0, 13), CELLS).map(
        lambda change: [*ORGANISATION_ROW[: change[0]], change[1], *ORGANISATION_ROW[change[0] + 1 :]]
    ),
)


@given(rows=st.lists(ROWS, max_size=12))
def test_rows_in_are_events_and_rejects_out(rows: list[Sequence[str]]) -> None:
    found = rows_of(written(ORGANISATION_HEADS, *rows))
    assert len(found) == len(rows)
    lines = [line_of(each) for each in found]
    assert lines == sorted(set(lines))


@given(text=st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=200))
def test_whatever_stands_below_the_header_every_line_belongs_to_one_row(text: str) -> None:
    data = written(ORGANISATION_HEADS)
    below = text.encode()
    export = Export(data + below, "audit.csv", QUERY_FORMS[ORGANISATION], None)
    found = list(export)
    assert bool(found) == bool(below)
    for each in found:
        assert not isinstance(each, QueryEvent) or encode_query_event(each)
