"""Values of any shape that a schema describes, for hypothesis."""

from datetime import UTC, datetime
from enum import Enum
from functools import cache

from hypothesis import strategies as st

from streams.codecs.bindings import RECORDS, WORDS
from streams.codecs.catalogue import rows, versions_of
from streams.codecs.numbers import INT_LIMIT, LONG_LIMIT
from streams.codecs.shapes import Choice, Entries, Items, Leaf, Record, Shape, Words

Values = st.SearchStrategy[object]

TEXTS = st.text(st.characters(codec="utf-8"), max_size=80)
INSTANTS = st.datetimes(datetime(1, 1, 1), datetime(9999, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001  # hypothesis takes naive bounds

LEAVES: dict[str, Values] = {
    "string": TEXTS,
    "bytes": st.binary(max_size=80),
    "boolean": st.booleans(),
    "int": st.integers(-INT_LIMIT, INT_LIMIT - 1),
    "long": st.integers(-LONG_LIMIT, LONG_LIMIT - 1),
    "double": st.floats(allow_nan=False, allow_infinity=False),
    "timestamp-micros": INSTANTS,
    "date": st.dates(),
}


def _members(shape: Words) -> list[Enum]:
    return list(WORDS[shape.name])


def values_of(shape: Shape) -> Values:
    match shape:
        case Leaf():
            return LEAVES[shape.name]
        case Words():
            return st.sampled_from(_members(shape))
        case Items():
            return st.lists(values_of(shape.item), max_size=3).map(tuple)
        case Entries():
            return st.dictionaries(TEXTS, values_of(shape.value), max_size=3)
        case Choice():
            plain = values_of(shape.plain)
            return st.none() | plain if shape.nullable else plain
        case Record():
            fields = {field.name: values_of(field.shape) for field in shape.fields}
            return st.builds(RECORDS[shape.name], **fields)


def names() -> list[str]:
    """Return the names of the records on the wire, as their schema files have them."""
    return sorted({row.record for row in rows()})


@cache
def records(name: str) -> Values:
    """Return any value of a record on the wire."""
    return values_of(versions_of(name)[-1].record)
