from datetime import UTC, date, datetime, timedelta

import orjson
import pytest

from streams.codecs.catalogue import versions_of
from streams.codecs.json_reading import JsonReader, defaults_of, json_reader_of
from streams.codecs.json_text import json_text
from streams.codecs.shapes import Choice, Entries, Items, Leaf, Shape, Words
from streams.errors import CodecError
from streams.policy.vocabulary import ReasonCode, Scope

TEXT = Leaf(name="string")


def read(shape: Shape, value: object) -> object:
    return json_reader_of(shape)(value, "here")


def reader(record: str) -> JsonReader:
    return json_reader_of(versions_of(record)[-1].record)


@pytest.mark.parametrize(
    ("leaf", "given", "value"),
    [
        ("string", "", ""),
        ("bytes", "00ff", b"\x00\xff"),
        ("boolean", True, True),
        ("int", -3, -3),
        ("long", (1 << 63) - 1, (1 << 63) - 1),
        ("long", 7.0, 7),
        ("double", 1, 1.0),
        ("date", "2027-01-31", date(2027, 1, 31)),
        ("timestamp-micros", "2026-03-04T05:06:07Z", datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)),
        ("timestamp-micros", "2026-03-04t05:06:07.25-08:00", datetime(2026, 3, 4, 13, 6, 7, 250_000, UTC)),
    ],
)
def test_a_leaf_reads_its_own_kind_of_value(leaf: str, given: object, value: object) -> None:
    found = read(Leaf(name=leaf), given)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("leaf", "given", "what"),
    [
        ("string", 3, "a text"),
        ("string", None, "a text"),
        ("bytes", "0g", "hexadecimal digits"),
        ("bytes", 3, "a text"),
        ("boolean", 1, "true or false"),
        ("int", 1 << 31, "a whole number of 32 bits"),
        ("int", True, "a whole number of 32 bits"),
        ("long", 1.5, "a whole number of 64 bits"),
        ("long", float(1 << 63), "a whole number of 64 bits"),
        ("long", 1e300, "a whole number of 64 bits"),
        ("double", "1", "a finite number"),
        ("double", True, "a finite number"),
        ("double", float("inf"), "a finite number"),
        ("date", "2027-02-30", "a date"),
        ("date", "20270131", "a date"),
        ("timestamp-micros", "2026-03-04T05:06:07", "with an offset"),
        ("timestamp-micros", "2026-03-04", "with an offset"),
        ("timestamp-micros", "2026-13-04T05:06:07Z", "with an offset"),
        ("timestamp-micros", "0001-01-01T00:00:00+08:00", "with an offset"),
        ("timestamp-micros", "٢٠٢٦-03-04T05:06:07Z", "with an offset"),
        ("timestamp-micros", 1_772_600_767, "a text"),
    ],
)
def test_a_leaf_refuses_any_other_value_and_names_its_field(leaf: str, given: object, what: str) -> None:
    with pytest.raises(CodecError, match=f"^`here`: expected .*{what}"):
        read(Leaf(name=leaf), given)


def test_a_word_nobody_knows_reads_as_unknown() -> None:
    words = Words(name="Scope", symbols=("unknown", "search"))
    assert read(words, "search") is Scope.SEARCH
    assert read(words, "teleport") is Scope.UNKNOWN


def test_a_reason_code_nobody_knows_is_refused() -> None:
    words = Words(name="ReasonCode", symbols=("unknown", "NO_AGREEMENT"))
    assert read(words, "NO_AGREEMENT") is ReasonCode.NO_AGREEMENT
    with pytest.raises(CodecError, match="expected a reason code"):
        read(words, "NO_SUCH_REASON")


def test_lists_and_objects_read_their_parts() -> None:
    assert read(Items(item=TEXT), ["a", "b"]) == ("a", "b")
    assert read(Entries(value=TEXT), {"k": "v"}) == {"k": "v"}


@pytest.mark.parametrize(
    ("shape", "given", "message"),
    [
        (Items(item=TEXT), "a", r"`here`: expected a list of at most 65536 items"),
        (Items(item=TEXT), ["a"] * 65_537, r"`here`: expected a list of at most 65536 items"),
        (Items(item=TEXT), ["a", 3], r"`here\[1\]`: expected a text"),
        (Entries(value=TEXT), [], r"`here`: expected an object of at most 65536 keys"),
        (Entries(value=TEXT), {"k": 3}, r"`here\.\*`: expected a text"),
    ],
)
def test_lists_and_objects_refuse_what_they_are_not(shape: Shape, given: object, message: str) -> None:
    with pytest.raises(CodecError, match=message):
        read(shape, given)


def test_null_is_read_only_where_a_value_may_be_absent() -> None:
    assert read(Choice(plain=TEXT, nullable=True, sealable=True), None) is None
    with pytest.raises(CodecError, match="a text"):
        read(Choice(plain=TEXT, nullable=False, sealable=True), None)


def test_a_record_refuses_what_is_no_object() -> None:
    with pytest.raises(CodecError, match=r"^expected an object$"):
        reader("heartbeat")([], "")


def test_a_record_names_the_field_that_is_missing() -> None:
    with pytest.raises(CodecError, match=r"^`at`: expected a value, it is missing$"):
        reader("heartbeat")({"worker": "w"}, "")


def test_a_record_names_the_key_that_is_no_field_but_not_one_that_may_be_anything() -> None:
    known = {"worker": "w", "at": "2026-03-04T05:06:07Z"}
    with pytest.raises(CodecError, match=r"^`wroker` is no field of this record$"):
        reader("heartbeat")({**known, "wroker": 1}, "")
    with pytest.raises(CodecError, match=r"^a key is no field of this record$"):
        reader("heartbeat")({**known, "8ABC123": 1}, "")


def test_an_unknown_key_deep_inside_is_named_with_where_it_stands() -> None:
    request = {
        "request_id": "r", "kind": "record_request", "initiated_by": "recipient", "recipient_name": "n",
        "requested_by": {"user": "u", "organisation": "o", "badge": 7},
    }  # fmt: skip
    with pytest.raises(CodecError, match=r"^`badge` is no field of `requested_by`$"):
        reader("sharing_request")(request, "")


def test_defaults_are_those_of_the_schema_for_every_record_inside() -> None:
    defaults = defaults_of(versions_of("agency_policy")[-1].record)
    assert defaults["AgencyPolicy"] == {"purposes": (), "extensions": (), "obligation_grace_days": 14}
    assert defaults["Extension"] == {"approved_by": ()}
    assert defaults["Agency"] == {}


def test_an_instant_keeps_its_microseconds_through_text() -> None:
    at = datetime(2026, 3, 4, 5, 6, 7, 1, UTC) + timedelta(days=1)
    text = json_text({"worker": "w", "at": at})
    heartbeat = reader("heartbeat")(orjson.loads(text), "")
    assert heartbeat.at == at
