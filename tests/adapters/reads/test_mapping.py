"""Formats that a file describes: what they read, what they refuse, and how a wrong file is told."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.adapters.reads.items import MOST_ITEMS
from streams.adapters.reads.mapping_file import read_mapping
from streams.adapters.reads.read_format import ReadFormat
from streams.adapters.reads.unread import Unread, UnreadReason
from streams.errors import InputError
from streams.examples import read_example
from streams.policy.read_event import HotListSource, ReadEvent
from streams.policy.vocabulary import DataType
from tests.adapters.reads.samples import CAPTURED, CAPTURED_MS, PLAIN_CSV, VERKADA, delivered

WHOLE_SECOND = CAPTURED.replace(microsecond=0)
ITEM: Mapping[str, Any] = {"plate": "7ZZZ001", "at": CAPTURED_MS}
READ = """
  plate: /plate
  captured_at: {at: /at, as: epoch_ms}
"""
JSON = f"mapping: trial\npayload: json\nread:{READ}"
ITEMS = f"mapping: trial\npayload: json\nitems: /found/0/cars\nread:{READ}  camera_id: payload/camera\n"
CSV = (
    "mapping: trial\npayload: csv\nread:\n  plate: P\n  captured_at: {at: T, as: epoch_ms}\n  camera_id: C\n"
)
VERKADA_FORM = read_mapping(read_example("mappings/verkada.yaml"), "verkada.yaml")
PLAIN_FORM = read_mapping(read_example("mappings/plain_csv.yaml"), "plain_csv.yaml")


def form_of(text: str) -> ReadFormat:
    return read_mapping(text, "mapping.yaml")


def parse(form: ReadFormat, body: object) -> tuple[ReadEvent | Unread, ...]:
    return form.parse(delivered(body))


def one_read(form: ReadFormat, body: object) -> ReadEvent:
    (found,) = parse(form, body)
    assert isinstance(found, ReadEvent), found
    return found


def reasons(form: ReadFormat, body: object) -> list[UnreadReason | None]:
    return [each.reason if isinstance(each, Unread) else None for each in parse(form, body)]


def test_verkada_webhook_is_its_read() -> None:
    found = one_read(VERKADA_FORM, VERKADA)
    assert (found.read.plate, found.read.captured_at) == ("7ZZZ001", WHOLE_SECOND)
    assert (found.read.confidence, found.read.plate_region) == (0.935, "US-CA")
    assert found.read.camera_id == "38718198-0000-4000-8000-68e1a8de30ac"
    assert found.source_image == "https://images.example/1.jpg", "what signs an address opens the image"


def test_verkada_sends_again_and_it_is_the_same_read() -> None:
    again = {**VERKADA, "created_at": VERKADA["created_at"] + 2}
    assert one_read(VERKADA_FORM, again).read.read_id == one_read(VERKADA_FORM, VERKADA).read.read_id


def test_verkada_other_webhooks_are_no_reads() -> None:
    assert reasons(VERKADA_FORM, {**VERKADA, "webhook_type": "camera_alert"}) == [UnreadReason.NOT_A_READ]


def test_a_plain_csv_is_its_reads() -> None:
    first, second = parse(PLAIN_FORM, PLAIN_CSV)
    assert isinstance(first, ReadEvent)
    assert isinstance(second, ReadEvent)
    assert (first.read.plate, first.read.captured_at) == ("7ZZZ001", WHOLE_SECOND)
    assert (first.read.confidence, first.read.plate_region) == (0.935, "US-CA")
    assert (first.read.latitude, first.read.longitude) == (33.75, -118.25)
    assert second.read.camera_name == "Gate 3, north"
    assert second.read.read_id != first.read.read_id


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_a_csv_may_begin_with_a_mark_and_have_blanks_in_its_header(encoding: str) -> None:
    body = PLAIN_CSV.replace("Plate,State", "Plate, State").encode(encoding)
    assert one_read(PLAIN_FORM, b"\n".join(body.splitlines()[:2])).read.plate_region == "US-CA"


def test_local_time_sold_as_utc_is_read_in_the_zone_of_the_feed() -> None:
    sold = {**ITEM, "at": CAPTURED_MS - 8 * 3_600_000}
    honest = form_of(JSON)
    assert one_read(honest, ITEM).read.captured_at == CAPTURED
    dishonest = form_of(JSON.replace("as: epoch_ms", "as: epoch_ms, zone: feed"))
    assert one_read(dishonest, sold).read.captured_at == CAPTURED


@pytest.mark.parametrize(
    ("how", "written"),
    [
        ("as: epoch_s", CAPTURED_MS / 1000),
        ("as: epoch_ms", str(CAPTURED_MS)),
        ("as: epoch_us", CAPTURED_MS * 1000),
        ("as: epoch_ns", CAPTURED_MS * 1_000_000),
        ("as: iso", "2027-03-01T11:59:59.750-08:00"),
        ("as: iso, zone: UTC", "2027-03-01 19:59:59.75"),
        ("as: iso, zone: feed", "2027-03-01T19:59:59.75Z"),
        ("as: iso, zone: America/Los_Angeles", "2027-03-01T11:59:59.75"),
        ("format: '%d.%m.%Y %H:%M:%S.%f', zone: feed", "01.03.2027 11:59:59.750"),
        ("format: '%Y%m%d%H%M%S.%f%z'", "20270301115959.750-0800"),
    ],
)
def test_a_time_is_in_the_unit_and_the_zone_that_the_mapping_names(how: str, written: object) -> None:
    form = form_of(JSON.replace("as: epoch_ms", how))
    assert one_read(form, {**ITEM, "at": written}).read.captured_at == CAPTURED


@pytest.mark.parametrize(
    ("how", "written"),
    [
        ("as: iso", "2027-03-01T11:59:59"),
        ("as: iso", "9999-12-31T23:59:59-10:00"),
        ("as: epoch_ms", 10**19),
        ("as: epoch_ms", True),
        ("format: '%d.%m.%Y %H:%M', zone: UTC", "03/01/2027 11:59"),
        ("format: '%d.%m.%Y %H:%M', zone: UTC", "01.01.0001 00:00"),
    ],
)
def test_a_time_that_is_not_as_the_mapping_says_is_told(how: str, written: object) -> None:
    form = form_of(JSON.replace("as: epoch_ms", how))
    assert reasons(form, {**ITEM, "at": written}) == [UnreadReason.FIELD_INVALID]


def test_the_hour_that_clocks_show_twice_is_the_earlier_one() -> None:
    form = form_of(JSON.replace("as: epoch_ms", "as: iso, zone: feed"))
    (found,) = form.parse(delivered({**ITEM, "at": "2026-11-01T01:30:00"}))
    assert isinstance(found, ReadEvent)
    assert found.read.captured_at.hour == 8


@pytest.mark.parametrize(("scale", "certain", "beyond"), [(1, 1, 1.01), (100, 100, 160)])
def test_a_confidence_is_on_the_scale_that_the_mapping_names(
    scale: int, certain: float, beyond: float
) -> None:
    form = form_of(f"{JSON}  confidence: {{at: /c, scale: {scale}}}\n")
    assert one_read(form, {**ITEM, "c": certain}).read.confidence == 1
    assert one_read(form, {**ITEM, "c": str(certain / 2)}).read.confidence == 0.5
    assert one_read(form, {**ITEM, "c": beyond}).read.confidence is None


@pytest.mark.parametrize("plate", ["", "No Plate", "00000000", None])
def test_an_empty_or_placeholder_plate_is_no_read(plate: str | None) -> None:
    assert reasons(form_of(JSON), {**ITEM, "plate": plate}) == [UnreadReason.NO_PLATE]


def test_items_are_told_one_by_one_with_what_stands_around_them() -> None:
    cars = [ITEM, {**ITEM, "plate": "8ZZZ002"}, {**ITEM, "at": "noon"}, "no record", {**ITEM, "plate": ""}]
    first, second, *others = parse(form_of(ITEMS), {"camera": 7, "found": [{"cars": cars}]})
    assert isinstance(first, ReadEvent)
    assert isinstance(second, ReadEvent)
    assert (first.read.camera_id, second.read.plate) == ("7", "8ZZZ002")
    told = [each.message for each in others if isinstance(each, Unread)]
    assert told[:2] == ["item 2: `/at`: expected a number", "item 3: expected a record"]
    assert reasons(form_of(ITEMS), {"camera": 7}) == [UnreadReason.FIELD_MISSING]
    assert reasons(form_of(ITEMS), {"found": [{"cars": []}]}) == [UnreadReason.NOT_A_READ]


def test_a_list_is_its_items_and_lines_are_each_one() -> None:
    assert reasons(form_of(JSON.replace("read:", "items: ''\nread:")), [ITEM, ITEM]) == [None, None]
    lines = form_of(JSON.replace("payload: json", "payload: json_lines"))
    body = b"\n".join([json.dumps(ITEM).encode(), b"", b"{", json.dumps(ITEM).encode()])
    assert reasons(lines, body) == [None, UnreadReason.UNPARSABLE, None]


def test_constants_prefixes_and_the_first_of_several_names() -> None:
    form = form_of(
        f"{JSON}  camera_id: {{at: [/lens, /box], is: gate}}\n  plate_region: {{at: /s, prefix: US-}}\n"
        "  latitude: {is: 33.75}\n  read_id: {join: [/box, /n]}\n  is_replay: /again\n"
    )
    found = one_read(form, {**ITEM, "box": "b", "lens": " ", "s": "ca", "n": 5, "again": True})
    assert (found.read.camera_id, found.read.plate_region, found.read.latitude) == ("b", "US-CA", 33.75)
    assert (found.source_read_id, found.is_replay) == ("b 5", True)
    assert one_read(form, ITEM).read.camera_id == "gate"
    assert one_read(form, {**ITEM, "n": 5}).source_read_id != "5", "half an id is none"


def test_a_hit_names_its_list_and_a_read_that_hit_none_is_a_read() -> None:
    form = form_of(f"{JSON}hot_list: {{owner: {{is: Example PD}}, list_name: /list, reason: /why}}\n")
    found = one_read(form, {**ITEM, "list": "Stolen", "why": None})
    assert found.read.data_type is DataType.HOTLIST_HIT
    assert found.hot_lists == (HotListSource(owner="Example PD", list_name="Stolen"),)
    assert one_read(form, ITEM).read.data_type is DataType.PLATE_READ
    assert one_read(form, ITEM).hot_lists == ()


def test_a_row_that_is_shifted_is_told_and_the_others_are_read() -> None:
    rows = f"C,P,T\n1,7ZZZ001,{CAPTURED_MS}\n1,2,7ZZZ001,{CAPTURED_MS}\n\n1,7ZZZ002,{CAPTURED_MS}\n"
    assert reasons(form_of(CSV), rows) == [None, UnreadReason.UNPARSABLE, None]
    found = parse(form_of(CSV), rows)[1]
    assert isinstance(found, Unread)
    assert found.message == "line 3: expected 3 cells, one for each column"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", UnreadReason.FIELD_MISSING),
        (b"C,Plate,T\n1,2,3\n", UnreadReason.FIELD_MISSING),
        (b"C,P,P,T\n1,2,3,4\n", UnreadReason.FIELD_INVALID),
        (b"C,P,T\n", UnreadReason.NOT_A_READ),
        (b'C,P,T\n1,"2"x,3\n', UnreadReason.UNPARSABLE),
        (b"\xff\xfe", UnreadReason.UNPARSABLE),
    ],
)
def test_a_csv_that_is_not_what_the_mapping_says_is_told(body: bytes, reason: UnreadReason) -> None:
    assert reasons(form_of(CSV), body) == [reason]


def test_a_column_that_a_vendor_drops_is_not_known_and_one_that_a_read_needs_is_missed() -> None:
    assert one_read(form_of(CSV), f"T,P\n{CAPTURED_MS},7ZZZ001\n").read.camera_id is None


def test_more_items_than_a_payload_may_have_are_told() -> None:
    body = f"C,P,T\n{f'1,7ZZZ001,{CAPTURED_MS}' + chr(10)}" + f"1,,{CAPTURED_MS}\n" * MOST_ITEMS
    found = reasons(form_of(CSV), body)
    assert (len(found), found[0], found[-1]) == (MOST_ITEMS + 1, None, UnreadReason.UNPARSABLE)


def test_a_message_shows_no_text_of_the_payload() -> None:
    secret = "7SECRET"  # noqa: S105  # a plate
    bodies = (f"C,P,T\n{secret},{secret},{secret}\n", f'C,P,T\n1,"{secret}"x,3\n', f"C,P,T\n{secret}\n")
    told = [each for body in bodies for each in parse(form_of(CSV), body)]
    told += parse(form_of(JSON), {"plate": secret, "at": secret})
    assert len(told) == 4
    assert all(isinstance(each, Unread) and secret not in each.message for each in told)


@given(st.binary(max_size=300))
def test_any_bytes_are_reads_or_reasons(body: bytes) -> None:
    for text in (JSON, ITEMS, CSV, JSON.replace("payload: json", "payload: json_lines")):
        assert parse(form_of(text), body)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("payload: json", "payload: xml", "2: payload: expected one of json, json_lines, csv, got `xml`"),
        ("payload: json", "payload: csv\ndelimiter: /", "3: delimiter: expected a comma"),
        ("payload: json", "payload: json\ndelimiter: ;", "3: delimiter: expected this for csv alone"),
        ("payload: json", "payload: json_lines\nitems: /x", "3: items: expected this for json alone"),
        ("read:", "reads:", "3: reads: expected no such key"),
        ("plate: /plate", "plate: plate", "4: read.plate.at: expected a JSON Pointer such as /plate"),
        ("plate: /plate", "plate: {is: 7ZZZ001}", "4: read.plate.is: expected no such key"),
        ("plate: /plate", "plate: {at: /a, join: [/b, /c]}", "4: read.plate: expected one of at, join"),
        ("plate: /plate", "plate: {join: [/b]}", "4: read.plate.join: expected two names or more"),
        ("plate: /plate", "colour: /plate", "4: read.colour: expected no such key"),
        ("plate: /plate", "vehicle_make: /make", "4: read.plate: expected this key, got none"),
        ("as: epoch_ms", "as: epoch", "5: read.captured_at.as: expected one of epoch_s"),
        (", as: epoch_ms", "", "5: read.captured_at: expected either `as` or `format`"),
        ("as: epoch_ms", "format: '%Y-%m-%d', zone: UTC", "expected a format with year, month, day, hour"),
        ("as: epoch_ms", "format: '%H:%M:%S', zone: UTC", "expected a format with year, month, day, hour"),
        ("as: epoch_ms", "format: '%Y-%m-%d %H:%M'", "5: read.captured_at.zone: expected this key"),
        ("as: epoch_ms", "as: iso, zone: PST8", "5: read.captured_at.zone: expected a time zone"),
        ("plate: /plate", "plate: /plate\n  confidence: /c", "5: read.confidence.scale: expected this key"),
        ("plate: /plate", "plate: /plate\n  latitude: {is: north}", "5: read.latitude: expected a number"),
        ("read:", "only: {plate: x}\nread:", "3: only.plate: expected a JSON Pointer"),
        (
            "read:",
            "hot_list: {owner: {is: x}}\nread:",
            "3: hot_list: expected one key that the payload fills",
        ),
    ],
)
def test_a_wrong_mapping_is_told_by_line_and_key(old: str, new: str, message: str) -> None:
    with pytest.raises(InputError, match=r"mapping\.yaml:\d+: ") as caught:
        form_of(JSON.replace(old, new))
    assert message in str(caught.value)
