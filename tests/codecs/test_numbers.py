from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.codecs import numbers
from streams.errors import CodecError
from tests.codecs.strategies import INSTANTS

LONGS = st.integers(-numbers.LONG_LIMIT, numbers.LONG_LIMIT - 1)


@given(LONGS, st.binary(max_size=4))
def test_a_long_reads_back_and_says_where_it_ends(number: int, rest: bytes) -> None:
    written = numbers.write_long(number)
    assert numbers.read_long(b"\x55" + written + rest, 1) == (number, 1 + len(written))


@pytest.mark.parametrize(
    ("number", "written"),
    [(0, "00"), (-1, "01"), (1, "02"), (63, "7e"), (64, "8001"), (-65, "8101"), (8192, "808001")],
)
def test_a_long_is_written_as_avro_says(number: int, written: str) -> None:
    assert numbers.write_long(number).hex() == written


@pytest.mark.parametrize("number", [numbers.LONG_LIMIT, -numbers.LONG_LIMIT - 1])
def test_a_long_of_more_than_64_bits_is_not_written(number: int) -> None:
    with pytest.raises(CodecError, match="longer than 64 bits"):
        numbers.write_long(number)


@pytest.mark.parametrize("number", [numbers.INT_LIMIT, -numbers.INT_LIMIT - 1])
def test_an_int_of_more_than_32_bits_is_neither_written_nor_read(number: int) -> None:
    with pytest.raises(CodecError, match="longer than 32 bits"):
        numbers.write_int(number)
    with pytest.raises(CodecError, match="longer than 32 bits"):
        numbers.read_int(numbers.write_long(number), 0)


@pytest.mark.parametrize("data", [b"\xff" * 11, b"\x80" * 10 + b"\x01"])
def test_a_number_of_more_than_ten_bytes_is_refused(data: bytes) -> None:
    with pytest.raises(CodecError, match="longer than 64 bits"):
        numbers.read_long(data, 0)


@pytest.mark.parametrize("data", [b"\x80\x00", b"\x8c\x80\x00", b"\xff" * 9 + b"\x02"])
def test_a_number_longer_than_it_needs_to_be_is_refused(data: bytes) -> None:
    with pytest.raises(CodecError, match="longer than it needs to be"):
        numbers.read_long(data, 0)


def test_a_number_that_never_ends_runs_out_of_bytes() -> None:
    with pytest.raises(IndexError):
        numbers.read_long(b"\xff\xff", 0)


@pytest.mark.parametrize("length", [0, 63, 64, 8192, 1 << 40])
def test_a_length_reads_back(length: int) -> None:
    assert numbers.read_length(numbers.write_long(length), 0)[0] == length


@pytest.mark.parametrize("data", [b"\x01", b"\x81\x01"])
def test_a_negative_length_is_refused(data: bytes) -> None:
    with pytest.raises(CodecError, match="negative"):
        numbers.read_length(data, 0)


@given(INSTANTS, st.binary(max_size=8))
def test_an_instant_reads_back_to_the_microsecond(instant: datetime, rest: bytes) -> None:
    written = numbers.write_instant(instant)
    assert numbers.read_instant(written + rest, 0) == (instant, len(written))


@given(
    st.datetimes(datetime(1971, 1, 1), datetime(2104, 12, 31), timezones=st.just(UTC)),  # noqa: DTZ001  # bounds are naive
)
def test_an_instant_of_our_times_is_the_same_number_as_the_plain_way_writes(instant: datetime) -> None:
    micros = (instant - numbers.EPOCH) // numbers.MICROSECOND
    assert numbers.write_instant(instant) == numbers.write_long(micros)
    assert numbers.read_instant(numbers.write_long(micros), 0)[0] == instant


@pytest.mark.parametrize("micros", [(1 << 48) - 1, 1 << 48, (1 << 55) - 1, 1 << 55, 0x0F00 << 41, -1])
def test_an_instant_at_the_edges_of_the_fast_way_reads_back(micros: int) -> None:
    instant = numbers.EPOCH + timedelta(microseconds=micros)
    assert numbers.read_instant(numbers.write_instant(instant), 0)[0] == instant


def test_an_instant_reads_the_same_with_bytes_after_it_that_look_like_more_of_it() -> None:
    written = numbers.write_instant(numbers.EPOCH + timedelta(seconds=1))
    assert numbers.read_instant(written + b"\xff" * 8, 0) == (
        numbers.EPOCH + timedelta(seconds=1),
        len(written),
    )


def test_an_instant_that_is_spelt_longer_than_it_needs_to_be_is_refused() -> None:
    for spelling in (b"\x80" * 7 + b"\x00", b"\x82" + b"\x80" * 6 + b"\x00", b"\xfe" + b"\xff" * 6 + b"\x00"):
        with pytest.raises(CodecError, match="longer than it needs to be"):
            numbers.read_instant(spelling, 0)


def test_an_instant_with_another_offset_is_the_same_instant() -> None:
    there = datetime(2026, 3, 4, 5, 6, 7, tzinfo=timezone(timedelta(hours=-8)))
    assert numbers.read_instant(numbers.write_instant(there), 0)[0] == there


def test_an_instant_without_an_offset_is_not_written() -> None:
    with pytest.raises(TypeError):
        numbers.write_instant(datetime(2026, 3, 4))  # noqa: DTZ001  # the point of the test


@pytest.mark.parametrize("micros", [1 << 62, -(1 << 62)])
def test_an_instant_outside_the_calendar_overflows(micros: int) -> None:
    with pytest.raises(OverflowError):
        numbers.read_instant(numbers.write_long(micros), 0)


@given(st.dates())
def test_a_day_reads_back(day: date) -> None:
    written = numbers.write_day(day)
    assert numbers.read_day(written, 0) == (day, len(written))


@pytest.mark.parametrize("days", [numbers.INT_LIMIT - 1, -numbers.INT_LIMIT])
def test_a_day_outside_the_calendar_is_an_error(days: int) -> None:
    with pytest.raises((ValueError, OverflowError)):
        numbers.read_day(numbers.write_long(days), 0)
