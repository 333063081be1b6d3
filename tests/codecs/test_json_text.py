from datetime import UTC, datetime

import pytest

from streams.codecs.json_text import json_text, parsed
from streams.errors import CodecError
from tests.codecs.samples import HEARTBEAT


def test_text_is_parsed_from_bytes_and_from_text() -> None:
    assert parsed(b'{"a": [1]}') == parsed('{"a": [1]}') == {"a": [1]}


@pytest.mark.parametrize("text", [b"", b"{", b"\xff", "\ud800", b"NaN", b"[" * 100_000, b'{"a": 1} x'])
def test_what_is_no_json_is_refused_with_its_place(text: bytes | str) -> None:
    with pytest.raises(CodecError, match=r"^expected JSON: line \d+ column \d+$"):
        parsed(text)


def test_text_over_the_limit_is_not_even_parsed() -> None:
    with pytest.raises(CodecError, match="at most 8 characters of JSON, got 9"):
        parsed(b'"1234567"', 8)


def test_a_record_is_written_with_times_as_in_rfc_3339_and_bytes_in_hexadecimal() -> None:
    assert json_text(HEARTBEAT) == b'{"worker":"worker-1","at":"2026-03-04T05:06:07.891234Z"}'
    assert json_text({"at": datetime(2026, 1, 2, tzinfo=UTC), "mac": b"\x01\xff"}) == (
        b'{"at":"2026-01-02T00:00:00Z","mac":"01ff"}'
    )


@pytest.mark.parametrize("value", [object(), {"a": 1 << 65}, "\ud800"])
def test_what_json_cannot_hold_is_refused(value: object) -> None:
    with pytest.raises(CodecError, match="cannot be written as JSON"):
        json_text(value)
