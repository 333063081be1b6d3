"""Writers from the frozen values straight to Avro bytes, put together once per schema.

A writer gives the pieces of a value, in order, to `emit`. A value that its schema cannot hold raises one of
the exceptions that `RecordCodec.encode` turns into CodecError.

INVARIANT: equal values have equal bytes. The ledger's hash and the digest of a release are taken over them.
Each schema's writers are made once; only the current version of a record is ever written.
"""

import math
import struct
from collections.abc import Callable, Mapping, Sequence
from operator import attrgetter
from typing import Any

from streams.codecs.bindings import RECORDS, word_of
from streams.codecs.numbers import write_day, write_instant, write_int, write_long
from streams.codecs.shapes import MOST_ITEMS, Choice, Entries, Items, Leaf, Record, Shape, Words
from streams.errors import CodecError

Emit = Callable[[bytes], None]
# What comes in is whatever the value holds; what is not of its type raises below.
Writer = Callable[[Any, Emit], None]
# The byte before a plain value, what it is, and its table or writer.
_Step = tuple[bytes, int, Any]

# As the reader's: the index of a union's branch, doubled by zigzag.
_ABSENT, _PRESENT = b"\x00", b"\x02"
_END = b"\x00"
_TEXT, _WORD, _OTHER = range(3)
# Lengths up to here come from a table; nearly every text is that short.
_SHORT = 256
_LENGTHS = tuple(write_long(length) for length in range(_SHORT))


def _length(length: int) -> bytes:
    return _LENGTHS[length] if length < _SHORT else write_long(length)


def write_text(value: str, emit: Emit) -> None:
    """Write a text as UTF-8.

    Its length is in bytes. Half of a surrogate pair cannot be written, which the codec tells as a misfit.
    """
    content = value.encode()
    emit(_length(len(content)))
    emit(content)


def write_bytes(value: bytes, emit: Emit) -> None:
    """Write bytes."""
    emit(_length(len(value)))
    emit(value)


def write_double(value: float, emit: Emit) -> None:
    """Write a finite number.

    Raises:
        CodecError: the number is infinite, or none; the reader refuses such a one too.
    """
    if not math.isfinite(value):
        raise CodecError("a number is not finite")
    emit(struct.pack("<d", value))


def write_boolean(value: bool, emit: Emit) -> None:  # noqa: FBT001  # the value itself, not a switch
    """Write a truth value."""
    emit(b"\x01" if value else b"\x00")


_LEAVES: Mapping[str, Writer] = {
    "string": write_text,
    "bytes": write_bytes,
    "boolean": write_boolean,
    "int": lambda value, emit: emit(write_int(value)),
    "long": lambda value, emit: emit(write_long(value)),
    "double": write_double,
    "timestamp-micros": lambda value, emit: emit(write_instant(value)),
    "date": lambda value, emit: emit(write_day(value)),
}


def writer_of(shape: Shape) -> Writer:
    """Return the writer of values of that shape.

    The writer trusts the types of the value no further than it must: what does not fit raises when it is
    written.
    """
    match shape:
        case Leaf():
            return _LEAVES[shape.name]
        case Words():
            return _words(_table(shape))
        case Items():
            return _items(writer_of(shape.item))
        case Entries():
            return _entries(writer_of(shape.value))
        case Choice():
            return _choice(shape, writer_of(shape.plain))
    return _record(shape)


def _table(shape: Words) -> Mapping[object, bytes]:
    """Return the byte of each member; `unknown` stands before words that only the schema knows."""
    members = ((word_of(shape.name, symbol), write_long(index)) for index, symbol in enumerate(shape.symbols))
    found: dict[object, bytes] = {}
    for member, byte in members:
        found.setdefault(member, byte)
    return found


def _words(table: Mapping[object, bytes]) -> Writer:
    def write(value: str, emit: Emit) -> None:
        emit(table[value])

    return write


def _count(count: int, emit: Emit) -> None:
    if count > MOST_ITEMS:
        raise CodecError("a list is longer than the limit")
    emit(_length(count))


def _items(item: Writer) -> Writer:
    def write(values: Sequence[object], emit: Emit) -> None:
        if values:
            _count(len(values), emit)
            for value in values:
                item(value, emit)
        emit(_END)

    return write


def _entries(value: Writer) -> Writer:
    """Return the writer of a map, by key, so that equal maps have equal bytes."""

    def write(entries: Mapping[str, object], emit: Emit) -> None:
        if entries:
            _count(len(entries), emit)
            # Avro leaves the order open; a ledger's hash cannot.
            for key in sorted(entries):
                write_text(key, emit)
                value(entries[key], emit)
        emit(_END)

    return write


def _choice(choice: Choice, plain: Writer) -> Writer:
    """Return the writer of a choice in a list or map; `_record` writes those of its own fields itself."""
    plain_tag = _plain_tag(choice)

    def write(value: object, emit: Emit) -> None:
        if value is None and choice.nullable:
            emit(_ABSENT)
        else:
            emit(plain_tag)
            plain(value, emit)

    return write


def _plain_tag(shape: Shape) -> bytes:
    """Return the byte that stands before a plain value; none for a value that is no choice."""
    if not isinstance(shape, Choice):
        return b""
    return _PRESENT if shape.nullable else _ABSENT


def _step(shape: Shape) -> _Step:
    """Return how `_record` writes one field: its tag, what it is, its table or writer."""
    plain = shape.plain if isinstance(shape, Choice) else shape
    if plain == Leaf(name="string"):
        return _plain_tag(shape), _TEXT, write_text
    if isinstance(plain, Words):
        return _plain_tag(shape), _WORD, _table(plain)
    return _plain_tag(shape), _OTHER, writer_of(plain)


def _steps(shape: Record) -> tuple[Callable[[object], tuple[Any, ...]], tuple[_Step, ...]]:
    """Return what takes the values of a record apart, and the step of each.

    A record has two fields at least: with a single name attrgetter would give the bare value.
    """
    steps = tuple(_step(field.shape) for field in shape.fields)
    return attrgetter(*(field.name for field in shape.fields)), steps


def _record(shape: Record) -> Writer:
    made = RECORDS[shape.name]
    values_of, steps = _steps(shape)

    def write(record: object, emit: Emit) -> None:
        # Exactly: a subclass could carry what the schema does not have, and it would be lost unseen.
        if type(record) is not made:
            raise CodecError(f"expected a value of {made.__name__}")
        for value, (tag, kind, how) in zip(values_of(record), steps, strict=True):
            if tag:
                if value is None and tag is _PRESENT:
                    emit(_ABSENT)
                    continue
                emit(tag)
            if kind == _TEXT:
                content = value.encode()
                size = len(content)
                emit(_LENGTHS[size] if size < _SHORT else write_long(size))
                emit(content)
            elif kind == _WORD:
                emit(how[value])
            else:
                how(value, emit)

    return write
