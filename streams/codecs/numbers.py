"""Avro's numbers: zigzag variable-length integers and instants, read and written strictly.

Strictly means that every value has one spelling: a longer one than needed, or more than 64 bits, is an error.
"""

import struct
from datetime import UTC, date, datetime, timedelta

from streams.errors import CodecError

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EPOCH_DAY = date(1970, 1, 1).toordinal()
MICROSECOND = timedelta(microseconds=1)
LONG_BITS = 63
LONG_LIMIT = 1 << LONG_BITS
INT_LIMIT = 1 << 31
# The bit of a byte that says that another one follows.
GOES_ON = 0x80

_read_pairs = struct.Struct("<HHHH").unpack_from
_write_pairs = struct.Struct("<HHHH").pack
_from_timestamp = datetime.fromtimestamp
_CONTINUES = 0x8080
_LAST = 0x8000
# From here (in the year 2104) seconds as a float need not round to the right microsecond.
_TOO_LATE = 0x0F00
# Two bytes of a variable-length integer, as the 14 bits that they carry.
_FOURTEEN_BITS = tuple((pair & 127) | ((pair >> 8) & 127) << 7 for pair in range(1 << 16))
# The same the other way round, with both continuation bits set.
_PAIRS = tuple((bits & 127) | (bits >> 7) << 8 | _CONTINUES for bits in range(1 << 14))
_ONE_BYTE = tuple(bytes((number,)) for number in range(128))


def read_long(buffer: bytes, at: int) -> tuple[int, int]:
    """Return the number that starts at `at`, and where the next value starts.

    Raises:
        CodecError: it has more than 64 bits, or more bytes than it needs.
    """
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
    first = buffer[at]
    if not first & 0x81:
        return first >> 1, at + 1
    length, at = read_long(buffer, at)
    if length < 0:
        raise CodecError("a length is negative")
    return length, at


def write_long(number: int) -> bytes:
    """Return the bytes of a 64-bit number."""
    if not -LONG_LIMIT <= number < LONG_LIMIT:
        raise CodecError("a number is longer than 64 bits")
    rest = (number << 1) ^ (number >> LONG_BITS)
    if rest < GOES_ON:
        return _ONE_BYTE[rest]
    written = bytearray()
    while rest >= GOES_ON:
        written.append((rest & 127) | GOES_ON)
        rest >>= 7
    written.append(rest)
    return bytes(written)


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
        first, second, third, last = _read_pairs(buffer, at)
    except struct.error:
        return _read_any_instant(buffer, at)
    # Any other length, a time before 1970, or one too late for a float: the long way.
    if first & second & third & (last | _LAST) & _CONTINUES != _CONTINUES or last >= _TOO_LATE or first & 1:
        return _read_any_instant(buffer, at)
    number = (
        _FOURTEEN_BITS[first]
        | _FOURTEEN_BITS[second] << 14
        | _FOURTEEN_BITS[third] << 28
        | _FOURTEEN_BITS[last] << 42
    )
    return _from_timestamp(number / 2_000_000, UTC), at + 8


def _read_any_instant(buffer: bytes, at: int) -> tuple[datetime, int]:
    micros, at = read_long(buffer, at)
    return EPOCH + timedelta(microseconds=micros), at


def write_instant(instant: datetime) -> bytes:
    """Return the bytes of an instant, in microseconds since 1970; it must have an offset.

    One without an offset raises TypeError, which the record's codec tells as a value that does not fit.
    """
    since = instant - EPOCH
    number = (since.days * 86_400_000_000 + since.seconds * 1_000_000 + since.microseconds) << 1
    # Exactly eight bytes hold these: the years 1978 to 3111.
    if not 1 << 49 <= number < 1 << 56:
        return write_long(number >> 1)
    return _write_pairs(
        _PAIRS[number & 16383],
        _PAIRS[number >> 14 & 16383],
        _PAIRS[number >> 28 & 16383],
        _PAIRS[number >> 42] ^ 0x8000,
    )


def read_day(buffer: bytes, at: int) -> tuple[date, int]:
    """Return the date whose days since 1970 start at `at`, and where the next value starts."""
    days, at = read_int(buffer, at)
    return date.fromordinal(EPOCH_DAY + days), at


def write_day(day: date) -> bytes:
    """Return the bytes of a date, in days since 1970."""
    return write_int(day.toordinal() - EPOCH_DAY)
