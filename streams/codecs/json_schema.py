"""JSON Schema (2020-12) of what the readers in `json_reading` take, made of the same shapes.

For descriptions that others read, such as OpenAPI. A word that nobody knows is read as `unknown` and so is
not refused: the words are told as examples.
"""

from collections.abc import Mapping
from typing import Any

from streams.codecs.numbers import INT_LIMIT, LONG_LIMIT
from streams.codecs.shapes import MOST_ITEMS, Choice, Entries, Field, Items, Leaf, Record, Shape, Words

JsonSchema = dict[str, Any]

_LEAVES: Mapping[str, JsonSchema] = {
    "string": {"type": "string"},
    "bytes": {"type": "string", "pattern": "^([0-9A-Fa-f]{2})*$"},
    "boolean": {"type": "boolean"},
    "int": {"type": "integer", "minimum": -INT_LIMIT, "maximum": INT_LIMIT - 1},
    "long": {"type": "integer", "minimum": -LONG_LIMIT, "maximum": LONG_LIMIT - 1},
    "double": {"type": "number"},
    "timestamp-micros": {"type": "string", "format": "date-time"},
    "date": {"type": "string", "format": "date"},
}


def json_schema_of(shape: Shape) -> JsonSchema:
    """Return the schema of values of that shape."""
    match shape:
        case Leaf():
            return dict(_LEAVES[shape.name])
        case Words():
            known = [symbol for symbol in shape.symbols if symbol != "unknown"]
            return {"type": "string", "examples": known}
        case Items():
            return {"type": "array", "items": json_schema_of(shape.item), "maxItems": MOST_ITEMS}
        case Entries():
            values = json_schema_of(shape.value)
            return {"type": "object", "additionalProperties": values, "maxProperties": MOST_ITEMS}
        case Choice():
            plain = json_schema_of(shape.plain)
            return {"anyOf": [plain, {"type": "null"}]} if shape.nullable else plain
    return _record(shape)


def _record(record: Record) -> JsonSchema:
    return {
        "type": "object",
        "properties": {field.name: _field(field) for field in record.fields},
        "required": [field.name for field in record.fields if field.required],
        "additionalProperties": False,
    }


def _field(field: Field) -> JsonSchema:
    described = {"description": field.doc} if field.doc else {}
    return {**described, **json_schema_of(field.shape)}
