"""Put changed schemas on record: `python -m schemas.register`.

The `.avsc` files are written by hand and name each other. This command expands each record that crosses the
wire into one self-contained schema, gives it the next id when its canonical form is new, and keeps it
in `history/` for ever. A change of documentation alone rewrites the newest file and keeps its id.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fastavro.schema import fingerprint, to_parsing_canonical_form

HERE = Path(__file__).parent
NAMESPACE = "org.alprgate."
# No registry of schemas, which all count from 1, ever gives an id so high; see decision 0035.
FIRST_ID = 0x414C_0000
# A definition as JSON has it.
Schema = dict[str, Any]
# A line of `ids.json`.
Row = dict[str, Any]
# The records that cross the wire, in the order of their first ids.
ON_THE_WIRE = (
    "sharing_request", "hold", "answer", "alert", "dead_letter", "release", "agreement", "entity",
    "agency_policy", "heartbeat", "book_event", "books_ack", "ledger_record", "evidence_hold", "access",
    "sealed_hold", "admin_action", "signed_change", "owner_heartbeat", "review_note", "mark",
    "closure", "disclosure_note", "disclosure_order", "processor", "user", "withdrawal", "read_event",
    "release_action", "query_event", "query_access", "share_change",
    "live_record", "read_list", "accountable", "delivery",
)  # fmt: skip


def definitions() -> dict[str, Schema]:
    """Return every named type of the `.avsc` files, by full name."""
    found: dict[str, Schema] = {}
    for path in sorted(HERE.glob("*.avsc")):
        content = json.loads(path.read_text(encoding="utf-8"))
        for schema in content if isinstance(content, list) else [content]:
            found[NAMESPACE + schema["name"]] = schema
    return found


def expand(schema: Any, known: Mapping[str, Schema], seen: set[str]) -> Any:
    """Return the schema with each named type written out where it first stands."""
    if isinstance(schema, list):
        return [expand(branch, known, seen) for branch in schema]
    if isinstance(schema, str):
        if schema not in known or schema in seen:
            return schema
        seen.add(schema)
        return expand(known[schema], known, seen)
    if schema["type"] == "record":
        return {**schema, "fields": [_field(field, known, seen) for field in schema["fields"]]}
    return _container(schema, known, seen)


def _container(schema: Schema, known: Mapping[str, Schema], seen: set[str]) -> Schema:
    inside = schema.keys() & {"items", "values"}
    return {**schema, **{key: expand(schema[key], known, seen) for key in inside}}


def _field(field: Schema, known: Mapping[str, Schema], seen: set[str]) -> Schema:
    return {**field, "type": expand(field["type"], known, seen)}


def current(stem: str) -> Schema:
    """Return the self-contained schema that the `.avsc` files describe now."""
    known = definitions()
    top = json.loads((HERE / f"{stem}.avsc").read_text(encoding="utf-8"))
    full_name = NAMESPACE + top["name"]
    expanded: Schema = expand(full_name, known, set())
    return expanded


def fingerprint_of(schema: Schema) -> str:
    """Return the SHA-256 of the schema's parsing canonical form, hexadecimal."""
    text: str = fingerprint(to_parsing_canonical_form(schema), "SHA-256")
    return text


def register(table: list[Row], schemas: Mapping[str, Schema]) -> tuple[list[Row], dict[str, Schema]]:
    """Return the table with a row for each new schema, and the history files as they ought to be now."""
    rows = list(table)
    kept: dict[str, Schema] = {}
    for record, schema in schemas.items():
        digest = fingerprint_of(schema)
        versions = [row for row in rows if row["record"] == record]
        row = next((row for row in versions if row["fingerprint"] == digest), None)
        if row is None:
            row = {
                "id": max([FIRST_ID, *(1 + row["id"] for row in rows)]),
                "record": record,
                "fingerprint": digest,
                "file": f"history/{record}.{len(versions) + 1}.avsc",
            }
            rows.append(row)
        kept[row["file"]] = schema
    return rows, kept


def main() -> None:
    """Bring `ids.json` and `history/` up to date with the `.avsc` files."""
    path = HERE / "ids.json"
    table = json.loads(path.read_text(encoding="utf-8"))
    rows, kept = register(table, {record: current(record) for record in ON_THE_WIRE})
    for file, schema in kept.items():
        (HERE / file).write_text(json.dumps(schema, indent=1) + "\n", encoding="utf-8")
    lines = ",\n".join(f"  {json.dumps(row)}" for row in rows)
    path.write_text(f"[\n{lines}\n]\n", encoding="utf-8")
    print(f"{len(rows) - len(table)} new, {len(rows)} schemas on record")  # noqa: T201  # a command's output


if __name__ == "__main__":
    main()
