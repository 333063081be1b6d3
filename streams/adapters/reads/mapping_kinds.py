"""The kinds of value in a mapping's file: names, units, patterns of time, each checked when it is read."""

import math
import re
from collections.abc import Sequence
from datetime import UTC, datetime

import yaml

from streams.adapters.reads.items import AROUND, PayloadKind
from streams.adapters.reads.mapping import ZONE_OF_FEED
from streams.codecs.marked_yaml import NO_KEYS, Kind, UnexpectedError
from streams.codecs.yaml_kinds import ANY_TEXT, TEXT, listed
from streams.codecs.yaml_kinds import ZONE as ZONE_NAME

PER_SECOND = {"epoch_s": 1, "epoch_ms": 1000, "epoch_us": 1_000_000, "epoch_ns": 1_000_000_000}
ISO = "iso"
_DELIMITERS = (",", ";", "|", "\t")
_POINTERS = re.compile(rf"(?:{AROUND})?(?:/(?:[^~/]|~[01])*)+")
# No part of it is the same as another, so a pattern that confuses two does not give it back.
_TRIED = datetime(2031, 12, 28, 13, 45, 59)  # noqa: DTZ001  # a pattern is tried, and no instant is meant


def names_of(name: Kind[str]) -> Kind[tuple[str, ...]]:
    """Return the kind of one name, or a list of them."""
    many = listed(name)

    def read(node: yaml.Node) -> tuple[str, ...]:
        return many.read(node) if isinstance(node, yaml.SequenceNode) else (name.read(node),)

    return Kind(read, ())


def several(names: Kind[tuple[str, ...]]) -> Kind[tuple[str, ...]]:
    """Return the kind of a list with two names or more."""

    def read(node: yaml.Node) -> tuple[str, ...]:
        found = names.read(node)
        if len(found) < 2:  # noqa: PLR2004  # one needs no joining
            raise UnexpectedError("expected two names or more")
        return found

    return Kind(read, ())


def is_number(text: str | None) -> bool:
    """Tell whether a constant is a number, or is none at all."""
    try:
        return text is None or math.isfinite(float(text))
    except ValueError:
        return False


def _pointer(node: yaml.Node) -> str:
    text = TEXT.read(node)
    if not _POINTERS.fullmatch(text):
        raise UnexpectedError(f"expected a JSON Pointer such as /plate, got `{text[:60]}`")
    return text


def _column(node: yaml.Node) -> str:
    return TEXT.read(node).strip()


def _where(node: yaml.Node) -> str:
    text = ANY_TEXT.read(node)
    return text and _pointer(node)


def _delimiter(node: yaml.Node) -> str:
    text = ANY_TEXT.read(node)
    if text not in _DELIMITERS:
        raise UnexpectedError("expected a comma, a semicolon, a bar or a tab")
    return text


def _pattern(node: yaml.Node) -> str:
    text = TEXT.read(node)
    tried = _TRIED.replace(tzinfo=UTC) if "%z" in text else _TRIED
    try:
        found = datetime.strptime(tried.strftime(text), text)  # noqa: DTZ007  # with an offset where it has one
    except (ValueError, re.error):
        found = None
    # Seconds may be missing; a day, an hour or a minute that is would be made up.
    if found is None or found.replace(second=tried.second) != tried:
        raise UnexpectedError("expected a format with year, month, day, hour and minute, as of strptime")
    return text


def _zone(node: yaml.Node) -> str:
    text = TEXT.read(node)
    return text if text == ZONE_OF_FEED else ZONE_NAME.read(node)


def _one_of(words: Sequence[str]) -> Kind[str]:
    def read(node: yaml.Node) -> str:
        text = TEXT.read(node)
        if text not in words:
            raise UnexpectedError(f"expected one of {', '.join(words)}, got `{text[:60]}`")
        return text

    return Kind(read, words[0])


NODE: Kind[yaml.Node] = Kind(lambda node: node, NO_KEYS)
POINTER: Kind[str] = Kind(_pointer, "")
COLUMN: Kind[str] = Kind(_column, "")
WHERE: Kind[str] = Kind(_where, "")
DELIMITER: Kind[str] = Kind(_delimiter, ",")
PATTERN: Kind[str] = Kind(_pattern, "%z")
ZONE: Kind[str] = Kind(_zone, ZONE_OF_FEED)
PAYLOAD = _one_of(tuple(PayloadKind))
TIME = _one_of((*PER_SECOND, ISO))
SCALE = _one_of(("1", "100"))
