"""The kinds of value that the files have: how each is read from one YAML node, and what is expected of it.

A kind refuses what a person might have meant otherwise: `yes`, `010`, a time without an offset, an item
twice. No value is repaired, for the file may be the record of what two people signed.
"""

import re
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import UTC, date, datetime
from typing import TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml

from streams.codecs.marked_yaml import Kind, UnexpectedError, described, is_null
from streams.policy.durations import parse_duration
from streams.policy.vocabulary import Word

W = TypeVar("W", bound=Word)
T = TypeVar("T")

DEFAULT_ZONE = "America/Los_Angeles"
# Stands in for an instant that cannot be read; no value of such a file gets out.
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# an entity id ends a topic name and a file name
IDENTIFIER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,199}")
HEX_DIGEST = re.compile(r"[0-9a-f]{64}")
JURISDICTION = re.compile(r"[A-Z]{2}(-[A-Z0-9]{1,3})?")
LOCAL_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(\.\d{1,6})?([Zz]|[+-]\d{2}:\d{2})")
# No leading zero, which some readers take for octal, and nothing beyond 64 bits.
WHOLE_NUMBER = re.compile(r"0|[1-9][0-9]{0,17}")


def _scalar(node: yaml.Node, expected: str) -> str:
    if not isinstance(node, yaml.ScalarNode) or is_null(node):
        raise UnexpectedError(f"expected {expected}, got {described(node)}")
    return str(node.value)


def _unquoted(node: yaml.Node, expected: str) -> str:
    text = _scalar(node, expected)
    if isinstance(node, yaml.ScalarNode) and node.style in {"'", '"'}:
        raise UnexpectedError(f"expected {expected}, got the quoted text {described(node)}")
    return text


def _any_text(node: yaml.Node) -> str:
    return _scalar(node, "text")


def _text(node: yaml.Node) -> str:
    text = _scalar(node, "text")
    if not text.strip():
        raise UnexpectedError("expected text, got only blanks")
    return text


def _flag(node: yaml.Node) -> bool:
    # YAML 1.1 takes yes, on and NO for truth values, and everybody means something else by one of them.
    text = _unquoted(node, "true or false")
    if text not in {"true", "false"}:
        raise UnexpectedError(f"expected true or false, got `{text}`")
    return text == "true"


def _whole(node: yaml.Node) -> int:
    text = _unquoted(node, "a whole number")
    if not WHOLE_NUMBER.fullmatch(text):
        raise UnexpectedError(f"expected a whole number, got `{text}`")
    return int(text)


def _matching(form: re.Pattern[str], expected: str) -> Kind[str]:
    def read(node: yaml.Node) -> str:
        text = _scalar(node, expected)
        if not form.fullmatch(text):
            raise UnexpectedError(f"expected {expected}, got `{text}`")
        return text

    return Kind(read, "")


def _zone(node: yaml.Node) -> str:
    text = _scalar(node, "a time zone such as America/Los_Angeles")
    try:
        ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise UnexpectedError(f"expected a time zone such as America/Los_Angeles, got `{text}`") from error
    return text


def _duration(node: yaml.Node) -> str:
    text = _scalar(node, "an ISO 8601 duration such as P2Y or PT72H")
    if parse_duration(text) is None:
        raise UnexpectedError(f"expected an ISO 8601 duration such as P2Y or PT72H, got `{text}`")
    return text


def _date(node: yaml.Node) -> date | None:
    text = _scalar(node, "a date such as 2026-01-31")
    with suppress(ValueError):
        if LOCAL_DATE.fullmatch(text):
            return date.fromisoformat(text)
    raise UnexpectedError(f"expected a date such as 2026-01-31, got `{text}`")


TEXT: Kind[str] = Kind(_text, "")
ANY_TEXT: Kind[str] = Kind(_any_text, "")
FLAG: Kind[bool] = Kind(_flag, blank=False)
WHOLE: Kind[int] = Kind(_whole, 0)
DATE: Kind[date | None] = Kind(_date, None)
ZONE: Kind[str] = Kind(_zone, DEFAULT_ZONE)
ID: Kind[str] = _matching(IDENTIFIER, "an id of letters, digits, `.`, `_` and `-`")
SHA256: Kind[str] = _matching(HEX_DIGEST, "a SHA-256 in 64 small hex digits")
AREA: Kind[str] = _matching(JURISDICTION, "an ISO 3166-2 code such as US-CA, or US")
DURATION: Kind[str] = Kind(_duration, "")


def read_instant(text: str, zone: str) -> datetime:
    """Return the instant that `text` names, in UTC: RFC 3339 with offset, or a date's 00:00 in `zone`.

    Raises ValueError with the words of what was expected.
    """
    expected = f"expected a time with offset such as 2026-01-31T08:00:00Z, or a date, got `{text}`"
    with suppress(ValueError, OverflowError):
        # A date is an agreement's way to say midnight; its zone decides which, across a change of the clock
        # too.
        if LOCAL_DATE.fullmatch(text):
            return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
        if INSTANT.fullmatch(text):
            return datetime.fromisoformat(text.upper()).astimezone(UTC)
    raise ValueError(expected)


def instant(zone: str = DEFAULT_ZONE) -> Kind[datetime]:
    """Return the kind of an instant; a date means 00:00 in `zone`."""

    def read(node: yaml.Node) -> datetime:
        text = _scalar(node, "a time with offset, or a date")
        try:
            return read_instant(text, zone)
        except ValueError as error:
            raise UnexpectedError(str(error)) from error

    return Kind(read, EPOCH)


def word(words: type[W]) -> Kind[W]:
    """Return the kind of one word of a closed set; `unknown` is for readers, never for writers.

    A word that this version does not know is a slip in a file, though in a record it is only news.
    """
    # Nobody may write that a class or purpose is not known; it is what a reader falls back on.
    known = [member.value for member in words if member.value != "unknown"]

    def read(node: yaml.Node) -> W:
        text = _scalar(node, "a word")
        if text not in known:
            raise UnexpectedError(f"expected one of {', '.join(known)}, got `{text}`")
        return words(text)

    return Kind(read, words("unknown"))


def number_up_to(most: int) -> Kind[int]:
    """Return the kind of a whole number that is no larger than `most`."""

    def read(node: yaml.Node) -> int:
        number = _whole(node)
        if number > most:
            raise UnexpectedError(f"expected a whole number up to {most}, got `{number}`")
        return number

    return Kind(read, 0)


def listed(kind: Kind[T]) -> Kind[tuple[T, ...]]:
    """Return the kind of a list of that kind, without doubles."""

    def read(node: yaml.Node) -> tuple[T, ...]:
        return tuple(_items(node, kind.read))

    return Kind(read, ())


def _items(node: yaml.Node, read: Callable[[yaml.Node], T]) -> Iterable[T]:
    if not isinstance(node, yaml.SequenceNode):
        raise UnexpectedError(f"expected a list, got {described(node)}")
    # By item, in order. A look through a list for each item would make a long file take hours.
    items: dict[T, None] = {}
    for child in node.value:
        try:
            item = read(child)
        except UnexpectedError as error:
            raise UnexpectedError(str(error), child) from error
        # A double is a slip of whoever wrote it, and may stand where another word was meant.
        if item in items:
            raise UnexpectedError(f"expected each item once, got {described(child)} again", child)
        items[item] = None
    return items
