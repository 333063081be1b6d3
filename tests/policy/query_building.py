"""Builds searches from plain data: `tests/query_scenarios/base.yaml` with single fields changed."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml

from streams.policy.query_event import QueryEvent
from streams.rehearsal.plain_values import Plain, build, changed

QUERY_SCENARIOS = Path(__file__).parent.parent / "query_scenarios"


@cache
def _base() -> Plain:
    base: Plain = yaml.safe_load((QUERY_SCENARIOS / "base.yaml").read_text(encoding="utf-8"))
    return base


def a_query(**changes: Any) -> QueryEvent:
    """Return the base search with changes; `text_prompt_of` is the length of a harmless prompt."""
    length = changes.pop("text_prompt_of", None)
    if length is not None:
        changes["text_prompt"] = "x" * length
    return build(QueryEvent, changed(_base(), changes))
