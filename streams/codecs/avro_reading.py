"""Readers from Avro bytes straight to the frozen values, compiled once per schema.

A reader takes the bytes and a position and gives the value and the position after it. Positions only grow,
so a length that points past the end shows as an IndexError later or as a wrong end; both are refused by
`RecordCodec.decode`, which turns the exceptions named there into CodecError. No bytes stand in a message.

A reader is one function for all that its schema nests, without a call for each field. In its source `buffer`
and `at` are the arguments, `end` is where the bytes end, and each part of a value is assigned to a target: a
slot of its record, or a name of its own.
"""

import math
import struct
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import fields
from typing import Any

from streams.codecs.bindings import RECORDS, word_of
from streams.codecs.numbers import SHORT_LENGTHS, read_day, read_instant, read_int, read_length, read_long
from streams.codecs.shapes import MOST_ITEMS, Choice, Entries, Items, Leaf, Record, Shape, Words
from streams.codecs.source import Source
from streams.errors import CodecError
from streams.policy.making import twin_of

Reader = Callable[[bytes, int], tuple[Any, int]]
# Values for the fields that an earlier version of a record did not have, by record and field.
Defaults = Mapping[str, Mapping[str, object]]

_ABSENT, _PRESENT = 0, 2
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


def read_count(buffer: bytes, at: int, already: int) -> tuple[int, int]:
    """Return how many items the next block of a list has, and where its first one starts."""
    count, at = read_long(buffer, at)
    if count < 0:
        _, at = read_length(buffer, at)
        count = -count
    # INVARIANT: every item takes a byte at least, so a count beyond the bytes left costs nothing.
    if already + count > MOST_ITEMS or count > len(buffer) - at:
        raise CodecError("a list is longer than its bytes or than the limit")
    return count, at


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
    """Return the reader of values of that shape, with the defaults of the fields that it does not have."""
    return ReaderSource(defaults, RECORDS).reader(shape)


class ReaderSource(Source):
    """The source of a reader. Each method adds the steps that read one kind of value into a target."""

    def __init__(self, defaults: Defaults, records: Mapping[str, type]) -> None:
        leaves = {read.__name__: read for read in _LEAVES.values()}
        super().__init__(
            short=SHORT_LENGTHS, read_count=read_count, refusal=_refusal, CodecError=CodecError, **leaves
        )
        self._defaults = defaults
        self._records = records
        self.add("end = len(buffer)")

    def reader(self, shape: Shape) -> Reader:
        """Return the reader of values of that shape; nothing can be added afterwards."""
        self.read(shape, "value")
        self.add("return value, at")
        reader: Reader = self.compiled("(buffer, at)", f"reader of {getattr(shape, 'name', 'a part')}")
        return reader

    def read(self, shape: Shape, target: str) -> None:
        """Add the steps that read a value of that shape into the target."""
        match shape:
            case Leaf():
                self._leaf(shape, target)
            case Words():
                self.add(f"{target} = {self.bound('word', _table(shape))}[buffer[at]]", "at += 1")
            case Items():
                self._items(shape, target)
            case Entries():
                self._entries(shape, target)
            case Choice():
                self._choice(shape, target)
            case _:
                self._record(shape, target)

    def pass_over(self, shape: Shape) -> None:
        """Add the steps that lead behind a value of that shape, for a field that the value has not."""
        self.read(shape, "dropped")

    def _leaf(self, leaf: Leaf, target: str) -> None:
        whole = f"{target}, at = {_LEAVES[leaf.name].__name__}(buffer, at)"
        # Most fields are texts, and most texts have a length of one byte: they are read in place.
        ending = {"string": ".decode()", "bytes": ""}.get(leaf.name)
        if ending is None:
            self.add(whole)
            return
        self.add("size = short[buffer[at]]")
        with self.block("if size is None:"):
            self.add(whole)
        with self.block("else:"):
            self.add("start = at + 1", "at = start + size", f"{target} = buffer[start:at]{ending}")

    def _items(self, items: Items, target: str) -> None:
        found, item = self.name("found"), self.name("item")
        self.add(f"{found} = []")
        with self.blocks(found):
            self.read(items.item, item)
            self.add(f"{found}.append({item})")
        self.add(f"{target} = tuple({found})")

    def _entries(self, entries: Entries, target: str) -> None:
        found, key = self.name("found"), self.name("key")
        self.add(f"{found} = {{}}")
        with self.blocks(found):
            self.read(Leaf(name="string"), key)
            with self.block(f"if {key} in {found}:"):
                self.add("raise CodecError('a key of a map stands twice')")
            self.read(entries.value, f"{found}[{key}]")
        self.add(f"{target} = {found}")

    @contextmanager
    def blocks(self, found: str) -> Iterator[None]:
        """Repeat what is added for each item of each block, up to the zero that ends them."""
        self.add("byte = buffer[at]")
        with self.block("while byte:"):
            self.add("count = short[byte]")
            # Nearly every list is one short block.
            with self.block(f"if count is None or {found} or count >= end - at:"):
                self.add(f"count, at = read_count(buffer, at, len({found}))")
            with self.block("else:"):
                self.add("at += 1")
            with self.block("for _ in range(count):"):
                yield
            self.add("byte = buffer[at]")
        self.add("at += 1")

    def _choice(self, choice: Choice, target: str) -> None:
        wrong = f"raise refusal({self.bound('choice', choice)}, tag)"
        self.add("tag = buffer[at]", "at += 1")
        if not choice.nullable:
            with self.block("if tag:"):
                self.add(wrong)
            self.read(choice.plain, target)
            return
        with self.block(f"if tag == {_PRESENT}:"):
            self.read(choice.plain, target)
        with self.block("elif tag:"):
            self.add(wrong)
        with self.block("else:"):
            self.add(f"{target} = None")

    def _record(self, shape: Record, target: str) -> None:
        """Fill the slots of an open twin, then give it the frozen class.

        That goes around the `__init__` of a frozen dataclass, which takes longer than all the reading. The
        values have slots and no `__post_init__`, so a value made this way is like any other.
        """
        made, record = self._records[shape.name], self.name("record")
        names = {field.name for field in fields(made)}
        self.add(f"{record} = {self.bound('twin', twin_of(made))}()")
        for field in shape.fields:
            # The value no longer has a field of an earlier version, or never wanted it.
            if field.name in names:
                self.read(field.shape, f"{record}.{field.name}")
            else:
                self.pass_over(field.shape)
        for name in sorted(names - {field.name for field in shape.fields}):
            self.add(f"{record}.{name} = {self.bound('default', self._defaults[shape.name][name])}")
        self.add(f"{record}.__class__ = {self.bound('frozen', made)}", f"{target} = {record}")


def _table(shape: Words) -> Mapping[int, object]:
    """Return the members by the byte that stands for them; a symbol without a member is not in it."""
    members = ((2 * index, word_of(shape.name, symbol)) for index, symbol in enumerate(shape.symbols))
    return {byte: member for byte, member in members if member is not None}


def _refusal(choice: Choice, tag: int) -> CodecError:
    """Return why a choice with that tag is neither plain nor absent."""
    plain_tag = _PRESENT if choice.nullable else _ABSENT
    if choice.sealable and tag == plain_tag + 2:
        return CodecError("a value is sealed and no key is at hand to open it")
    return CodecError("a value has an alternative that its schema does not have")
