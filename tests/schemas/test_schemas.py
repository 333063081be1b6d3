import json
from collections.abc import Iterator
from importlib.resources import files
from itertools import chain
from typing import Any

import pytest

from schemas import register
from streams.codecs.catalogue import rows
from tests.codecs.strategies import names

DEFINITIONS = register.definitions()
RECORDS = {name: schema for name, schema in DEFINITIONS.items() if schema["type"] == "record"}
ENUMS = {name: schema for name, schema in DEFINITIONS.items() if schema["type"] == "enum"}


def text(file: str) -> str:
    return files("schemas").joinpath(file).read_text(encoding="utf-8")


def types(schema: Any) -> Iterator[Any]:
    """Give every type inside a field's type."""
    yield schema
    for part in schema if isinstance(schema, list) else [schema.get("items"), schema.get("values")]:
        if isinstance(part, dict | list):
            yield from types(part)


def test_ids_and_fingerprints_and_files_are_given_once() -> None:
    for column in ("schema_id", "fingerprint", "file"):
        values = [getattr(row, column) for row in rows()]
        assert len(values) == len(set(values)), column
    assert all(row.schema_id > 0 for row in rows())


def test_every_record_on_the_wire_has_an_id() -> None:
    assert set(register.ON_THE_WIRE) == set(names())


def test_history_holds_exactly_what_the_table_names() -> None:
    found = {f"history/{path.name}" for path in files("schemas").joinpath("history").iterdir()}
    assert found == {row.file for row in rows()}


@pytest.mark.parametrize("row", rows(), ids=lambda row: row.file)
def test_the_fingerprint_of_an_id_is_that_of_its_schema(row: Any) -> None:
    assert register.fingerprint_of(json.loads(text(row.file))) == row.fingerprint


@pytest.mark.parametrize("record", names())
def test_the_newest_version_on_record_is_what_the_files_say(record: str) -> None:
    newest = [row for row in rows() if row.record == record][-1]
    assert json.loads(text(newest.file)) == register.current(record), "run `python -m schemas.register`"


def test_registering_again_changes_nothing() -> None:
    table = json.loads(text("ids.json"))
    found, kept = register.register(table, {name: register.current(name) for name in names()})
    assert found == table
    assert {file: json.loads(text(file)) for file in kept} == kept


def test_a_changed_schema_gets_the_next_id_and_changed_words_do_not() -> None:
    table = json.loads(text("ids.json"))
    schema = register.current("heartbeat")
    said = {**schema, "doc": "another text"}
    assert register.register(table, {"heartbeat": said}) == (table, {"history/heartbeat.1.avsc": said})
    more = {**schema, "fields": [*schema["fields"], {"name": "more", "type": "long", "default": 0}]}
    found, kept = register.register(table, {"heartbeat": more})
    assert found[:-1] == table
    assert found[-1]["id"] == max(register.FIRST_ID, 1 + max(row["id"] for row in table))
    changed = {**more, "fields": [*more["fields"], {"name": "most", "type": "long", "default": 0}]}
    assert register.register(found, {"heartbeat": changed})[0][-1]["id"] == found[-1]["id"] + 1
    assert kept == {"history/heartbeat.2.avsc": more}


@pytest.mark.parametrize("name", RECORDS)
def test_a_record_and_its_fields_are_documented_in_our_namespace(name: str) -> None:
    schema = RECORDS[name]
    assert schema["namespace"] == "org.alprgate"
    assert schema["doc"].endswith(".")
    assert [field["name"] for field in schema["fields"] if not field.get("doc", "").endswith(".")] == []


@pytest.mark.parametrize("name", ENUMS)
def test_an_enum_is_documented_and_reads_what_it_does_not_know_as_unknown(name: str) -> None:
    schema = ENUMS[name]
    assert schema["namespace"] == "org.alprgate"
    assert schema["doc"].endswith(".")
    assert schema["default"] == schema["symbols"][0] == "unknown"


@pytest.mark.parametrize("name", RECORDS)
def test_a_list_is_empty_by_default_and_never_null_and_times_are_in_microseconds(name: str) -> None:
    for field in RECORDS[name]["fields"]:
        kind = field["type"]
        if isinstance(kind, dict) and kind["type"] == "array":
            assert field["default"] == []
        if isinstance(kind, list):
            assert "array" not in [branch.get("type") for branch in kind if isinstance(branch, dict)]
        if isinstance(kind, list) and kind[0] == "null":
            assert field["default"] is None
        named = [part for part in types(kind) if isinstance(part, dict)] if not isinstance(kind, str) else []
        assert {part.get("logicalType") for part in named} <= {None, "timestamp-micros", "date"}


def test_plates_names_of_people_and_free_text_may_be_sealed_wherever_they_stand() -> None:
    personal = {
        "Requester.user", "Requester.on_behalf_of", "Selector.plate", "PlateRead.plate",
        "SharingRequest.recipient_contact", "SharingRequest.reason_text", "SharingRequest.case_number",
        "SharingRequest.consideration", "Access.user", "Access.purpose", "Access.data_elements",
        "DeadLetter.key", "DeadLetter.value", "LedgerRecord.sealed_access", "SealedHold.sealed",
        "LedgerRecord.sealed_review", "LedgerRecord.sealed_disclosure", "DisclosureOrder.case_number",
        "DisclosureOrder.recipient", "DisclosureOrder.note", "ReleaseAction.access",
        "AdminAction.sealed_access", "LiveRecord.sealed_accountable", "LiveRecord.sealed_reads",
        "QueryAccess.sealed_query",
    }  # fmt: skip
    sealable = {
        f"{schema['name']}.{field['name']}"
        for schema in RECORDS.values()
        for field in schema["fields"]
        if "org.alprgate.Sealed" in json.dumps(field["type"])
    }
    assert sealable == personal


def test_the_hash_stands_last_in_every_version_of_a_linked_record() -> None:
    for row in rows():
        if row.record in {"ledger_record", "admin_action", "release_action", "query_access"}:
            last = json.loads(text(row.file))["fields"][-1]
            assert (last["name"], last["type"]) == ("hash", "bytes")


def test_every_definition_is_used() -> None:
    used = set(chain.from_iterable(_mentions(register.current(name)) for name in names()))
    assert {schema["name"] for schema in DEFINITIONS.values()} == used


def _mentions(schema: Any) -> Iterator[str]:
    if isinstance(schema, list):
        for part in schema:
            yield from _mentions(part)
    elif isinstance(schema, dict):
        if "fields" in schema or "symbols" in schema:
            yield schema["name"]
        for part in schema.values():
            yield from _mentions(part)
