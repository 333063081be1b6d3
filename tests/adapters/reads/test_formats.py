"""What every format keeps to, and each vendor's traps by name."""

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.adapters.reads.formats import READ_FORMATS
from streams.adapters.reads.unread import Unread, UnreadReason
from streams.policy.read_event import HotListSource, ReadEvent
from streams.policy.vocabulary import DataType
from tests.adapters.reads import samples
from tests.adapters.reads.samples import CAPTURED, FEED, one_read, one_unread, parse

WHOLE_SECOND = CAPTURED.replace(microsecond=0)
EACH: list[tuple[str, object, datetime]] = [
    ("rekor", samples.REKOR_GROUP, CAPTURED),
    ("rekor", samples.REKOR_ALERT, CAPTURED),
    ("plate_recognizer", samples.PLATE_RECOGNIZER_OLD, CAPTURED),
    ("plate_recognizer", samples.PLATE_RECOGNIZER_NEW, CAPTURED),
    ("hikvision", samples.HIKVISION, CAPTURED),
    ("axis", samples.AXIS, CAPTURED),
    ("dahua", samples.DAHUA, CAPTURED),
    ("dahua", samples.DAHUA_DATA, CAPTURED),
    ("dahua", samples.DAHUA_COMMAND, CAPTURED),
    ("dahua", samples.DAHUA_LINES, CAPTURED),
    ("genetec", samples.GENETEC, WHOLE_SECOND),
    ("genetec", samples.GENETEC_XML, WHOLE_SECOND),
    ("flock", samples.FLOCK, CAPTURED),
]


@pytest.mark.parametrize(("name", "body", "captured_at"), EACH)
def test_a_payload_is_one_read_with_its_plate_and_its_instant(
    name: str, body: object, captured_at: datetime
) -> None:
    found = one_read(name, body)
    assert found.read.plate == "7ZZZ001"
    assert found.plate_as_read.upper() == "7ZZZ001"
    assert found.read.captured_at == captured_at
    assert found.read.captured_at.tzinfo is UTC
    assert found.read.network == FEED.network
    assert found.read.camera_id
    assert found.read.confidence is None or 0.9 < found.read.confidence < 1
    assert not found.is_replay
    assert len(found.source_digest) == 64


@pytest.mark.parametrize(("name", "body", "captured_at"), EACH)
def test_a_payload_delivered_twice_is_the_same_read(name: str, body: object, captured_at: datetime) -> None:
    assert captured_at <= CAPTURED
    assert one_read(name, body) == one_read(name, body)
    assert one_read(name, body).read.read_id.startswith("harbour:")


@pytest.mark.parametrize("name", READ_FORMATS)
@given(body=st.one_of(st.binary(max_size=200), st.text(max_size=200).map(str.encode)))
def test_any_bytes_are_read_or_told_why_not(name: str, body: bytes) -> None:
    found = parse(name, body)
    assert found
    assert all(isinstance(each, Unread) for each in found)


NAMES = st.sampled_from(
    [
        *(
            "data",
            "results",
            "timestamp",
            "camera_id",
            "plate",
            "props",
            "value",
            "data_type",
            "group",
            "epoch_start",
        ),
        *(
            "params",
            "eventList",
            "Data",
            "Code",
            "UTC",
            "TrafficCar",
            "PlateNumber",
            "Plate",
            "CameraName",
            "DateUtc",
        ),
        *(
            "TimeUtc",
            "ocr",
            "sources",
            "objectId",
            "eventTime",
            "carID",
            "geotag",
            "imagesURI",
            "capture_timestamp",
        ),
    ]
)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=5)
    | NAMES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=6),
    max_leaves=20,
)


@pytest.mark.parametrize("name", READ_FORMATS)
@given(body=VALUES)
def test_any_json_is_read_or_told_why_not(name: str, body: object) -> None:
    assert parse(name, body if not isinstance(body, str) else json.dumps(body))


@pytest.mark.parametrize(("name", "body", "captured_at"), EACH)
@pytest.mark.parametrize("plate", ["", "   ", "No Plate", "NOPLATE", "Unknown", "00000000", "-", "\u200b"])
def test_an_empty_or_placeholder_plate_is_no_read(
    name: str, body: object, captured_at: datetime, plate: str
) -> None:
    assert captured_at <= CAPTURED
    text = body if isinstance(body, str) else json.dumps(body, ensure_ascii=False)
    text = text.replace("7ZZZ001", plate).replace("7zzz001", plate)
    assert one_unread(name, text).reason is UnreadReason.NO_PLATE


@pytest.mark.parametrize(("name", "body", "captured_at"), EACH)
def test_look_alike_letters_are_the_plate_that_a_person_reads(
    name: str, body: object, captured_at: datetime
) -> None:
    assert captured_at <= CAPTURED
    text = body if isinstance(body, str) else json.dumps(body, ensure_ascii=False)
    # Three Cyrillic letters and a blank, as some firmware writes them.
    found = one_read(name, text.replace("7ZZZ001", "7\u0410\u0412\u0421 001").replace("7zzz001", "7abc-001"))
    assert found.read.plate == "7ABC001"


def changed(body: Mapping[str, Any], **fields: object) -> Mapping[str, Any]:
    return {**body, **fields}


def test_o_and_0_stay_apart_on_record() -> None:
    assert one_read("rekor", changed(samples.REKOR_GROUP, best_plate_number="7O0I1")).read.plate == "7O0I1"


@pytest.mark.parametrize("clock", [0.0, 946_000_000_000, samples.CAPTURED_MS + 2 * 86_400_000, 9e15])
def test_a_camera_with_a_wrong_clock_is_not_believed(clock: float) -> None:
    found = one_unread("rekor", changed(samples.REKOR_GROUP, epoch_start=clock))
    assert found.reason in {
        UnreadReason.FIELD_MISSING,
        UnreadReason.IMPLAUSIBLE_TIME,
        UnreadReason.FIELD_INVALID,
    }


def test_a_message_shows_no_text_of_the_payload() -> None:
    found = one_unread("rekor", changed(samples.REKOR_GROUP, best_confidence="7ZZZ001"))
    assert found.reason is UnreadReason.FIELD_INVALID
    assert found.message == "`best_confidence`: expected a number"


# Rekor


@pytest.mark.parametrize("kind", ["alpr_results", "heartbeat", "vehicle"])
def test_rekor_results_and_heartbeats_are_no_reads(kind: str) -> None:
    found = one_unread("rekor", changed(samples.REKOR_GROUP, data_type=kind))
    assert found.reason is UnreadReason.NOT_A_READ
    assert found.reason.is_noise


def test_rekor_previews_are_dropped() -> None:
    found = one_unread("rekor", changed(samples.REKOR_GROUP, is_preview=True))
    assert found.reason is UnreadReason.PREVIEW


def test_rekor_confidence_is_a_percentage() -> None:
    assert one_read("rekor", samples.REKOR_GROUP).read.confidence == 0.935


def test_rekor_alerts_name_their_list_and_camera() -> None:
    found = one_read("rekor", samples.REKOR_ALERT)
    assert found.read.data_type is DataType.HOTLIST_HIT
    assert found.hot_lists == (HotListSource(list_name="Stolen vehicles", reason="stolen"),)
    assert found.read.camera_name == "Gate 3"


@pytest.mark.parametrize("nowhere", [0, -1, -1.0])
def test_rekor_without_a_receiver_is_nowhere(nowhere: float) -> None:
    found = one_read("rekor", changed(samples.REKOR_GROUP, gps_latitude=nowhere, gps_longitude=nowhere))
    assert (found.read.latitude, found.read.longitude) == (None, None)


# Plate Recognizer


def test_plate_recognizer_schemas_say_the_same() -> None:
    old = one_read("plate_recognizer", samples.PLATE_RECOGNIZER_OLD).read
    new = one_read("plate_recognizer", samples.PLATE_RECOGNIZER_NEW).read
    assert (old.plate, old.confidence, old.plate_region) == (new.plate, new.confidence, new.plate_region)
    assert (old.vehicle_make, old.vehicle_model, old.vehicle_color) == ("Ford", "Focus", "red")
    assert (new.vehicle_make, new.vehicle_model, new.vehicle_color) == ("Ford", "Focus", "red")
    assert old.plate_region == "US-CA"


def test_plate_recognizer_comes_as_a_form_with_its_image() -> None:
    fields = {
        "json": ("application/json", json.dumps(samples.PLATE_RECOGNIZER_OLD).encode()),
        "upload": ("image/jpeg", b"\xff\xd8\r\n--ed\x00ge"),
    }
    assert one_read("plate_recognizer", *samples.form(fields)).read.plate == "7ZZZ001"


def test_plate_recognizer_form_without_its_field_is_told() -> None:
    found = one_unread("plate_recognizer", *samples.form({"upload": ("image/jpeg", b"\xff\xd8")}))
    assert found.message == "expected the field `json` in the form"


def test_plate_recognizer_utc_without_an_offset_is_utc_and_local_time_is_not_read() -> None:
    data = changed(
        samples.PLATE_RECOGNIZER_OLD["data"],
        timestamp="2027-03-01 19:59:59.750000",
        timestamp_local="2027-03-01 11:59:59.750000",
    )
    assert one_read("plate_recognizer", {"data": data}).read.captured_at == CAPTURED


def test_plate_recognizer_has_several_cars_in_one_picture() -> None:
    (result,) = samples.PLATE_RECOGNIZER_OLD["data"]["results"]
    results = [result, changed(result, plate=""), changed(result, plate="8zzz002")]
    data = changed(samples.PLATE_RECOGNIZER_OLD["data"], results=results)
    first, second, third = parse("plate_recognizer", {"data": data})
    assert isinstance(first, ReadEvent)
    assert isinstance(second, Unread)
    assert isinstance(third, ReadEvent)
    assert first.read.read_id != third.read.read_id


@pytest.mark.parametrize(("name", "body", "captured_at"), EACH)
def test_a_read_without_its_plate_shows_neither_plate_nor_camera(
    name: str, body: object, captured_at: datetime
) -> None:
    found = one_read(name, body)
    assert found.read.captured_at == captured_at
    hidden = replace(found.read, plate=None, camera_id=None, camera_name=None)
    shown = f"{hidden.read_id} {hidden.image_reference}"
    for secret in ("7ZZZ001", found.read.camera_id, found.source_read_id, found.source_image):
        assert secret is None or secret.lower() not in shown.lower()
    # Nor can they be found by trying: whoever has not the key does not get the same.
    stranger = replace(FEED, reference_key=bytes(32))
    assert stranger.reference("read", found.source_read_id or "") not in shown


def test_an_image_named_after_its_plate_has_a_reference_that_does_not_show_it() -> None:
    named = "/local/tools.cgi?action=getImage&name=20270301_7ZZZ001.jpg"
    found = one_read("axis", changed(samples.AXIS, imagesURI=[named]))
    assert found.source_image == named
    assert found.read.image_reference is not None
    assert re.fullmatch("[0-9a-f]{32}", found.read.image_reference)
    assert one_read("axis", changed(samples.AXIS, imagesURI=[])).read.image_reference is None


@pytest.mark.parametrize("images", [[7], [None], [True], {"a": 1}, "1.jpg", 7])
def test_axis_images_of_another_kind_are_a_name_or_a_fault(images: object) -> None:
    (found,) = parse("axis", changed(samples.AXIS, imagesURI=images))
    assert isinstance(found, Unread) or found.source_image in {"1.jpg", "7", None}


@pytest.mark.parametrize("milliseconds", [-1, 1000, 10**19])
def test_dahua_milliseconds_that_are_none_are_left_out(milliseconds: int) -> None:
    found = one_read("dahua", changed(samples.DAHUA_DATA, UTCMS=milliseconds))
    assert found.read.captured_at == WHOLE_SECOND


@pytest.mark.parametrize("year", ["0001", "9999"])
def test_a_time_that_no_zone_has_is_told(year: str) -> None:
    stamp = f"{year}-12-31T23:59:59-10:00" if year == "9999" else f"{year}-01-01T00:00:00+10:00"
    found = one_unread("flock", changed(samples.FLOCK, eventTime=stamp))
    assert found.reason is UnreadReason.FIELD_INVALID


# Hikvision


@pytest.mark.parametrize("namespace", ["http://www.isapi.org/ver20/XMLSchema", ""])
def test_hikvision_in_either_namespace(namespace: str) -> None:
    body = samples.HIKVISION.replace("http://www.hikvision.com/ver20/XMLSchema", namespace)
    assert one_read("hikvision", body, "application/xml") == one_read("hikvision", body, "text/xml")
    assert one_read("hikvision", body).source_read_id == "HIK-0001"


def test_hikvision_comes_as_a_form_with_its_images() -> None:
    fields = {
        "licensePlatePicture.jpg": ("image/jpeg", b"\xff\xd8"),
        "anpr.xml": ("text/xml", samples.HIKVISION.encode()),
    }
    assert one_read("hikvision", *samples.form(fields)).read.plate == "7ZZZ001"


@pytest.mark.parametrize(
    ("written", "confidence"),
    [("97", 0.97), ("0.97", 0.97), ("1", 1.0), ("100", 1.0), ("101", None), ("0", 0.0)],
)
def test_hikvision_confidence_is_a_percentage_or_a_fraction(written: str, confidence: float | None) -> None:
    body = samples.HIKVISION.replace("<confidenceLevel>97<", f"<confidenceLevel>{written}<")
    assert one_read("hikvision", body).read.confidence == confidence


def test_hikvision_reads_the_original_plate_where_the_other_is_empty() -> None:
    body = samples.HIKVISION.replace("<licensePlate>7ZZZ001<", "<licensePlate><")
    assert one_read("hikvision", body).read.plate == "7ZZZ001"


def test_hikvision_says_that_it_sends_again() -> None:
    body = samples.HIKVISION.replace("Retransmission>false", "Retransmission>true")
    assert one_read("hikvision", body).is_replay


def test_hikvision_place_is_in_minutes_and_hemispheres() -> None:
    read = one_read("hikvision", samples.HIKVISION).read
    assert read.latitude == 33.75
    assert read.longitude == pytest.approx(-118.26)


def test_hikvision_place_that_is_unset_is_nowhere() -> None:
    body = samples.HIKVISION
    for number in ("118", "33", "15", "45", "36.0"):
        body = body.replace(f">{number}<", ">0<")
    assert one_read("hikvision", body).read.latitude is None


def test_hikvision_time_without_an_offset_is_local() -> None:
    body = samples.HIKVISION.replace(".750-08:00<", ".750<")
    assert one_read("hikvision", body).read.captured_at == CAPTURED


def test_hikvision_other_events_are_no_reads() -> None:
    body = samples.HIKVISION.replace(">ANPR<", ">VMD<")
    assert one_unread("hikvision", body).reason is UnreadReason.NOT_A_READ


@pytest.mark.parametrize(
    "doctype",
    [
        '<!DOCTYPE a [<!ENTITY b "7ZZZ001">]>',
        '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/hostname">]>',
        '<!DOCTYPE a SYSTEM "http://127.0.0.1/a.dtd">',
    ],
)
def test_hikvision_entities_are_not_expanded(doctype: str) -> None:
    body = samples.HIKVISION.replace("<Event", doctype + "<Event", 1).replace(">7ZZZ001<", ">&b;<")
    found = one_unread("hikvision", body)
    assert (found.reason, found.message) == (UnreadReason.UNPARSABLE, "expected XML without a document type")


def test_hikvision_xml_of_many_levels_or_elements_ends() -> None:
    assert one_unread("hikvision", "<a>" * 100_000).reason is UnreadReason.UNPARSABLE
    assert one_unread("hikvision", f"<a>{'<b/>' * 200_000}</a>").reason is UnreadReason.NOT_A_READ


# Axis


def test_axis_tells_a_car_three_times_and_it_counts_once() -> None:
    later = CAPTURED + timedelta(seconds=3)
    ids = {
        one_read("axis", changed(samples.AXIS, carState="new")).read.read_id,
        one_read("axis", changed(samples.AXIS, carState="update", plateConfidence="0.99")).read.read_id,
    }
    assert len(ids) == 1
    assert later.hour == CAPTURED.hour + 1
    next_car = changed(samples.AXIS, carID="1144697")
    assert one_read("axis", next_car).read.read_id not in ids


def test_axis_nanoseconds_stand_in_for_milliseconds_and_local_time_does_not() -> None:
    found = one_read("axis", changed(samples.AXIS, capture_timestamp="0"))
    assert abs(found.read.captured_at - CAPTURED) < timedelta(milliseconds=1)
    bare = changed(samples.AXIS, capture_timestamp="", capture_ts="")
    assert one_unread("axis", bare).reason is UnreadReason.FIELD_MISSING


# Dahua


def test_dahua_utc_is_local_time() -> None:
    shown = {key: value for key, value in samples.DAHUA_DATA.items() if key != "RealUTC"}
    assert one_read("dahua", shown).read.captured_at == CAPTURED


def test_dahua_plate_stands_in_one_of_three_places() -> None:
    car = changed(samples.DAHUA_DATA["TrafficCar"], PlateNumber="")
    nothing: Mapping[str, object] = {"Text": ""}
    assert one_read("dahua", changed(samples.DAHUA_DATA, TrafficCar=car)).read.plate == "7ZZZ001"
    third = changed(samples.DAHUA_DATA, TrafficCar=car, Object=nothing, Plate={"PlateNumber": "7ZZZ003"})
    assert one_read("dahua", third).read.plate == "7ZZZ003"
    none = changed(samples.DAHUA_DATA, TrafficCar=car, Object=nothing)
    assert one_unread("dahua", none).reason is UnreadReason.NO_PLATE


def test_dahua_confidence_beyond_100_is_not_known() -> None:
    thing = changed(samples.DAHUA_DATA["Object"], Confidence=160)
    assert one_read("dahua", changed(samples.DAHUA_DATA, Object=thing)).read.confidence is None


def test_dahua_other_events_are_no_reads() -> None:
    assert one_unread("dahua", "Code=VideoMotion;action=Start;data={}").reason is UnreadReason.NOT_A_READ


def test_dahua_three_dresses_are_one_read() -> None:
    bodies = (samples.DAHUA, samples.DAHUA_DATA, samples.DAHUA_COMMAND, samples.DAHUA_LINES)
    assert {one_read("dahua", body).source_read_id for body in bodies} == {"8M0000000000001:175706653:516"}
    assert len({one_read("dahua", body).read.read_id for body in bodies}) == 1


# Genetec


def test_genetec_dates_have_the_day_first() -> None:
    assert one_read("genetec", changed(samples.GENETEC, DateUtc="02/01/2027")).read.captured_at.month == 1
    assert one_unread("genetec", changed(samples.GENETEC, DateUtc="12/31/2026")).reason is (
        UnreadReason.FIELD_INVALID
    )


# Flock


def test_flock_hits_name_list_reason_and_case() -> None:
    found = one_read("flock", samples.FLOCK)
    assert found.read.data_type is DataType.HOTLIST_HIT
    assert found.hot_lists == (
        HotListSource(
            owner="Example PD", list_name="Stolen vehicles", reason="stolen", case_number="27-000001"
        ),
    )


def test_flock_address_of_the_image_is_no_key() -> None:
    assert one_read("flock", samples.FLOCK).source_image == "/obj-1.jpg"


def test_flock_hit_without_its_list_is_told() -> None:
    assert one_unread("flock", changed(samples.FLOCK, sources=[])).reason is UnreadReason.FIELD_MISSING
