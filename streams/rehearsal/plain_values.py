"""Values of the policy from plain data, as loosely as cases need it: what cannot be is a case as well.

The strict readers of files refuse an instant without an offset or a duration that is none, and a case is
there to show what the rules make of such a thing. What is refused here is only what has no place in a value.
"""

from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import date, datetime
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from streams.policy.vocabulary import ReasonCode, Word

Plain = dict[str, Any]
_Value = TypeVar("_Value")
# A Python word stands where the files have a shorter name.
_FILE_KEYS = {"class": "entity_class"}
# Kept, because to work them out takes longer than all the rest.
_HINTS: dict[type, dict[str, Any]] = {}


class PlainError(ValueError):
    """Plain data are no such value; `path` is the field, as keys and places from the outermost on."""

    def __init__(self, expected: str, *path: str | int) -> None:
        super().__init__(expected)
        self.path = path

    def within(self, *outer: str | int) -> "PlainError":
        """Return the same as seen from further out."""
        return PlainError(str(self), *outer, *self.path)


def changed(plain: Plain, changes: object) -> Plain:
    """Return the data with changes laid over it; mappings are laid over one another.

    Raises:
        PlainError: the changes are no mapping.
    """
    if not isinstance(changes, Mapping):
        raise PlainError("expected keys with values")
    result = dict(plain)
    for key, value in changes.items():
        old = result.get(key)
        result[key] = changed(old, value) if isinstance(old, dict) and isinstance(value, dict) else value
    return result


def build(cls: type[_Value], plain: object) -> _Value:
    """Return the dataclass that plain data describe; the key `class` stands for `entity_class`.

    Raises:
        PlainError: a key is unknown or missing, or a value has another form.
    """
    if not isinstance(plain, Mapping):
        raise PlainError("expected keys with values")
    hints = _hints(cls)
    data = {_FILE_KEYS.get(key, str(key)): (key, value) for key, value in plain.items()}
    known = {field.name: field for field in fields(cls)}  # type: ignore[arg-type]  # a dataclass
    for name, (key, _) in data.items():
        if name not in known:
            raise PlainError("expected no such key", key)
    for name, field in known.items():
        if name not in data and field.default is MISSING and field.default_factory is MISSING:
            raise PlainError("expected this key, got none", name)
    return cls(**{name: _part(hints[name], key, value) for name, (key, value) in data.items()})


def _hints(cls: type) -> dict[str, Any]:
    if cls not in _HINTS:
        _HINTS[cls] = get_type_hints(cls)
    return _HINTS[cls]


def _part(hint: Any, key: str | int, value: object) -> Any:
    try:
        return _converted(hint, value)
    except PlainError as error:
        raise error.within(key) from None


def _converted(hint: Any, value: object) -> Any:
    origin = get_origin(hint)
    if origin in (Union, UnionType):
        plain = next(each for each in get_args(hint) if each is not NoneType)
        return None if value is None else _converted(plain, value)
    if origin is tuple:
        if not isinstance(value, list | tuple):
            raise PlainError("expected a list")
        return tuple(_part(get_args(hint)[0], place, item) for place, item in enumerate(value))
    if origin is not None:
        if not isinstance(value, Mapping):
            raise PlainError("expected keys with values")
        return {key: _part(tuple[str, ...], key, words) for key, words in value.items()}
    if is_dataclass(hint) and isinstance(hint, type):
        return build(hint, value)
    return _leaf(getattr(hint, "__supertype__", hint), value)


def _leaf(hint: type, value: object) -> Any:
    if issubclass(hint, Word):
        if not isinstance(value, str):
            raise PlainError("expected a word")
        return hint.read(value)
    if hint is ReasonCode:
        return code_in(value)
    if hint in {datetime, date} and isinstance(value, str):
        try:
            return hint.fromisoformat(value)
        except ValueError:
            raise PlainError("expected a time such as 2026-01-31T08:00:00Z, or a date") from None
    # A truth value is a number to Python, and never to who writes a case.
    if not isinstance(value, (int, float) if hint is float else hint) or (
        isinstance(value, bool) and hint is not bool
    ):
        raise PlainError(f"expected {_NAMES.get(hint, hint.__name__)}")
    return value


def code_in(value: object) -> ReasonCode:
    """Return the reason code of that name; unlike other words it has none for what nobody knows."""
    if not isinstance(value, str) or value not in ReasonCode.__members__:
        raise PlainError("expected a reason code")
    return ReasonCode(value)


_NAMES = {str: "text", int: "a whole number", float: "a number", bool: "true or false"}
