"""What another Avro implementation sees: fastavro reads what we write, and writes what we read."""

import io
import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import cache
from importlib.resources import files
from typing import Any

import fastavro

from streams.codecs.catalogue import rows

Schema = str | list[Any] | dict[Any, Any]


def plain(value: object) -> object:
    """Return a value as fastavro has it: dictionaries, lists, plain words."""
    if isinstance(value, Enum):
        return value.value
    if is_dataclass(value):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, tuple):
        return [plain(item) for item in value]
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    return value


@cache
def parsed(name: str) -> Schema:
    """Return the current schema of a record, as fastavro parses it."""
    file = [row.file for row in rows() if row.record == name][-1]
    schema = json.loads(files("schemas").joinpath(file).read_text(encoding="utf-8"))
    return fastavro.parse_schema(schema)


def read(name: str, body: bytes) -> object:
    return fastavro.schemaless_reader(io.BytesIO(body), parsed(name), None)


def written(schema: Schema, content: object) -> bytes:
    out = io.BytesIO()
    fastavro.schemaless_writer(out, schema, content)
    return out.getvalue()
