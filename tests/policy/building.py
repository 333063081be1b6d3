"""Builds values of the policy from plain data: `tests/scenarios/base.yaml` with single fields changed."""

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

import yaml

from streams.policy.agency_policy import AgencyPolicy
from streams.policy.agreement import Agreement
from streams.policy.books import Books
from streams.policy.digest import identify
from streams.policy.entity import Entity
from streams.policy.evidence_hold import EvidenceHold
from streams.policy.policy_in_force import PolicyInForce
from streams.policy.request import SharingRequest
from streams.policy.review import Review
from streams.policy.vocabulary import EntityId, ReasonCode, Word

SCENARIOS = Path(__file__).parent.parent / "scenarios"
NOW = datetime(2026, 5, 1, 19, 0, tzinfo=UTC)

Plain = dict[str, Any]
_Value = TypeVar("_Value")
_HINTS: dict[type, dict[str, Any]] = {}


@cache
def _base() -> Plain:
    loaded: Plain = yaml.safe_load((SCENARIOS / "base.yaml").read_text())
    return loaded


def _hints(cls: type) -> dict[str, Any]:
    if cls not in _HINTS:
        _HINTS[cls] = get_type_hints(cls)
    return _HINTS[cls]


def base() -> Plain:
    """Return what every scenario starts from, as plain data of one's own."""
    return deepcopy(_base())


def changed(plain: Plain, changes: Mapping[str, Any]) -> Plain:
    """Return the data with changes laid over it; mappings are laid over one another."""
    result = dict(plain)
    for key, value in changes.items():
        old = result.get(key)
        result[key] = changed(old, value) if isinstance(old, dict) and isinstance(value, dict) else value
    return result


def build(cls: type[_Value], plain: Mapping[str, Any]) -> _Value:
    """Return the dataclass that plain data describe; the key `class` stands for `entity_class`."""
    hints = _hints(cls)
    data = {("entity_class" if key == "class" else key): value for key, value in plain.items()}
    unknown = data.keys() - {field.name for field in fields(cls)}  # type: ignore[arg-type]  # a dataclass
    assert not unknown, f"{cls.__name__} has no {unknown}"
    return cls(**{key: _convert(hints[key], value) for key, value in data.items()})


def _convert(hint: Any, value: Any) -> Any:
    origin = get_origin(hint)
    if origin in (Union, UnionType):
        return (
            None if value is None else _convert(next(a for a in get_args(hint) if a is not NoneType), value)
        )
    if origin is tuple:
        return tuple(_convert(get_args(hint)[0], item) for item in value)
    if origin is not None:
        return {key: tuple(words) for key, words in value.items()}
    if is_dataclass(hint) and isinstance(hint, type):
        return build(hint, value)
    return _convert_plain(getattr(hint, "__supertype__", hint), value)


def _convert_plain(hint: type, value: Any) -> Any:
    if hint is ReasonCode:
        return ReasonCode(value)
    if issubclass(hint, Word):
        return hint.read(value)
    if hint is datetime and isinstance(value, str):
        return datetime.fromisoformat(value)
    if hint is date and isinstance(value, str):
        return date.fromisoformat(value)
    return value


def an_agreement(**changes: Any) -> Agreement:
    """Return the base agreement with changes."""
    return build(Agreement, changed(base()["agreement"], changes))


def an_entity(**changes: Any) -> Entity:
    """Return a local agency of California with changes."""
    known = base()
    plain = {"class": "local_law_enforcement", "jurisdiction": "US-CA", "status": "active"}
    return build(Entity, changed({**plain, "evidence": known["evidence"]}, changes))


def an_evidence_hold(**changes: Any) -> EvidenceHold:
    """Return the base evidence hold with changes."""
    return build(EvidenceHold, changed(base()["evidence_hold"], changes))


def a_policy(**changes: Any) -> AgencyPolicy:
    """Return the base policy with changes."""
    return build(AgencyPolicy, changed(base()["policy"], changes))


def a_request(**changes: Any) -> SharingRequest:
    """Return the base request with changes."""
    return build(SharingRequest, changed(base()["request"], changes))


def a_review(**changes: Any) -> Review:
    """Return a review of the base request's hold by M. Castro, with changes."""
    plain = {
        "decision_id": identify(a_request()).decision_id,
        "reviewer": "m.castro",
        "act": "approve",
        "codes": [],
        "reason": "read it",
        "at": NOW,
    }
    return build(Review, {**plain, **changes})


def some_books(given: Mapping[str, Any] | None = None) -> Books:
    """Return the base books with changes.

    `policy`, `agreement` and `recipient` change the base's; `entities` and `agreements` are added to them;
    `evidence_holds` are changes of the base's, which has none of its own; the keys in `dropped` are dropped.
    """
    return _books(given) if given else _base_books().copy()


@cache
def _base_books() -> Books:
    return _books({})


def _books(given: Mapping[str, Any]) -> Books:
    known, books = base(), Books()
    books.revision = known["revision"]
    books.put_policy(a_policy(**given.get("policy", {})))
    for entity in (*known["entities"], *given.get("entities", ())):
        patch = given.get("recipient", {}) if entity["entity_id"] == "pasadena-pd" else {}
        books.put_entity(an_entity(**{**entity, **patch}))
    books.put_agreement(an_agreement(**given.get("agreement", {})))
    for agreement in given.get("agreements", ()):
        books.put_agreement(an_agreement(**agreement))
    for hold in given.get("evidence_holds", ()):
        books.put_evidence_hold(an_evidence_hold(**hold))
    for key in given.get("dropped", ()):
        books.drop(key)
    return books


def in_force(books: Books) -> PolicyInForce:
    """Return the books' policy, which must be there."""
    policy = books.policy()
    assert policy is not None
    return policy


def entity_named(books: Books, entity_id: str) -> Entity:
    """Return the entity, which must be there."""
    entity = books.entity(EntityId(entity_id))
    assert entity is not None
    return entity
