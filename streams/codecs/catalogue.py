"""The schemas on record: which id stands for which version of which record.

Ids come from `schemas/ids.json`; the schema of every id, earlier ones too, is kept in `schemas/history/`.

They are part of the installation, so that a record can be read without a registry of schemas and years from
now. An id is never given to another schema: bytes on a topic name it, and a ledger is kept for years.
"""

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from streams.codecs.shapes import Record, record_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One version of a record's schema. `fingerprint` is the SHA-256 of its parsing canonical form."""

    schema_id: int
    fingerprint: bytes
    record: Record


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of `ids.json`."""

    schema_id: int
    record: str
    fingerprint: str
    file: str


@cache
def rows() -> tuple[Row, ...]:
    """Return the table of ids, in the order in which they were given."""
    text = files("schemas").joinpath("ids.json").read_text(encoding="utf-8")
    return tuple(
        Row(schema_id=row["id"], record=row["record"], fingerprint=row["fingerprint"], file=row["file"])
        for row in json.loads(text)
    )


def schema_text(row: Row) -> str:
    """Return the schema of that line, as JSON."""
    return files("schemas").joinpath(row.file).read_text(encoding="utf-8")


def versions_of(record: str) -> tuple[Version, ...]:
    """Return every version of a record, named as its file is; the last one is current."""
    return tuple(
        Version(
            schema_id=row.schema_id,
            fingerprint=bytes.fromhex(row.fingerprint),
            record=record_of(json.loads(schema_text(row))),
        )
        for row in rows()
        # In the order of the table: the last row of a record is the version that is written.
        if row.record == record
    )
