"""The examples that stand beside the schemas, as values."""

import json
from importlib.resources import files
from typing import Any

from streams.codecs.catalogue import versions_of
from streams.codecs.json_reading import json_reader_of


def content(name: str) -> dict[str, Any]:
    text = files("schemas").joinpath(f"examples/{name}.json").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


def example(record: str) -> object:
    """Return the example of a record on the wire."""
    return json_reader_of(versions_of(record)[-1].record)(content(record), "")
