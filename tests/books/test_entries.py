from dataclasses import replace

import pytest

from streams.books.entries import BookKey, EntryKind, Unreadable, encode_entry, key_of, read_key, read_record
from streams.codecs.heartbeat import encode_heartbeat
from streams.errors import CodecError
from streams.policy.book_records import Heartbeat
from tests.books.samples import NOW, agreement, entity, evidence_hold, policy, processor, user

ENTRIES = (agreement(), entity(), policy(), evidence_hold(), user(), processor())


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: type(entry).__name__)
def test_what_was_written_reads_back_under_its_key(entry: object) -> None:
    record = read_record(7, key_of(entry).encode(), encode_entry(entry))  # type: ignore[arg-type]  # each is an Entry
    assert (record.offset, record.value) == (7, entry)


def test_keys_are_the_agreed_ones() -> None:
    assert [str(key_of(entry)) for entry in ENTRIES] == [
        "agreement/burbank-2026",
        "entity/burbank",
        "policy/current",
        "evidence-hold/evidence-1",
        "user/cdaa0824f4036a60be0353a5a8b7908a",
        "processor/cloud-host",
    ]


def test_a_name_may_hold_a_slash() -> None:
    assert read_key(b"agreement/a/b") == BookKey(kind=EntryKind.AGREEMENT, name="a/b")


@pytest.mark.parametrize(
    "key",
    [
        None,
        b"",
        b"\xff\xfe",
        b"agreement",
        b"agreement/",
        b"treaty/x",
        b"policy/next",
        b"Entity/x",
        b"unknown/x",
    ],
)
def test_a_key_that_cannot_be_read_is_an_error(key: bytes | None) -> None:
    with pytest.raises(CodecError):
        read_key(key)


@pytest.mark.parametrize("value", [None, b"", b"\x00", b"no avro at all", encode_entry(entity())])
def test_a_value_that_is_not_the_record_is_unreadable(value: bytes | None) -> None:
    assert isinstance(read_record(0, b"agreement/burbank-2026", value).value, Unreadable)


def test_a_record_under_the_key_of_another_is_unreadable() -> None:
    value = encode_entry(agreement("glendale-2026"))
    assert isinstance(read_record(0, b"agreement/burbank-2026", value).value, Unreadable)


def test_a_policy_that_cannot_be_put_in_force_is_unreadable() -> None:
    value = encode_entry(replace(policy(), hold_deadline="soon"))
    assert isinstance(read_record(0, b"policy/current", value).value, Unreadable)


def test_a_heartbeat_is_read() -> None:
    beat = Heartbeat(worker="w", at=NOW)
    assert read_record(0, b"heartbeat/w", encode_heartbeat(beat)).value == beat
