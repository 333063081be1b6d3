"""Writers from the frozen values straight to Avro bytes, compiled once per schema.

A value that its schema cannot hold raises one of the exceptions that `RecordCodec.encode` turns into
CodecError.

INVARIANT: equal values have equal bytes. The ledger's hash and the digest of a release are taken over them.
Each schema's writers are made once; only the current version of a record is ever written.

A writer is one function for all that its schema nests, without a call for each field. Its source makes pieces
of bytes of the parts of a value, in order, each under a name of its own, and joins them at its end. Joined
once, for to add to bytes piece by piece would copy them each time.
"""

import math
import struct
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from streams.codecs.bindings import RECORDS, word_of
from streams.codecs.numbers import write_day, write_instant, write_int, write_long
from streams.codecs.shapes import MOST_ITEMS, Choice, Entries, Items, Leaf, Record, Shape, Words
from streams.codecs.source import Source
from streams.errors import CodecError

# What comes in is whatever the value holds; what is not of its type raises when it is written.
Writer = Callable[[Any], bytes]

# As the reader's: the index of a union's branch, doubled by zigzag.
_ABSENT, _PRESENT = b"\x00", b"\x02"
_END = b"\x00"
# Numbers below come from a table; nearly every length is that short.
_SHORT = 256


def write_double(value: float) -> bytes:
    """Return the bytes of a finite number.

    Raises:
        CodecError: the number is infinite, or none; the reader refuses such a one too.
    """
    if not math.isfinite(value):
        raise CodecError("a number is not finite")
    return struct.pack("<d", value)


def write_boolean(value: bool) -> bytes:  # noqa: FBT001  # the value itself, not a switch
    """Return the byte of a truth value."""
    return b"\x01" if value else b"\x00"


def write_count(count: int) -> bytes:
    """Return the bytes of how many items a list has.

    Raises:
        CodecError: they are more than any list may have.
    """
    if count > MOST_ITEMS:
        raise CodecError("a list is longer than the limit")
    return write_long(count)


_LEAVES: Mapping[str, Writer] = {
    "boolean": write_boolean,
    "int": write_int,
    "long": write_long,
    "double": write_double,
    "timestamp-micros": write_instant,
    "date": write_day,
}
# Of leaves of any length: what makes them the bytes that their length counts. Half of a surrogate pair cannot
# be encoded, which the codec tells as a misfit.
_ENCODED = {"string": ".encode()", "bytes": ""}
_NUMBERS = frozenset({"int", "long"})


def writer_of(shape: Shape) -> Writer:
    """Return the writer of values of that shape.

    The writer trusts the types of the value no further than it must: what does not fit raises when it is
    written.
    """
    source = _WriterSource()
    source.add(f"return {_joined(source.write(shape, 'value'))}")
    writer: Writer = source.compiled("(value)", f"writer of {getattr(shape, 'name', 'a part')}")
    return writer


class _WriterSource(Source):
    """The source of a writer. Each method adds the steps for one kind of value, and returns its pieces.

    A value is given as an expression, to be used once. A tag is the byte that a choice puts before a value.
    """

    def __init__(self) -> None:
        leaves = {write.__name__: write for write in _LEAVES.values()}
        super().__init__(join=b"".join, write_count=write_count, misfit=_misfit, **leaves)
        self._tables: dict[bytes, str] = {}

    def write(self, shape: Shape, value: str) -> list[str]:
        """Add the steps that write a value of that shape."""
        match shape:
            case Leaf():
                return self._leaf(shape, value, b"")
            case Words():
                return self._words(shape, value, b"")
            case Items():
                return self._list(value, "", lambda _, item: self.write(shape.item, item))
            case Entries():
                return self._entries(shape, value)
            case Choice():
                return self._choice(shape, value)
        return self._record(shape, value)

    def _leaf(self, leaf: Leaf, value: str, tag: bytes) -> list[str]:
        if leaf.name in _ENCODED:
            content = self._set("content", value + _ENCODED[leaf.name])
            return [self._number(f"len({content})", tag, "write_long"), content]
        write = _LEAVES[leaf.name].__name__
        if leaf.name in _NUMBERS:
            return [self._number(value, tag, write)]
        return [self._set("piece", _after(tag, f"{write}({value})"))]

    def _words(self, words: Words, value: str, tag: bytes) -> list[str]:
        table = {member: tag + byte for member, byte in _table(words).items()}
        return [self._set("piece", f"{self.bound('words', table)}[{value}]")]

    def _entries(self, entries: Entries, value: str) -> list[str]:
        def write(values: str, key: str) -> list[str]:
            return self.write(Leaf(name="string"), key) + self.write(entries.value, f"{values}[{key}]")

        # By key, so that equal maps have equal bytes: Avro leaves the order open; a ledger's hash cannot.
        return self._list(value, "sorted", write)

    def _list(self, value: str, order: str, write: Callable[[str, str], list[str]]) -> list[str]:
        """Add a block of items; `write` adds the steps for one, from the names of all and of the one."""
        values, item, parts, piece = self._set("values", value), *map(self.name, ("item", "parts", "piece"))
        with self.block(f"if {values}:"):
            count = self._number(f"len({values})", b"", "write_count")
            self.add(f"{parts} = [{count}]")
            with self.block(f"for {item} in {order}({values}):"):
                self.add(f"{parts} += ({', '.join(write(values, item))},)")
            self.add(f"{parts}.append({_END!r})", f"{piece} = join({parts})")
        with self.block("else:"):
            self.add(f"{piece} = {_END!r}")
        return [piece]

    def _choice(self, choice: Choice, value: str) -> list[str]:
        if not choice.nullable:
            return self._plain(choice.plain, value, _ABSENT)
        given = self._set("given", value)
        with self.block(f"if {given} is not None:"):
            first, *rest = self._plain(choice.plain, given, _PRESENT)
        with self.block("else:"):
            self.add(f"{first} = {_ABSENT!r}", *(f"{piece} = b''" for piece in rest))
        return [first, *rest]

    def _plain(self, shape: Shape, value: str, tag: bytes) -> list[str]:
        match shape:
            case Leaf():
                return self._leaf(shape, value, tag)
            case Words():
                return self._words(shape, value, tag)
        return [self._set("piece", _joined([repr(tag), *self.write(shape, value)]))]

    def _record(self, shape: Record, value: str) -> list[str]:
        made, record = self.bound("made", RECORDS[shape.name]), self._set("record", value)
        # Exactly: a subclass could carry what the schema does not have, and it would be lost unseen.
        with self.block(f"if type({record}) is not {made}:"):
            self.add(f"raise misfit({made})")
        return [
            piece for field in shape.fields for piece in self.write(field.shape, f"{record}.{field.name}")
        ]

    def _number(self, value: str, tag: bytes, otherwise: str) -> str:
        """Add the step that writes a number after a tag; `otherwise` writes one that is in no table."""
        if tag not in self._tables:
            table = tuple(tag + write_long(number) for number in range(_SHORT))
            self._tables[tag] = self.bound("numbers", table)
        self.add(f"number = {value}")
        found, other = f"{self._tables[tag]}[number]", _after(tag, f"{otherwise}(number)")
        return self._set("piece", f"{found} if 0 <= number < {_SHORT} else {other}")

    def _set(self, stem: str, expression: str) -> str:
        """Give what an expression stands for a name of its own."""
        name = self.name(stem)
        self.add(f"{name} = {expression}")
        return name


def _after(tag: bytes, expression: str) -> str:
    return f"{tag!r} + {expression}" if tag else expression


def _joined(pieces: Sequence[str]) -> str:
    return f"join(({', '.join(pieces)},))"


def _table(shape: Words) -> Mapping[object, bytes]:
    """Return the byte of each member; `unknown` stands before words that only the schema knows."""
    members = ((word_of(shape.name, symbol), write_long(index)) for index, symbol in enumerate(shape.symbols))
    found: dict[object, bytes] = {}
    for member, byte in members:
        found.setdefault(member, byte)
    return found


def _misfit(made: type) -> CodecError:
    return CodecError(f"expected a value of {made.__name__}")
