"""Builds values of the policy from plain data: `tests/scenarios/base.yaml` with single fields changed."""

from copy import deepcopy
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from streams.policy.agency_policy import AgencyPolicy
from streams.policy.agreement import Agreement
from streams.policy.books import Books
from streams.policy.digest import identify
from streams.policy.entity import Entity
from streams.policy.evidence_hold import EvidenceHold
from streams.policy.policy_in_force import PolicyInForce
from streams.policy.request import SharingRequest
from streams.policy.review import Review
from streams.policy.vocabulary import EntityId
from streams.rehearsal.case_files import read_ground
from streams.rehearsal.case_ground import Ground
from streams.rehearsal.case_running import review_of
from streams.rehearsal.plain_values import Plain, build, changed

SCENARIOS = Path(__file__).parent.parent / "scenarios"
NOW = datetime(2026, 5, 1, 19, 0, tzinfo=UTC)


@cache
def _ground() -> Ground:
    return read_ground(SCENARIOS)


def base() -> Plain:
    """Return what every scenario starts from, as plain data of one's own."""
    return deepcopy(_ground().base)


def an_agreement(**changes: Any) -> Agreement:
    """Return the base agreement with changes."""
    return _ground().agreement(changes)


def an_entity(**changes: Any) -> Entity:
    """Return a local agency of California with changes."""
    return _ground().entity(changes)


def an_evidence_hold(**changes: Any) -> EvidenceHold:
    """Return the base evidence hold with changes."""
    return build(EvidenceHold, changed(base()["evidence_hold"], changes))


def a_policy(**changes: Any) -> AgencyPolicy:
    """Return the base policy with changes."""
    return build(AgencyPolicy, changed(base()["policy"], changes))


def a_request(**changes: Any) -> SharingRequest:
    """Return the base request with changes."""
    return _ground().request(changes)


def a_review(**changes: Any) -> Review:
    """Return a review of the base request's hold by M. Castro, with changes."""
    return review_of(identify(a_request()).decision_id, NOW, changes)


def some_books(given: Plain | None = None) -> Books:
    """Return the base books with changes; `Ground.books` says which."""
    return _ground().books(given) if given else _base_books().copy()


@cache
def _base_books() -> Books:
    return _ground().books({})


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
