"""Agreements written as the file that people edit and `read_agreements` reads."""

from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from enum import Enum
from zoneinfo import ZoneInfo

import yaml

from streams.policy.agreement import Agreement


def write_agreements(agreements: Iterable[Agreement], comment: str) -> str:
    """Return the text of the file; each line of the comment stands at its top.

    An instant that is midnight in the agreement's zone is written as a date.
    """
    plain = {"agreements": [_plain(one, ZoneInfo(one.zone)) for one in agreements]}
    head = "".join(f"# {line}\n" for line in comment.splitlines())
    return head + yaml.safe_dump(plain, sort_keys=False, allow_unicode=True, width=100)


def _plain(value: object, zone: ZoneInfo) -> object:
    if is_dataclass(value):
        named = ((field.name, getattr(value, field.name)) for field in fields(value))
        return {name: _plain(part, zone) for name, part in named if part is not None}
    if isinstance(value, Mapping):
        return {key: _plain(part, zone) for key, part in value.items()}
    if isinstance(value, tuple):
        return [_plain(part, zone) for part in value]
    if isinstance(value, datetime):
        local = value.astimezone(zone)
        return local.date() if local.time().isoformat() == "00:00:00" else value.isoformat()
    return value.value if isinstance(value, Enum) else value
