"""Arbitrary requests, entities, agreements and books, near enough to the base that some are forwarded."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from streams.policy.agency_policy import AgencyPolicy, Extension
from streams.policy.agreement import Agreement
from streams.policy.books import Books
from streams.policy.entity import Entity, LegalDetermination
from streams.policy.request import PlateRead, Requester, Selector, SharingRequest
from streams.policy.vocabulary import (
    AgreementId,
    AgreementOrigin,
    AgreementStatus,
    DataType,
    EntityClass,
    EntityId,
    EntityStatus,
    Initiator,
    Purpose,
    RequestId,
    RequestKind,
    Scope,
    Word,
)
from tests.policy.building import NOW, a_policy, a_request, an_agreement, an_entity, some_books

USERS = some_books().users.all()
AGREEMENT, REQUEST, POLICY = an_agreement(), a_request(), a_policy()
ENTITY = an_entity(entity_id="x", name="x")
RARELY = st.sampled_from((*[False] * 19, True))
IDS = ("lapd", "pasadena-pd", "burbank-pd", "fbi")
NAMES = ("Los Angeles CA PD", "Pasadena CA PD", "Burbank CA PD", "FBI", "Nobody", "All", "")
NETWORKS = ("north", "south", "*")
DURATIONS = ("P1D", "P30D", "P1Y", "P2Y", "P9Y", "PT0S", "soon", "")
FIELDS = ("plate", "camera_name", "latitude", "network", "image_reference", "confidence", "no_such_field")
TEXTS = st.one_of(
    st.sampled_from(
        ("stolen vehicle", "ICE", "bolo", "assist FBI", "for Burbank CA PD", "", "\u00a0", "---")
    ),
    st.text(max_size=30),
)


def near(usual: Any, others: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Return the usual value most of the time, so that few rules fail at once and some requests forward."""
    return RARELY.flatmap(lambda is_rare: others if is_rare else st.just(usual))


def words(kind: type[Word]) -> st.SearchStrategy[Any]:
    """Return any word of a kind."""
    return st.sampled_from(tuple(kind))


def some(values: st.SearchStrategy[Any], most: int = 3) -> st.SearchStrategy[tuple[Any, ...]]:
    """Return a few of them."""
    return st.lists(values, max_size=most, unique=True).map(tuple)


def instants(years: int = 7) -> st.SearchStrategy[datetime]:
    """Return instants around now; the day's own seconds, and years."""
    seconds = st.integers(-86_400 * 365 * years, 86_400 * 30)
    return seconds.map(lambda offset: NOW + timedelta(seconds=offset))


# A few days of the last year, which most agreements cover.
RECENT = st.integers(0, 86_400 * 20).map(lambda offset: NOW - timedelta(days=1, seconds=offset))
READS = st.builds(
    PlateRead,
    read_id=st.text("abc", min_size=1, max_size=3),
    captured_at=st.one_of(RECENT, instants()),
    data_type=near(DataType.PLATE_READ, words(DataType)),
    plate=st.just("8ABC123"),
    camera_name=st.just("Main St"),
    network=near("north", st.sampled_from((*NETWORKS, None))),
    latitude=st.just(34.1),
    confidence=st.floats(0, 1),
    image_reference=st.just("img"),
)
SELECTORS = st.builds(
    Selector,
    plate=near("8ABC123", st.one_of(st.none(), st.text(max_size=8))),
    read_ids=near((), some(st.text(max_size=3))),
    window_from=near(NOW - timedelta(days=3), st.one_of(st.none(), instants())),
    window_to=near(NOW - timedelta(hours=1), st.one_of(st.none(), instants())),
)


@st.composite
def requests(draw: st.DrawFn) -> SharingRequest:
    """Draw a request: the base with any field changed."""
    who = draw(near("Pasadena CA PD", st.one_of(st.sampled_from(NAMES), st.text(max_size=12))))
    request = replace(
        REQUEST,
        request_id=RequestId(draw(st.text("abc", max_size=3))),
        kind=draw(near(RequestKind.RECORD_REQUEST, words(RequestKind))),
        initiated_by=draw(near(Initiator.RECIPIENT, words(Initiator))),
        recipient_name=draw(near(who, st.sampled_from(NAMES))),
        recipient_id=draw(near(None, st.sampled_from(IDS))),
        requested_by=Requester(
            user=draw(near("jdoe", st.text(max_size=4))),
            organisation=who,
            on_behalf_of=draw(near(None, st.sampled_from(NAMES))),
        ),
        authenticated_as=draw(near(EntityId("pasadena-pd"), st.sampled_from((*IDS, None)))),
        purpose_code=draw(near(Purpose.CRIMINAL_INVESTIGATION, st.one_of(st.none(), words(Purpose)))),
        offence_code=draw(near(None, st.sampled_from(("211PC", "0301", "8 USC 1325", "1401")))),
        reason_text=draw(near("stolen vehicle", TEXTS)),
        case_number=draw(near("24-1", st.one_of(st.none(), TEXTS))),
        data_types=draw(near((DataType.PLATE_READ,), some(words(DataType)))),
        scopes=draw(near((Scope.SEARCH,), some(words(Scope)))),
        networks=draw(near(("north",), some(st.sampled_from(NETWORKS)))),
        selector=draw(SELECTORS),
        records=draw(near((), some(READS))),
        consideration=draw(near(None, TEXTS)),
        requested_at=draw(near(NOW - timedelta(minutes=1), st.one_of(st.none(), instants()))),
        min_revision=draw(near(None, st.integers(0, 3))),
    )
    return draw(near(_pushed(request), st.just(request))) if request.records else request


def _pushed(request: SharingRequest) -> SharingRequest:
    """Return the request as the agency's own, which alone carries records that are forwarded."""
    return replace(
        request,
        initiated_by=Initiator.AGENCY,
        recipient_name="Pasadena CA PD",
        requested_by=replace(request.requested_by, organisation="Los Angeles CA PD"),
        authenticated_as=EntityId("lapd"),
    )


@st.composite
def agreements(draw: st.DrawFn) -> Agreement:
    """Draw an agreement: the base with any term changed."""
    base = AGREEMENT
    return replace(
        base,
        agreement_id=AgreementId(draw(st.sampled_from("abc"))),
        version=draw(st.integers(1, 3)),
        entity_id=EntityId(draw(near("pasadena-pd", st.sampled_from(IDS)))),
        status=draw(near(AgreementStatus.ACTIVE, words(AgreementStatus))),
        start=draw(near(base.start, instants(1))),
        end=draw(near(base.end, instants(1))),
        zone=draw(near(base.zone, st.sampled_from(("UTC", "Nowhere", "", "..", "America")))),
        data_types=draw(near(tuple(DataType), some(words(DataType)))),
        scopes=draw(near(tuple(Scope), some(words(Scope)))),
        networks=draw(near(("*",), some(st.sampled_from(NETWORKS)))),
        purposes=draw(near(tuple(Purpose), some(words(Purpose)))),
        fields=draw(some(st.sampled_from(FIELDS), 7)),
        max_record_age=draw(near("P1Y", st.sampled_from(DURATIONS))),
        live_feed=draw(st.booleans()),
        onward_sharing_prohibited=draw(st.sampled_from((True, True, True, False))),
        clause_text=draw(near("shall not share", st.sampled_from(("", " ")))),
        contract_reviewed=draw(near(base.contract_reviewed, st.none())),
        signed_by=draw(near(("chief",), some(st.sampled_from(("", "chief"))))),
        origin=draw(near(AgreementOrigin.SIGNED, words(AgreementOrigin))),
    )


@st.composite
def entities(draw: st.DrawFn, entity_id: str, name: str) -> Entity:
    """Draw an entity of that id and name, of any class."""
    return replace(
        ENTITY,
        entity_id=EntityId(entity_id),
        name=name,
        entity_class=draw(near(EntityClass.LOCAL_LAW_ENFORCEMENT, words(EntityClass))),
        jurisdiction=draw(near("US-CA", st.sampled_from(("US", "US-TX", "", "us-ca")))),
        parent=draw(near(None, st.sampled_from(IDS))),
        inherits_parent_agreement=draw(st.booleans()),
        members=draw(near((), some(st.sampled_from((*IDS, "ghost"))))),
        legal_determination=draw(
            near(None, st.just(LegalDetermination(by="counsel", reference="OPN-7", at=NOW)))
        ),
        status=draw(near(EntityStatus.ACTIVE, words(EntityStatus))),
    )


EXTENSIONS = tuple(
    Extension(
        entity_class=entity_class,
        start=datetime(2026, 1, 1, tzinfo=UTC),
        end=datetime(2027, 1, 1, tzinfo=UTC),
        authority="Chief",
        reference="SO 31-A",
        approved_by=("a", "b"),
    )
    for entity_class in EntityClass
)


@st.composite
def policies(draw: st.DrawFn) -> AgencyPolicy:
    """Draw a policy that is as wide as data can make it, or narrower."""
    return replace(
        POLICY,
        purposes=draw(near(tuple(Purpose), some(words(Purpose)))),
        screening=draw(near({}, st.just({"immigration": ("ice",), "placeholder": ("bolo",)}))),
        extensions=draw(near(EXTENSIONS, st.just(()))),
        visible_for=draw(st.sampled_from(("P2Y", "P9Y"))),
        retained_for=draw(st.sampled_from(("P5YT24H1M", "P9Y"))),
        max_window=draw(st.sampled_from(("P30D", "P9Y"))),
        request_max_age=draw(st.sampled_from(("P7D", "P9Y"))),
        require_case_number=draw(st.booleans()),
    )


@st.composite
def books(draw: st.DrawFn) -> Books:
    """Draw books of four entities, a few agreements and one policy."""
    drawn = Books()
    drawn.revision = draw(st.integers(-1, 5))
    for entity_id, name in zip(IDS, NAMES, strict=False):
        drawn.put_entity(draw(entities(entity_id, name)))
    for agreement in draw(st.lists(agreements(), min_size=1, max_size=3)):
        drawn.put_agreement(agreement)
    drawn.put_policy(draw(policies()))
    for user in draw(near(USERS, st.just(()))):
        drawn.put_user(user)
    return drawn
