"""Avro's numbers: zigzag variable-length integers and instants, read and written strictly.

Strictly means that every value has one spelling: a longer one than needed, or more than 64 bits, is an error.
"""

import struct
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate, repeat
from operator import add
from typing import TypeVar

from streams.errors import CodecError

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EPOCH_DAY = date(1970, 1, 1).toordinal()
MICROSECOND = timedelta(microseconds=1)
LONG_BITS = 63
LONG_LIMIT = 1 << LONG_BITS
INT_LIMIT = 1 << 31
# The bit of a byte that says that another one follows.
GOES_ON = 0x80

# The length that a single byte says, by that byte; None where more bytes follow or the length is negative.
SHORT_LENGTHS = tuple(None if byte & 0x81 else byte >> 1 for byte in range(256))

_read_pairs = struct.Struct("<HHHH").unpack_from
_write_pair = struct.Struct("<H").pack
_write_pairs = struct.Struct("<HHHH").pack
# 14 bits as the two bytes that carry them, both with the bit that says that another one follows.
_PAIRS = tuple((bits & 127) | (bits >> 7) << 8 | 0x8080 for bits in range(1 << 14))
# Turns that bit of the second byte off, for the end of a number.
_LAST = 0x8000
_ONE_BYTE = tuple(bytes((number,)) for number in range(128))

_Moment = TypeVar("_Moment", datetime, timedelta)


def _steps(pairs: Iterable[int], start: _Moment, step: timedelta) -> Mapping[int, _Moment]:
    """Return the start for the first pair of bytes, and for each next one a step more."""
    return dict(zip(pairs, accumulate(repeat(step), add, initial=start), strict=False))


# An instant in eight bytes is the sum of what its four pairs stand for. Zigzag doubles the microseconds; an
# odd number is a time before 1970, which the first table lacks.
_FIRST = _steps(_PAIRS[::2], timedelta(0), MICROSECOND)
_SECOND = _steps(_PAIRS, timedelta(0), MICROSECOND * (1 << 13))
_THIRD = _steps(_PAIRS, timedelta(0), MICROSECOND * (1 << 27))
# From 1978 on, since an earlier one is shorter and in eight bytes longer than it needs to be; up to the year
# 2103, which keeps the table small.
_FOURTH = _steps(
    (pair ^ _LAST for pair in _PAIRS[1 << 7 : 15 << 7]),
    EPOCH + MICROSECOND * (1 << 48),
    MICROSECOND * (1 << 41),
)


def read_long(buffer: bytes, at: int) -> tuple[int, int]:
    """Return the number that starts at `at`, and where the next value starts.

    Raises:
        CodecError: it has more than 64 bits, or more bytes than it needs.
    """
    byte = buffer[at]
    if byte < GOES_ON:
        return (byte >> 1) ^ -(byte & 1), at + 1
    number = shift = 0
    while True:
        byte = buffer[at]
        at += 1
        number |= (byte & 127) << shift
        if byte < GOES_ON:
            break
        # Seven bits a byte, the lowest first.
        shift += 7
        if shift > LONG_BITS:
            raise CodecError("a number is longer than 64 bits")
    # INVARIANT: one value has one spelling, or two digests could stand for one content.
    if (byte == 0 and shift) or number >> 64:
        raise CodecError("a number is longer than it needs to be")
    return (number >> 1) ^ -(number & 1), at


def read_int(buffer: bytes, at: int) -> tuple[int, int]:
    """Return the 32-bit number that starts at `at`, and where the next value starts."""
    number, at = read_long(buffer, at)
    if not -INT_LIMIT <= number < INT_LIMIT:
        raise CodecError("a number is longer than 32 bits")
    return number, at


def read_length(buffer: bytes, at: int) -> tuple[int, int]:
    """Return the length that starts at `at`, and where its content starts."""
    short = SHORT_LENGTHS[buffer[at]]
    if short is not None:
        return short, at + 1
    length, at = read_long(buffer, at)
    if length < 0:
        raise CodecError("a length is negative")
    return length, at


def write_long(number: int) -> bytes:
    """Return the bytes of a 64-bit number."""
    if 0 <= number < 1 << 6:
        return _ONE_BYTE[number << 1]
    if not -LONG_LIMIT <= number < LONG_LIMIT:
        raise CodecError("a number is longer than 64 bits")
    rest = (number << 1) ^ (number >> LONG_BITS)
    written = b""
    while rest >= 1 << 14:
        written += _write_pair(_PAIRS[rest & 16383])
        rest >>= 14
    return written + (_ONE_BYTE[rest] if rest < GOES_ON else _write_pair(_PAIRS[rest] ^ _LAST))


def write_int(number: int) -> bytes:
    """Return the bytes of a 32-bit number."""
    if not -INT_LIMIT <= number < INT_LIMIT:
        raise CodecError("a number is longer than 32 bits")
    return write_long(number)


def read_instant(buffer: bytes, at: int) -> tuple[datetime, int]:
    """Return the instant whose microseconds since 1970 start at `at`, and where the next value starts.

    Today's numbers take eight bytes. They are read as four pairs, which halves the time.
    """
    try:
        first, second, third, fourth = _read_pairs(buffer, at)
        return _FOURTH[fourth] + _THIRD[third] + _SECOND[second] + _FIRST[first], at + 8
    # Any other length, a time before 1970, or a late one: the long way.
    except (struct.error, KeyError):
        return _read_any_instant(buffer, at)


def _read_any_instant(buffer: bytes, at: int) -> tuple[datetime, int]:
    micros, at = read_long(buffer, at)
    return EPOCH + timedelta(microseconds=micros), at


def write_instant(instant: datetime) -> bytes:
    """Return the bytes of an instant, in microseconds since 1970; it must have an offset.

    One without an offset raises TypeError, which the record's codec tells as a value that does not fit.
    """
    since = instant - EPOCH
    number = (since.days * 86_400 + since.seconds) * 2_000_000 + since.microseconds * 2
    # In halves, for up to 30 bits Python is quicker.
    high, low = number >> 28, number & 0xFFF_FFFF
    # Exactly eight bytes hold these: the years 1978 to 3111.
    if not 1 << 21 <= high < 1 << 28:
        return write_long(number >> 1)
    return _write_pairs(
        _PAIRS[low & 16383], _PAIRS[low >> 14], _PAIRS[high & 16383], _PAIRS[high >> 14] ^ _LAST
    )


def read_day(buffer: bytes, at: int) -> tuple[date, int]:
    """Return the date whose days since 1970 start at `at`, and where the next value starts."""
    days, at = read_int(buffer, at)
    return date.fromordinal(EPOCH_DAY + days), at


def write_day(day: date) -> bytes:
    """Return the bytes of a date, in days since 1970."""
    return write_int(day.toordinal() - EPOCH_DAY)
