"""Whether a reader with one schema can read what a writer with another wrote: Avro's rules of resolution.

Stricter in one point: a logical type may not change, though Avro would read the bare number.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Schema = Any
Names = Mapping[str, Schema]
# What a reader of the second kind takes for the first.
PROMOTIONS = {("int", "long"), ("int", "double"), ("long", "double")}


def breaches(reader: Schema, writer: Schema) -> list[str]:
    """Return why the reader cannot read what the writer wrote, line by line; nothing when it can."""
    return list(_Pair(dict(_names(reader)), dict(_names(writer))).differences(reader, writer, ""))


def _names(schema: Schema) -> Iterator[tuple[str, Schema]]:
    """Give every type that a schema names inside, by its full name."""
    if isinstance(schema, list):
        for branch in schema:
            yield from _names(branch)
    elif isinstance(schema, dict):
        if "name" in schema:
            yield f"org.alprgate.{schema['name']}", schema
        for part in (schema.get("items"), schema.get("values")):
            yield from _names(part)
        for field in schema.get("fields", ()):
            yield from _names(field["type"])


def _kind(schema: Schema) -> str:
    if isinstance(schema, str):
        return schema
    return " ".join(schema[key] for key in ("type", "logicalType", "name") if key in schema)


@dataclass(frozen=True)
class _Pair:
    of_reader: Names
    of_writer: Names

    def differences(self, reader: Schema, writer: Schema, path: str) -> Iterator[str]:
        reader = self.of_reader.get(reader, reader) if isinstance(reader, str) else reader
        writer = self.of_writer.get(writer, writer) if isinstance(writer, str) else writer
        if isinstance(writer, list):
            for branch in writer:
                yield from self.differences(reader, branch, path)
        elif isinstance(reader, list):
            if all(list(self.differences(branch, writer, path)) for branch in reader):
                yield f"{path}: no branch reads {_kind(writer)}"
        elif _kind(reader) == _kind(writer):
            yield from self._inside(reader, writer, path)
        elif (_kind(writer), _kind(reader)) not in PROMOTIONS:
            yield f"{path}: {_kind(reader)} does not read {_kind(writer)}"

    def _inside(self, reader: Schema, writer: Schema, path: str) -> Iterator[str]:
        if isinstance(reader, str):
            return
        lost = set(writer.get("symbols", ())) - set(reader.get("symbols", ()))
        if lost and "default" not in reader:
            yield f"{path}: {', '.join(sorted(lost))} cannot be read, and there is no default"
        for part in ("items", "values"):
            if part in reader:
                yield from self.differences(reader[part], writer[part], f"{path}[]")
        written = {field["name"]: field for field in writer.get("fields", ())}
        for field in reader.get("fields", ()):
            below = f"{path}.{field['name']}"
            if field["name"] in written:
                yield from self.differences(field["type"], written[field["name"]]["type"], below)
            elif "default" not in field:
                yield f"{below}: the writer does not have it, and it has no default"
