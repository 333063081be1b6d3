"""Readers from Avro bytes straight to the frozen values, put together once per schema.

A reader takes the bytes and a position and gives the value and the position after it. Positions only grow,
so a length that points past the end shows as an IndexError later or as a wrong end; both are refused by
`RecordCodec.decode`, which turns the exceptions named there into CodecError. No bytes stand in a message.
"""

import math
import struct
from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import Any

from streams.codecs.bindings import RECORDS, word_of
from streams.codecs.numbers import read_day, read_instant, read_int, read_length, read_long
from streams.codecs.shapes import MOST_ITEMS, Choice, Entries, Field, Items, Leaf, Record, Shape, Words
from streams.errors import CodecError

Reader = Callable[[bytes, int], tuple[Any, int]]
Put = Callable[[object, object], None]
# Where a field is put, the byte before a plain value, what it is, and its table or reader.
_Step = tuple[Put, int, int, Any]
# Values for the fields that an earlier version of a record did not have, by record and field.
Defaults = Mapping[str, Mapping[str, object]]

_ABSENT, _PRESENT = 0, 2
# Most fields are texts and words; they are read in place, without a call each.
_TEXT, _WORD, _OTHER = range(3)
_double = struct.Struct("<d")


def read_text(buffer: bytes, at: int) -> tuple[str, int]:
    """Return the text at `at`, which must be UTF-8."""
    length, at = read_length(buffer, at)
    end = at + length
    return buffer[at:end].decode(), end


def read_bytes(buffer: bytes, at: int) -> tuple[bytes, int]:
    """Return the bytes at `at`."""
    length, at = read_length(buffer, at)
    end = at + length
    return buffer[at:end], end


def read_double(buffer: bytes, at: int) -> tuple[float, int]:
    """Return the finite number at `at`."""
    (number,) = _double.unpack_from(buffer, at)
    if not math.isfinite(number):
        raise CodecError("a number is not finite")
    return number, at + 8


def read_boolean(buffer: bytes, at: int) -> tuple[bool, int]:
    """Return the truth value at `at`."""
    byte = buffer[at]
    if byte > 1:
        raise CodecError("a truth value is neither 0 nor 1")
    return byte == 1, at + 1


_LEAVES: Mapping[str, Reader] = {
    "string": read_text,
    "bytes": read_bytes,
    "boolean": read_boolean,
    "int": read_int,
    "long": read_long,
    "double": read_double,
    "timestamp-micros": read_instant,
    "date": read_day,
}


def reader_of(shape: Shape, defaults: Defaults) -> Reader:
    """Return the reader of values of that shape."""
    match shape:
        case Leaf():
            return _LEAVES[shape.name]
        case Words():
            return _words(_table(shape))
        case Items():
            return _items(reader_of(shape.item, defaults))
        case Entries():
            return _entries(reader_of(shape.value, defaults))
        case Choice():
            return _choice(shape, reader_of(shape.plain, defaults))
    return _record(shape, defaults)


def _table(shape: Words) -> Mapping[int, object]:
    """Return the members by the byte that stands for them; a symbol without a member is not in it."""
    members = ((2 * index, word_of(shape.name, symbol)) for index, symbol in enumerate(shape.symbols))
    return {byte: member for byte, member in members if member is not None}


def _words(table: Mapping[int, object]) -> Reader:
    def read(buffer: bytes, at: int) -> tuple[object, int]:
        return table[buffer[at]], at + 1

    return read


def _count(buffer: bytes, at: int, already: int) -> tuple[int, int]:
    """Return how many items the next block has, and where its first one starts."""
    count, at = read_long(buffer, at)
    if count < 0:
        _, at = read_length(buffer, at)
        count = -count
    # INVARIANT: every item takes a byte at least, so a count beyond the bytes left costs nothing.
    if already + count > MOST_ITEMS or count > len(buffer) - at:
        raise CodecError("a list is longer than its bytes or than the limit")
    return count, at


def _items(item: Reader) -> Reader:
    def read(buffer: bytes, at: int) -> tuple[object, int]:
        if buffer[at] == 0:
            return (), at + 1
        found: list[object] = []
        while buffer[at]:
            count, at = _count(buffer, at, len(found))
            for _ in range(count):
                value, at = item(buffer, at)
                found.append(value)
        return tuple(found), at + 1

    return read


def _entries(value: Reader) -> Reader:
    def read(buffer: bytes, at: int) -> tuple[object, int]:
        found: dict[str, object] = {}
        while buffer[at]:
            count, at = _count(buffer, at, len(found))
            for _ in range(count):
                key, at = read_text(buffer, at)
                if key in found:
                    raise CodecError("a key of a map stands twice")
                found[key], at = value(buffer, at)
        return found, at + 1

    return read


def _not_plain(choice: Shape, tag: int) -> CodecError:
    if isinstance(choice, Choice) and choice.sealable and tag == _plain_tag(choice) + 2:
        return CodecError("a value is sealed and no key is at hand to open it")
    return CodecError("a value has an alternative that its schema does not have")


def _choice(choice: Choice, plain: Reader) -> Reader:
    """Return the reader of a choice in a list or map; `_record` reads those of its own fields itself."""
    plain_tag = _plain_tag(choice)

    def read(buffer: bytes, at: int) -> tuple[object, int]:
        tag = buffer[at]
        if tag == plain_tag:
            return plain(buffer, at + 1)
        if tag or not plain_tag:
            raise _not_plain(choice, tag)
        return None, at + 1

    return read


def _plain_tag(shape: Shape) -> int:
    """Return the byte that stands before a plain value; below zero for a value that is no choice."""
    if not isinstance(shape, Choice):
        return -1
    return _PRESENT if shape.nullable else _ABSENT


def _step(field: Field, put: Put, defaults: Defaults) -> _Step:
    """Return how `_record` reads one field: where to put it, its tag, what it is, its table or reader."""
    plain = field.shape.plain if isinstance(field.shape, Choice) else field.shape
    tag = _plain_tag(field.shape)
    if plain == Leaf(name="string"):
        return put, tag, _TEXT, read_text
    if isinstance(plain, Words):
        return put, tag, _WORD, _table(plain)
    return put, tag, _OTHER, reader_of(plain, defaults)


def _steps(shape: Record, defaults: Defaults) -> tuple[tuple[_Step, ...], Mapping[Put, Shape]]:
    """Return the steps of a record, and the shape of each field by where it is put."""
    made = RECORDS[shape.name]
    places: dict[str, Put] = {field.name: getattr(made, field.name).__set__ for field in fields(made)}
    putting = [(field, places.get(field.name, _discard)) for field in shape.fields]
    steps = tuple(_step(field, put, defaults) for field, put in putting)
    return steps, {put: field.shape for field, put in putting}


def _discard(record: object, value: object) -> None:
    """Drop a field of an earlier version that the value no longer has."""


def _record(shape: Record, defaults: Defaults) -> Reader:
    """Return the reader of a record, with the defaults of the fields that its version did not have."""
    made = RECORDS[shape.name]
    read = _plain_record(shape, defaults)
    there = {field.name for field in shape.fields}
    rest = tuple(
        (getattr(made, field.name).__set__, defaults[shape.name][field.name])
        for field in fields(made)
        if field.name not in there
    )

    def read_and_fill(buffer: bytes, at: int) -> tuple[object, int]:
        record, at = read(buffer, at)
        for put, value in rest:
            put(record, value)
        return record, at

    return read_and_fill if rest else read


def _plain_record(shape: Record, defaults: Defaults) -> Reader:
    """Return the reader of a record, which fills the slots of a new value one by one.

    That goes around the `__init__` of a frozen dataclass, which takes longer than all the reading. The
    values have slots and no `__post_init__`, so a value made this way is like any other.
    """
    made = RECORDS[shape.name]
    steps, choices = _steps(shape, defaults)

    def read(buffer: bytes, at: int) -> tuple[object, int]:
        record: object = object.__new__(made)
        for put, plain_tag, kind, how in steps:
            if plain_tag >= 0:
                tag = buffer[at]
                at += 1
                if tag != plain_tag:
                    if tag or not plain_tag:
                        raise _not_plain(choices[put], tag)
                    put(record, None)
                    continue
            byte = buffer[at]
            if kind == _TEXT and not byte & 0x81:
                start = at + 1
                at = start + (byte >> 1)
                put(record, buffer[start:at].decode())
            elif kind == _WORD:
                put(record, how[byte])
                at += 1
            else:
                value, at = how(buffer, at)
                put(record, value)
        return record, at

    return read
