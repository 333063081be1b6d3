"""Every version of a record reads what every other version wrote (FULL_TRANSITIVE)."""

import io
import json
from collections.abc import Callable
from copy import deepcopy
from importlib.resources import files
from itertools import permutations
from typing import Any

import fastavro
import pytest

from streams.codecs.catalogue import rows
from tests.codecs.examples import example
from tests.codecs.plain import plain
from tests.codecs.strategies import names
from tests.schemas.compatibility import breaches

Schema = dict[str, Any]


def history(record: str) -> list[Schema]:
    return [
        json.loads(files("schemas").joinpath(row.file).read_text(encoding="utf-8"))
        for row in rows()
        if row.record == record
    ]


@pytest.mark.parametrize("record", names())
def test_every_version_reads_every_other(record: str) -> None:
    assert all(breaches(schema, schema) == [] for schema in history(record))
    assert [found for pair in permutations(history(record), 2) if (found := breaches(*pair))] == []


@pytest.mark.parametrize("record", names())
def test_fastavro_reads_the_example_across_every_pair_of_versions(record: str) -> None:
    content = plain(example(record))
    for writer in history(record):
        body = io.BytesIO()
        fastavro.schemaless_writer(body, writer, content)
        for reader in history(record):
            found = fastavro.schemaless_reader(io.BytesIO(body.getvalue()), writer, reader)
            assert isinstance(found, dict)


WORD = {"type": "enum", "name": "Word", "symbols": ["unknown", "a"], "default": "unknown"}
OLD: Schema = {
    "type": "record",
    "name": "Top",
    "namespace": "org.alprgate",
    "fields": [
        {"name": "id", "type": "string"},
        {"name": "count", "type": "int"},
        {"name": "at", "type": {"type": "long", "logicalType": "timestamp-micros"}},
        {"name": "word", "type": WORD},
        {"name": "words", "type": {"type": "array", "items": "org.alprgate.Word"}, "default": []},
        {"name": "notes", "type": {"type": "map", "values": "string"}, "default": {}},
        {"name": "text", "type": ["null", "string"], "default": None},
    ],
}  # fmt: skip

Change = Callable[[list[dict[str, Any]]], object]

SAFE: dict[str, Change] = {
    "a field with a default comes": lambda fields: fields.append(
        {"name": "more", "type": ["null", "org.alprgate.Word"], "default": None}
    ),
    "a field with a default goes": lambda fields: fields.pop(6),
    "a word comes to an enum with a default": lambda fields: fields[3]["type"]["symbols"].append("b"),
    "the documentation changes": lambda fields: fields[0].update(doc="another text"),
}

UNSAFE: dict[str, Change] = {
    "a field without a default comes": lambda fields: fields.append({"name": "more", "type": "string"}),
    "a field without a default goes": lambda fields: fields.pop(0),
    "a field takes another name": lambda fields: fields[0].update(name="identity"),
    "a field takes another type": lambda fields: fields[0].update(type="bytes"),
    "a number grows": lambda fields: fields[1].update(type="long"),
    "a time is counted otherwise": lambda fields: fields[2].update(type="long"),
    "an enum loses a word and its default": lambda fields: (
        fields[3]["type"]["symbols"].remove("a"), fields[3]["type"].pop("default"),
    ),
    "an enum takes another name": lambda fields: (
        fields[3]["type"].update(name="Term"), fields[4]["type"].update(items="org.alprgate.Term"),
    ),
    "a list has other items": lambda fields: fields[4]["type"].update(items="string"),
    "a map has other values": lambda fields: fields[5]["type"].update(values="long"),
    "a choice gets a branch": lambda fields: fields[6].update(type=["null", "string", "long"]),
    "a choice loses a branch": lambda fields: fields[6].update(type=["null"]),
    "a value may be absent": lambda fields: fields[0].update(type=["null", "string"]),
}  # fmt: skip


def changed(change: Change) -> Schema:
    schema = deepcopy(OLD)
    change(schema["fields"])
    return schema


@pytest.mark.parametrize("name", SAFE)
def test_a_safe_change_passes_both_ways(name: str) -> None:
    new = changed(SAFE[name])
    assert new != OLD
    assert breaches(new, OLD) == breaches(OLD, new) == []


@pytest.mark.parametrize("name", UNSAFE)
def test_an_unsafe_change_is_found(name: str) -> None:
    new = changed(UNSAFE[name])
    assert breaches(new, OLD) + breaches(OLD, new) != []
