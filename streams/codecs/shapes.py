"""What a schema says, as small values: the part of Avro that the schemas of this project use.

A union is one of three forms: `[null, T]`, `[T, Sealed]`, `[null, T, Sealed]`. No record contains itself,
so no value nests deeper than its schema, and no type takes zero bytes, so no count can outrun the bytes.
"""

from dataclasses import dataclass
from typing import Any

# Parsed JSON of a schema on record.
Json = Any

NAMESPACE = "org.alprgate."
SEALED = f"{NAMESPACE}Sealed"
# One byte holds the index of a symbol, which is what readers and writers rely on.
MOST_SYMBOLS = 64
# No list or map of a record is longer.
MOST_ITEMS = 1 << 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """A value without parts, named by its logical type where it has one."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """One of a closed set of words."""

    name: str
    symbols: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Items:
    """Any number of values of one shape, in order."""

    item: "Shape"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entries:
    """Values of one shape, each under its own text."""

    value: "Shape"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A value that may be absent, or may be sealed, or both; sealed comes after plain."""

    plain: "Shape"
    nullable: bool
    sealable: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A field of a record; `required` when its schema gives no default. `doc` tells people what it is."""

    name: str
    shape: "Shape"
    required: bool
    default: object
    doc: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """Named fields in a fixed order."""

    name: str
    fields: tuple[Field, ...]


Shape = Leaf | Words | Items | Entries | Choice | Record
LEAVES = frozenset({"string", "bytes", "boolean", "int", "long", "double", "timestamp-micros", "date"})


def record_of(schema: Json) -> Record:
    """Return the record that a self-contained schema describes.

    Raises:
        ValueError: it uses a part of Avro that is not in use here; only a new schema can cause that.
    """
    return _record(schema, {})


def _record(schema: Json, named: dict[str, Shape]) -> Record:
    record = Record(
        name=schema["name"],
        fields=tuple(
            Field(
                name=field["name"],
                shape=_shape(field["type"], named),
                required="default" not in field,
                default=field.get("default"),
                doc=field.get("doc", ""),
            )
            for field in schema["fields"]
        ),
    )
    # After its fields: a record inside itself is not known yet, and so refused.
    named[NAMESPACE + record.name] = record
    return record


def _words(schema: Json, named: dict[str, Shape]) -> Words:
    words = Words(name=schema["name"], symbols=tuple(schema["symbols"]))
    if len(words.symbols) > MOST_SYMBOLS:
        raise ValueError(f"enum {words.name} has more than {MOST_SYMBOLS} symbols")
    named[NAMESPACE + words.name] = words
    return words


def _choice(branches: list[Json], named: dict[str, Shape]) -> Choice:
    nullable = branches[0] == "null"
    plain, *rest = (_shape(branch, named) for branch in branches[nullable:])
    sealable = [shape for shape in rest if shape == named.get(SEALED)]
    # Other unions would make a value's meaning hang on the order of its branches.
    if len(rest) > 1 or len(sealable) != len(rest):
        raise ValueError("a union other than [null, T], [T, Sealed] and [null, T, Sealed]")
    return Choice(plain=plain, nullable=nullable, sealable=bool(sealable))


def _shape(schema: Json, named: dict[str, Shape]) -> Shape:
    if isinstance(schema, list):
        return _choice(schema, named)
    if isinstance(schema, str):
        return named[schema] if schema in named else _leaf(schema)
    return _built(schema, named)


def _built(schema: Json, named: dict[str, Shape]) -> Shape:
    match schema["type"]:
        case "record":
            return _record(schema, named)
        case "enum":
            return _words(schema, named)
        case "array":
            return Items(item=_shape(schema["items"], named))
        case "map":
            return Entries(value=_shape(schema["values"], named))
        case other:
            return _leaf(schema.get("logicalType", other))


def _leaf(name: str) -> Leaf:
    if name not in LEAVES:
        raise ValueError(f"a schema type that is not in use here: {name}")
    return Leaf(name=name)
