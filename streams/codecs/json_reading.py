"""Readers from parsed JSON to the frozen values, put together from the same schemas as the Avro ones.

Every refusal names the field and what was expected there, never what was given. A key that no field has is
refused; a field that its schema gives a default for may be left out; a word that nobody knows reads as
`unknown`, which no rule lets through. Times are RFC 3339 with an offset, bytes are hexadecimal.

One source for both formats: a field that a schema gains is read from JSON without a line here. RFC 3339 is
read more strictly than Python does, which would take a date without a time, or a time without an offset, for
a local one.
"""

import math
import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Any

from streams.codecs.bindings import RECORDS, word_of
from streams.codecs.numbers import INT_LIMIT, LONG_LIMIT
from streams.codecs.shapes import MOST_ITEMS, Choice, Entries, Items, Leaf, Record, Shape, Words
from streams.errors import FieldError

# Takes a parsed value and the path of its field.
JsonReader = Callable[[object, str], Any]

_RFC_3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)", re.ASCII)
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_FIELD_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}", re.ASCII)


def expected(path: str, what: str) -> FieldError:
    """Return the error that says what a field must be."""
    return FieldError(path, f"`{path}`: expected {what}" if path else f"expected {what}")


def _text(value: object, path: str) -> str:
    if not isinstance(value, str):
        raise expected(path, "a text")
    return value


def _bytes(value: object, path: str) -> bytes:
    try:
        return bytes.fromhex(_text(value, path))
    except ValueError:
        raise expected(path, "hexadecimal digits") from None


def _boolean(value: object, path: str) -> bool:
    if not isinstance(value, bool):
        raise expected(path, "true or false")
    return value


def _whole(limit: int) -> JsonReader:
    def read(value: object, path: str) -> int:
        # To JSON Schema 7.0 is an integer, and some libraries write it so.
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        # In Python, True is the number 1; in a request it is a mistake.
        if not isinstance(value, int) or isinstance(value, bool) or not -limit <= value < limit:
            raise expected(path, f"a whole number of {limit.bit_length()} bits")
        return value

    return read


def _double(value: object, path: str) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool) or not math.isfinite(value):
        raise expected(path, "a finite number")
    return float(value)


def _instant(value: object, path: str) -> datetime:
    what = "a time as in RFC 3339, with an offset"
    text = _text(value, path)
    if not _RFC_3339.fullmatch(text):
        raise expected(path, what)
    try:
        # Upper case, for `t` and `z` are lawful in RFC 3339; UTC, so that equal instants are equal.
        return datetime.fromisoformat(text.upper()).astimezone(UTC)
    except (ValueError, OverflowError):
        raise expected(path, what) from None


def _day(value: object, path: str) -> date:
    text = _text(value, path)
    try:
        if _DAY.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise expected(path, "a date such as 2027-01-31")


_LEAVES: Mapping[str, JsonReader] = {
    "string": _text,
    "bytes": _bytes,
    "boolean": _boolean,
    "int": _whole(INT_LIMIT),
    "long": _whole(LONG_LIMIT),
    "double": _double,
    "timestamp-micros": _instant,
    "date": _day,
}


def json_reader_of(shape: Shape) -> JsonReader:
    """Return the reader of values of that shape from parsed JSON.

    A reader raises CodecError and nothing else. Items and keys are limited in number, and depth by the
    schema.
    """
    match shape:
        case Leaf():
            return _LEAVES[shape.name]
        case Words():
            return _words(shape)
        case Items():
            return _items(json_reader_of(shape.item))
        case Entries():
            return _entries(json_reader_of(shape.value))
        case Choice():
            return _choice(shape, json_reader_of(shape.plain))
    return _record(shape)


def _words(shape: Words) -> JsonReader:
    # Looked up, never constructed: what comes in picks from the set and adds nothing to it.
    table = {symbol: word_of(shape.name, symbol) for symbol in shape.symbols}
    unknown = word_of(shape.name, "unknown")

    def read(value: object, path: str) -> object:
        member = table.get(_text(value, path), unknown)
        if member is None:
            raise expected(path, "a reason code")
        return member

    return read


def _items(item: JsonReader) -> JsonReader:
    def read(value: object, path: str) -> object:
        if not isinstance(value, list) or len(value) > MOST_ITEMS:
            raise expected(path, f"a list of at most {MOST_ITEMS} items")
        # Tuples, as everywhere in values: a request must not change after it was decided.
        return tuple(item(one, f"{path}[{index}]") for index, one in enumerate(value))

    return read


def _entries(value: JsonReader) -> JsonReader:
    def read(entries: object, path: str) -> object:
        if not isinstance(entries, dict) or len(entries) > MOST_ITEMS:
            raise expected(path, f"an object of at most {MOST_ITEMS} keys")
        # The key is content from outside, so the path does not repeat it.
        return {key: value(one, f"{path}.*") for key, one in entries.items()}

    return read


def _choice(choice: Choice, plain: JsonReader) -> JsonReader:
    def read(value: object, path: str) -> object:
        return None if value is None and choice.nullable else plain(value, path)

    return read


def _record(shape: Record) -> JsonReader:
    made = RECORDS[shape.name]
    readers = {field.name: json_reader_of(field.shape) for field in shape.fields}
    required = frozenset(field.name for field in shape.fields if field.required)
    rest = {
        field.name: readers[field.name](field.default, field.name)
        for field in shape.fields
        if not field.required
    }

    def read(value: object, path: str) -> object:
        if not isinstance(value, dict):
            raise expected(path, "an object")
        below = f"{path}." if path else ""
        # Refused, not skipped: a misspelt `selector` would otherwise ask for everything.
        for key in sorted(value.keys() - readers.keys()):
            raise _unknown_key(key, path)
        for key in sorted(required - value.keys()):
            raise expected(below + key, "a value, it is missing")
        given = {key: readers[key](one, below + key) for key, one in value.items()}
        return made(**{**rest, **given})

    return read


def _unknown_key(key: str, path: str) -> FieldError:
    """Return the refusal of a key; one that looks like no field name may be anything and is not repeated."""
    is_name = _FIELD_NAME.fullmatch(key) is not None
    place = f"{path}.{key}".removeprefix(".") if is_name else path
    name = f"`{key}`" if is_name else "a key"
    return FieldError(place, f"{name} is no field of {f'`{path}`' if path else 'this record'}")


def defaults_of(shape: Shape) -> Mapping[str, Mapping[str, object]]:
    """Return what fields read as when they are not there, by record and field."""
    match shape:
        case Leaf() | Words():
            return {}
        case Items():
            return defaults_of(shape.item)
        case Entries():
            return defaults_of(shape.value)
        case Choice():
            return defaults_of(shape.plain)
    return _defaults_of(shape)


def _defaults_of(record: Record) -> Mapping[str, Mapping[str, object]]:
    found: dict[str, Mapping[str, object]] = {}
    for field in record.fields:
        found.update(defaults_of(field.shape))
    found[record.name] = {
        field.name: json_reader_of(field.shape)(field.default, field.name)
        for field in record.fields
        if not field.required
    }
    return found
