"""A few fields of a record, at a fraction of what it costs to read all of it.

For who goes through millions of records that were read in full when they were written or decided. What stands
between the fields is passed over and what stands behind them is not looked at, so a glance proves nothing
about a record: whoever has not read it in full before uses its codec.
"""

import struct
from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Generic, TypeVar

from streams.codecs.avro_reading import Defaults, Reader, ReaderSource
from streams.codecs.catalogue import versions_of
from streams.codecs.json_reading import defaults_of
from streams.codecs.numbers import GOES_ON, read_length
from streams.codecs.record_codec import FRAME_SIZE, UNREADABLE, file_name, frames_of
from streams.codecs.schema_ids import Ids, follow_ids
from streams.codecs.shapes import Choice, Items, Leaf, Record, Shape, Words
from streams.errors import CodecError

ValueT = TypeVar("ValueT")

# Leaves that have the same length whatever they hold; of texts and bytes the length comes first.
_SIZES = {"boolean": 1, "double": 8}
_SIZED = ("string", "bytes")
_eight = struct.Struct("<Q").unpack_from
# Of the bytes of a number all but the last have their highest bit set.
_HIGHEST_BITS, _LAST_OF_EIGHT = 0x8080_8080_8080_8080, 0x0080_8080_8080_8080


def behind_sized(buffer: bytes, at: int) -> int:
    """Return where the value behind a text or bytes starts."""
    # A digest has a length of two bytes, and most records have several.
    low, high = buffer[at], buffer[at + 1]
    if high < GOES_ON <= low and not low & 1:
        return at + 2 + ((low & 127) >> 1 | high << 6)
    size, at = read_length(buffer, at)
    return at + size


def behind_number(buffer: bytes, at: int) -> int:
    """Return where the value behind a number starts."""
    # Today's instants take eight bytes, which one look finds out.
    if at + 8 <= len(buffer) and _eight(buffer, at)[0] & _HIGHEST_BITS == _LAST_OF_EIGHT:
        return at + 8
    while buffer[at] >= GOES_ON:
        at += 1
    return at + 1


class Glance(Generic[ValueT]):
    """Reads values of `made`, which has some of the fields of a record, from the framed bytes of the record.

    `parts` are the classes for the records inside it, by name, if they are wanted.
    """

    def __init__(self, record: type, made: type[ValueT], parts: Mapping[str, type]) -> None:
        self._name = record.__name__
        self._versions = versions_of(file_name(self._name))
        defaults = defaults_of(self._versions[-1].record)
        records = {self._name: made, **parts}
        self._compiled = [
            _GlanceSource(defaults, records).reader(_begin_of(one.record, made)) for one in self._versions
        ]
        self._readers: Mapping[bytes, Reader] = {}
        follow_ids(self.use_ids)

    def use_ids(self, given: Ids) -> None:
        """Read what is named by the checked-in ids, and by those that are given."""
        named = [frames_of(one, given) for one in self._versions]
        self._readers = {
            name: read for names, read in zip(named, self._compiled, strict=True) for name in names
        }

    def at(self, data: bytes | None) -> ValueT:
        """Return the fields that framed bytes hold.

        Raises:
            CodecError: they are of another schema, or end before the last of the fields.
        """
        read = self._readers.get((data or b"")[:FRAME_SIZE])
        if data is None or read is None:
            raise CodecError(f"expected {self._name}, got something else")
        try:
            value, end = read(data, FRAME_SIZE)
        except CodecError as error:
            raise CodecError(f"{self._name} cannot be read: {error}") from None
        except tuple(UNREADABLE) as error:
            raise CodecError(f"{self._name} cannot be read: {UNREADABLE[type(error)]}") from None
        if end > len(data):
            raise CodecError(f"{self._name} cannot be read: it ends too early")
        made: ValueT = value
        return made


def _begin_of(record: Record, made: type) -> Record:
    """Return the record up to the last field that is wanted of it."""
    wanted = {field.name for field in fields(made)}
    last = max(place for place, field in enumerate(record.fields) if field.name in wanted)
    return replace(record, fields=record.fields[: last + 1])


class _GlanceSource(ReaderSource):
    """The source of a glance: what is not wanted is measured and not made."""

    def __init__(self, defaults: Defaults, records: Mapping[str, type]) -> None:
        super().__init__(defaults, records)
        self.bind(behind_sized=behind_sized, behind_number=behind_number)

    def pass_over(self, shape: Shape) -> None:
        """Add the steps that lead behind a value of that shape."""
        match shape:
            case Words():
                self.add("at += 1")
            case Leaf():
                self._pass_leaf(shape)
            case Items():
                found = self.name("found")
                self.add(f"{found} = ()")
                with self.blocks(found):
                    self.pass_over(shape.item)
            case Choice():
                self._pass_choice(shape)
            case Record():
                for field in shape.fields:
                    self.pass_over(field.shape)
            case _:
                super().pass_over(shape)

    def _pass_leaf(self, leaf: Leaf) -> None:
        if leaf.name in _SIZES:
            self.add(f"at += {_SIZES[leaf.name]}")
            return
        # Nearly all of them are short: a length or a number of one byte is passed over in place.
        sized = leaf.name in _SIZED
        self.add("size = short[buffer[at]]" if sized else "byte = buffer[at]")
        with self.block("if size is None:" if sized else f"if byte >= {GOES_ON}:"):
            self.add(f"at = {'behind_sized' if sized else 'behind_number'}(buffer, at)")
        with self.block("else:"):
            self.add("at += 1 + size" if sized else "at += 1")

    def _pass_choice(self, choice: Choice) -> None:
        if choice.sealable:
            # A sealed value has a shape of its own; there is none in what a glance is for.
            super().pass_over(choice)
            return
        self.add("tag = buffer[at]", "at += 1")
        with self.block("if tag:"):
            self.pass_over(choice.plain)
