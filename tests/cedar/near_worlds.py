"""Books around the edges of the rules that are about entities, agreements and the policy."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

from streams.policy.agency_policy import AgencyPolicy, Extension
from streams.policy.agreement import Agreement, ContractReview, Fulfilment, Obligation
from streams.policy.entity import Entity, Evidence, LegalDetermination
from streams.policy.user import Authorisation, User
from streams.policy.vocabulary import (
    AgreementId,
    AgreementOrigin,
    AgreementStatus,
    DataType,
    EntityClass,
    EntityId,
    EntityStatus,
    Purpose,
    Scope,
    UserStatus,
)
from tests.cedar.edges import around
from tests.cedar.world import World
from tests.policy.building import NOW, a_policy, an_agreement, an_entity, base, some_books

MINUTE = timedelta(minutes=1)
VERIFIED = datetime(2026, 1, 15, tzinfo=UTC)
OPINION = LegalDetermination(by="counsel", reference="OPN-7", at=VERIFIED)
ENTITIES = (
    *(an_entity(**one) for one in base()["entities"]),
    an_entity(
        entity_id="nested-tf",
        name="Nested Task Force",
        members=["valley-tf", "lasd"],
        **{"class": "task_force"},
    ),
)
IDS = tuple(one.entity_id for one in ENTITIES)
# Whose agreements there are, apart from the base's.
PARTIES = ("lasd", "burbank-pd", "chp", "valley-tf", "nested-tf", "ncric", "orange-da", "fbi", "pasadena-pd")
_EDGES = (*around(NOW), *around(NOW - MINUTE), NOW - timedelta(days=9), NOW + timedelta(days=9))
# The days of grace end at the last midnight before now for the first, at the next one for the second.
_DUE = (date(2026, 4, 16), date(2026, 4, 17), date(2026, 4, 30), date(2026, 5, 1))
_OWED = Obligation(kind="a", text="0", due=_DUE[0])
_MET = Fulfilment(kind="a", due=_DUE[0], by="c", at=VERIFIED, reference="r")
_BY = ("", "\u00a0", "counsel")

ENTITY_EDGES: dict[str, tuple[Any, ...]] = {
    "entity_class": tuple(EntityClass),
    "jurisdiction": ("US-CA", "US", "US-NV", "us-ca", "US-CA-LA", ""),
    "status": tuple(EntityStatus),
    "parent": (None, *IDS[:6], "fbi", EntityId("ghost")),
    "inherits_parent_agreement": (True, False),
    "members": (
        (),
        IDS[:2],
        IDS[:5],
        (*IDS[1:2], EntityId("ghost")),
        ("valley-tf",),
        ("nested-tf",),
        ("mixed-tf",),
    ),
    "evidence": tuple(Evidence(source=a, verified_by=b, verified_at=VERIFIED) for a in _BY for b in _BY),
    "legal_determination": (
        None,
        *(LegalDetermination(by=a, reference=b, at=VERIFIED) for a in _BY for b in _BY),
    ),
    "aliases": ((), ("Burbank CA PD",), ("Pasadena Police Department",), ("FBI",), ("all",), ("",)),
}
AGREEMENT_EDGES: dict[str, tuple[Any, ...]] = {
    "status": tuple(AgreementStatus),
    "start": _EDGES,
    "end": _EDGES,
    "zone": ("UTC", "Pacific/Auckland", "Nowhere/Else", "", ".."),
    "data_types": ((), (DataType.PLATE_READ,), (DataType.HOTLIST_HIT,), tuple(DataType)),
    "scopes": ((), (Scope.SEARCH,), (Scope.HOT_LIST,), tuple(Scope)),
    "networks": ((), ("north",), ("east",), ("*",), ("*", "north")),
    "purposes": ((), (Purpose.CRIMINAL_INVESTIGATION,), (Purpose.CIVIL,), tuple(Purpose)),
    "max_record_age": ("P1D", "P3D", "P2Y", "PT72H", "P1M", "soon", "", "P9Y", "PT0S"),
    "live_feed": (True, False),
    "onward_sharing_prohibited": (False,),
    "clause_text": _BY,
    "clause_reference": _BY,
    "contract_reviewed": (
        None,
        *(ContractReview(by="c", at=at, due=NOW + timedelta(days=1)) for at in around(NOW)),
        *(ContractReview(by=by, at=VERIFIED, due=due) for due in around(NOW) for by in _BY),
    ),
    "obligations": tuple(
        tuple(Obligation(kind="a", text=f"{place}", due=due) for place, due in enumerate(days))
        for days in (*((day,) for day in _DUE), _DUE[:2], (_DUE[0], _DUE[0]))
    ),
    "fulfilments": tuple(
        tuple(Fulfilment(kind="a", due=due, by=by, at=at, reference="r") for due in days)
        for days in (_DUE[:1], _DUE[:2])
        for by in _BY
        for at in around(NOW)
    ),
    "signed_by": ((), ("",), ("\u200b", "chief")),
    "origin": tuple(AgreementOrigin),
    "entity_id": IDS,
}
POLICY_EDGES: dict[str, tuple[Any, ...]] = {
    "purposes": ((), tuple(Purpose), (Purpose.CIVIL, Purpose.UNKNOWN)),
    "visible_for": ("P9Y", "P2M"),
    "retained_for": ("P9Y", "P1Y"),
    "require_case_number": (False,),
    "clock_skew": ("PT0S", "P1D"),
    "request_max_age": ("P9Y", "PT1M"),
    "max_window": ("P9Y", "P2D", "P3D"),
    "obligation_grace_days": (-1, 0, 13, 15, 99),
    "screening": ({}, {"immigration": ("stolen vehicle",)}),
}
YEAR_AGO = NOW.replace(year=NOW.year - 1)
USER_EDGES: dict[str, tuple[Any, ...]] = {
    "status": tuple(UserStatus),
    "entity_id": ("pasadena-pd",),
    "authorised": (
        None,
        *(
            Authorisation(by="lt.", at=at, until=until)
            for at in around(NOW)
            for until in (None, *around(NOW))
        ),
        *(Authorisation(by=by, at=VERIFIED) for by in ("", "\u00a0", "jdoe", "JDOE", "\u0458doe")),
    ),
    "trained_at": (None, *around(NOW)),
    "reoriented_at": (*around(NOW), *around(YEAR_AGO)),
    "last_active_at": (None, *around(NOW), *around(YEAR_AGO)),
}
_APPROVED = (("a", "b"), ("a", "b"), ("a",), ("a", " A"), ("a", ""))


def a_world(rng: Random) -> World:
    """Return books near the base: most of it in order, and each field over an edge now and then."""
    return World(
        entities=tuple(_changed(rng, _lent(one), ENTITY_EDGES, 0.12) for one in ENTITIES),
        agreements=tuple(_agreements(rng)),
        policy=_policy(rng),
        revision=41,
        users=tuple(_user(rng, one) for one in some_books().users if rng.random() < 0.95),
    )


def _lent(entity: Entity) -> Entity:
    """Give counsel's determination to the one body of the base that needs it to pass."""
    return replace(entity, legal_determination=OPINION) if entity.entity_id == "ncric" else entity


def _agreements(rng: Random) -> list[Agreement]:
    base_agreement = replace(an_agreement(), obligations=(_OWED,), fulfilments=(_MET,))
    found = [_changed(rng, base_agreement, AGREEMENT_EDGES, 0.6)]
    for number, party in enumerate(PARTIES):
        twin = replace(base_agreement, agreement_id=AgreementId(f"mou-{number}"), entity_id=EntityId(party))
        found.append(_changed(rng, twin, AGREEMENT_EDGES, 0.5))
        if rng.random() < 0.1:
            # A later or an earlier version; only the later one counts, wherever it stands.
            version = rng.choice((2, 4))
            found.append(_changed(rng, replace(twin, version=version), AGREEMENT_EDGES, 1.0))
    return found


def _policy(rng: Random) -> AgencyPolicy:
    policy = replace(
        a_policy(), extensions=tuple(_extension(rng, one) for one in EntityClass if rng.random() < 0.7)
    )
    changed: AgencyPolicy = _changed(rng, policy, POLICY_EDGES, 0.4)
    return changed


def _user(rng: Random, user: User) -> User:
    changed: User = _changed(rng, _changed(rng, user, USER_EDGES, 0.5), USER_EDGES, 0.3)
    return changed


def _extension(rng: Random, entity_class: EntityClass) -> Extension:
    extension = Extension(
        entity_class=entity_class,
        start=datetime(2026, 1, 1, tzinfo=UTC),
        end=datetime(2027, 1, 1, tzinfo=UTC),
        authority="Chief",
        reference="SO 31-A",
        approved_by=rng.choice(_APPROVED),
    )
    edges = {"start": around(NOW), "end": around(NOW), "authority": ("", "Chief"), "reference": ("\u00a0",)}
    changed: Extension = _changed(rng, extension, edges, 0.2)
    return changed


def _changed(rng: Random, value: Any, edges: dict[str, tuple[Any, ...]], chance: float) -> Any:
    """Return the value with one field over an edge, at that chance."""
    if rng.random() >= chance:
        return value
    field = rng.choice(tuple(edges))
    return replace(value, **{field: rng.choice(edges[field])})
