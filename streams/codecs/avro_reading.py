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
from streams.codecs.shapes import Choice, Entries, Items, Leaf, Record, Shape, Words
from streams.errors import CodecError

Reader = Callable[[bytes, int], tuple[Any, int]]
Put = Callable[[object, object], None]
# Values for the fields that an earlier version of a record did not have, by record and field.
Defaults = Mapping[str, Mapping[str, object]]

MOST_ITEMS = 1 << 16
_ABSENT, _PRESENT, _SEALED = 0, 2, 4
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
        case Record():
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
    """Return how many items the next block has, and where its first one starts; 0 ends the list."""
    count, at = read_long(buffer, at)
    if count < 0:
        _, at = read_length(buffer, at)
        count = -count
    if already + count > MOST_ITEMS or count > len(buffer) - at:
        raise CodecError("a list is longer than its bytes or than the limit")
    return count, at


def _items(item: Reader) -> Reader:
    def read(buffer: bytes, at: int) -> tuple[object, int]:
        if buffer[at] == 0:
            return (), at + 1
        found: list[object] = []
        count, at = _count(buffer, at, 0)
        while count:
            for _ in range(count):
                value, at = item(buffer, at)
                found.append(value)
            count, at = _count(buffer, at, len(found))
        return tuple(found), at

    return read


def _entries(value: Reader) -> Reader:
    def read(buffer: bytes, at: int) -> tuple[object, int]:
        found: dict[str, object] = {}
        count, at = _count(buffer, at, 0)
        while count:
            for _ in range(count):
                key, at = read_text(buffer, at)
                if key in found:
                    raise CodecError("a key of a map stands twice")
                found[key], at = value(buffer, at)
            count, at = _count(buffer, at, len(found))
        return found, at

    return read


def _not_plain(tag: int, sealed: int) -> CodecError:
    if tag == sealed:
        return CodecError("a value is sealed and no key is at hand to open it")
    return CodecError("a value has an alternative that its schema does not have")


def _choice(choice: Choice, plain: Reader) -> Reader:
    """Return the reader of a choice that stands alone or in a list; `_record` reads its own nullable ones."""
    plain_tag = _PRESENT if choice.nullable else _ABSENT
    sealed_tag = plain_tag + 2 if choice.sealable else -1

    def read(buffer: bytes, at: int) -> tuple[object, int]:
        tag = buffer[at]
        if tag == plain_tag:
            return plain(buffer, at + 1)
        if choice.nullable and tag == _ABSENT:
            return None, at + 1
        raise _not_plain(tag, sealed_tag)

    return read


def _step(shape: Shape, defaults: Defaults) -> tuple[bool, int, int, Mapping[int, object], Reader]:
    """Return how `_record` reads one field: nullable, tag of sealed, what it is, its table, its reader."""
    nullable = isinstance(shape, Choice) and shape.nullable
    sealed = _SEALED if isinstance(shape, Choice) and shape.sealable else -1
    plain = shape.plain if isinstance(shape, Choice) and shape.nullable else shape
    if isinstance(plain, Words):
        return nullable, sealed, _WORD, _table(plain), _words(_table(plain))
    kind = _TEXT if plain == Leaf(name="string") else _OTHER
    return nullable, sealed, kind, {}, reader_of(plain, defaults)


def _discard(record: object, value: object) -> None:
    """Drop a field of an earlier version that the value no longer has."""


def _places(record: type, name: str) -> Put:
    put: Put = getattr(record, name).__set__ if hasattr(record, name) else _discard
    return put


def _record(shape: Record, defaults: Defaults) -> Reader:
    """Return the reader of a record, which fills the slots of a new value one by one.

    That goes around the `__init__` of a frozen dataclass, which takes longer than all the reading. The
    values have slots and no `__post_init__`, so a value made this way is like any other.
    """
    made = RECORDS[shape.name]
    steps = tuple((_places(made, field.name), *_step(field.shape, defaults)) for field in shape.fields)
    there = {field.name for field in shape.fields}
    rest = tuple(
        (_places(made, field.name), defaults[shape.name][field.name])
        for field in fields(made)
        if field.name not in there
    )

    def read(buffer: bytes, at: int) -> tuple[object, int]:
        record: object = object.__new__(made)
        for put, nullable, sealed, kind, table, other in steps:
            if nullable:
                tag = buffer[at]
                at += 1
                if tag == _ABSENT:
                    put(record, None)
                    continue
                if tag != _PRESENT:
                    raise _not_plain(tag, sealed)
            value: object
            if kind == _WORD:
                value = table[buffer[at]]
                at += 1
            elif kind == _TEXT and not buffer[at] & 0x81:
                start = at + 1
                at = start + (buffer[at] >> 1)
                value = buffer[start:at].decode()
            else:
                value, at = other(buffer, at)
            put(record, value)
        for put, value in rest:
            put(record, value)
        return record, at

    return read
