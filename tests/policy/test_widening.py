"""What counts as a widening. The rest is a narrowing, which one person may make at once."""

from dataclasses import fields, replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.policy.agency_policy import Extension
from streams.policy.agreement import Agreement, Fulfilment, Obligation, VolumeBudget
from streams.policy.entity import Entity
from streams.policy.live_terms import LiveTerms
from streams.policy.user import Authorisation
from streams.policy.vocabulary import (
    AgreementOrigin,
    AgreementStatus,
    DataType,
    EntityClass,
    EntityId,
    EntityStatus,
    EvidenceHoldStatus,
    ProcessorStatus,
    Purpose,
    Scope,
    UserStatus,
)
from streams.policy.widening import (
    EVERYTHING,
    agreement_gains,
    entity_gains,
    hold_gains,
    policy_gains,
    processor_gains,
    user_gains,
)
from tests.books.samples import NOW, entity, evidence_hold, policy, processor, user
from tests.books.samples import agreement as an_agreement

DAY = timedelta(days=1)
OWED = Obligation(kind="attestation", text="attest yearly", due=date(2027, 1, 31))
MET = Fulfilment(kind="attestation", due=date(2026, 1, 31), by="custodian", at=NOW - DAY, reference="file 7")

LIVE = LiveTerms(
    receiving_system="server",
    accountable_user="administrator",
    purpose=Purpose.CRIMINAL_INVESTIGATION,
    reason="stolen vehicles",
    time_coarseness="PT1H",
    place_decimals=2,
    hot_lists=("stolen",),
)


def agreement(**changes: Any) -> Agreement:
    """Return an agreement with live terms, under which something is owed, and something was met."""
    kept = an_agreement(**changes)
    return replace(kept, obligations=(OWED,), fulfilments=(MET,), live_terms=LIVE)


NARROWED: tuple[dict[str, object], ...] = (
    {},
    {"version": 2},
    {"end": agreement().end - DAY},
    {"start": agreement().start + DAY},
    {"data_types": ()},
    {"networks": ("north",)},
    {"fields": ("plate",)},
    {"max_record_age": "P7D"},
    {"onward_sharing_prohibited": False},
    {"risk_flags": ("onward_sharing_risk",)},
    {"obligations": (OWED, Obligation(kind="report", text="yearly", due=date(2027, 1, 31)))},
    {"fulfilments": ()},
    {"live_terms": None},
    {"live_terms": replace(LIVE, time_coarseness="PT2H", place_decimals=0, hot_lists=())},
    {"status": AgreementStatus.REVOKED, "end": agreement().end + DAY, "entity_id": EntityId("glendale")},
)
WIDENED: tuple[tuple[str, object], ...] = (
    ("end", agreement().end + DAY),
    ("start", agreement().start - DAY),
    ("data_types", (DataType.PLATE_READ, DataType.IMAGE)),
    ("scopes", (Scope.ANALYTICS,)),
    ("purposes", (Purpose.CIVIL,)),
    ("fields", ("plate", "camera_id")),
    ("max_record_age", "P31D"),
    ("max_record_age", "P1M"),
    ("max_record_age", "no duration"),
    ("live_feed", True),
    ("live_terms", replace(LIVE, receiving_system="another")),
    ("live_terms", replace(LIVE, accountable_user="another")),
    ("live_terms", replace(LIVE, purpose=Purpose.CIVIL)),
    ("live_terms", replace(LIVE, reason="another")),
    ("live_terms", replace(LIVE, time_coarseness="PT30M")),
    ("live_terms", replace(LIVE, time_coarseness="PT90M")),
    ("live_terms", replace(LIVE, time_coarseness=None)),
    ("live_terms", replace(LIVE, time_coarseness="P1D")),
    ("live_terms", replace(LIVE, place_decimals=3)),
    ("live_terms", replace(LIVE, place_decimals=None)),
    ("live_terms", replace(LIVE, hot_lists=("stolen", "wanted"))),
    ("entity_id", EntityId("glendale")),
    ("zone", "UTC"),
    ("clause_text", "The recipient may share the information with anyone."),
    ("clause_reference", "section 8"),
    ("contract_reviewed", None),
    ("need_evaluation", None),
    ("signed_by", ("chief",)),
    ("contract_digest", "0" * 64),
    ("counterparty_signatory", "another"),
    ("obligations", ()),
    ("obligations", (replace(OWED, due=date(2027, 2, 1)),)),
    ("obligations", (replace(OWED, due=None),)),
    ("obligations", (replace(OWED, text="attest at some time"),)),
    ("obligations", (Obligation(kind="report", text="yearly"), OWED)),
    ("fulfilments", (MET, replace(MET, due=date(2027, 1, 31)))),
    ("fulfilments", (replace(MET, at=NOW),)),
    ("volume_budget", VolumeBudget(reads=10, period="P1D")),
    ("origin", AgreementOrigin.LEGACY_UNKNOWN_START),
)


@pytest.mark.parametrize("changes", NARROWED, ids=str)
def test_who_grants_no_more_widens_nothing(changes: dict[str, object]) -> None:
    assert agreement_gains(agreement(), replace(agreement(), **changes)) == ()  # type: ignore[arg-type]


@pytest.mark.parametrize(("field", "value"), WIDENED)
def test_each_field_that_grants_more_is_named(field: str, value: object) -> None:
    assert agreement_gains(agreement(), replace(agreement(), **{field: value})) == (field,)  # type: ignore[arg-type]


def test_networks_are_all_only_when_they_were() -> None:
    some = replace(agreement(), networks=("north",))
    assert agreement_gains(some, agreement()) == ("networks",)
    assert agreement_gains(some, replace(agreement(), networks=("north", "south"))) == ("networks",)
    assert agreement_gains(some, some) == ()


@pytest.mark.parametrize("status", [each for each in AgreementStatus if each is not AgreementStatus.ACTIVE])
def test_what_becomes_active_gains_everything_and_what_does_not_nothing(status: AgreementStatus) -> None:
    idle = agreement(status=status)
    assert agreement_gains(idle, agreement()) == (EVERYTHING,)
    assert agreement_gains(None, agreement()) == (EVERYTHING,)
    assert agreement_gains(None, idle) == agreement_gains(agreement(), idle) == ()


def test_a_clause_or_a_warning_that_goes_is_a_widening() -> None:
    without = replace(agreement(), onward_sharing_prohibited=False, risk_flags=("onward_sharing_risk",))
    assert agreement_gains(without, agreement()) == ("onward_sharing_prohibited", "risk_flags")


CHANGES = st.lists(st.sampled_from([each for each in NARROWED if "status" not in each]), max_size=4)


@given(CHANGES, CHANGES)
def test_narrowings_add_up_to_a_narrowing(
    first: list[dict[str, object]], then: list[dict[str, object]]
) -> None:
    middle = _changed(agreement(), first)
    last = _changed(middle, then)
    if not agreement_gains(middle, last):
        assert agreement_gains(agreement(), last) == ()


def _changed(start: Agreement, changes: list[dict[str, object]]) -> Agreement:
    for each in changes:
        start = replace(start, **each)  # type: ignore[arg-type]
    return start


def test_an_entity_may_be_switched_off_by_one_person_and_nothing_else() -> None:
    assert entity_gains(None, entity()) == (EVERYTHING,)
    assert entity_gains(entity(), entity()) == ()
    assert entity_gains(entity(), replace(entity(), status=EntityStatus.INACTIVE)) == ()
    assert entity_gains(replace(entity(), status=EntityStatus.INACTIVE), entity()) == ("status",)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("aliases", ()),
        ("aliases", ("burbank pd", "lapd")),
        ("entity_class", EntityClass.FEDERAL),
        ("jurisdiction", "US-NV"),
        ("parent", EntityId("lapd")),
        ("inherits_parent_agreement", True),
        ("members", (EntityId("glendale"),)),
        ("name", "Burbank"),
    ],
)
def test_relabelling_an_entity_takes_two(field: str, value: object) -> None:
    changed: Entity = replace(entity(), **{field: value})  # type: ignore[arg-type]
    assert entity_gains(entity(), changed) == (field,)
    # Not even while it is switched off, for nobody would look at it when it is switched on again.
    assert entity_gains(entity(), replace(changed, status=EntityStatus.INACTIVE)) == (field, "status")


@pytest.mark.parametrize(
    ("changes", "gained"),
    [
        ({}, ()),
        ({"purposes": ()}, ()),
        ({"visible_for": "P1Y", "max_window": "P29D"}, ()),
        ({"screening": {**policy().screening, "immigration": ("ice", "cbp"), "more": ("x",)}}, ()),
        ({"purposes": (Purpose.CRIMINAL_INVESTIGATION, Purpose.CIVIL)}, ("purposes",)),
        ({"visible_for": "P3Y"}, ("visible_for",)),
        ({"hold_deadline": "PT73H"}, ("hold_deadline",)),
        ({"require_case_number": False}, ("require_case_number",)),
        ({"screening": {**policy().screening, "immigration": ()}}, ("screening",)),
        ({"screening": {"immigration": ("ice",)}}, ("screening",)),
    ],
)
def test_a_policy_widens_by_what_it_no_longer_asks_for(changes: dict[str, object], gained: object) -> None:
    assert policy_gains(policy(), replace(policy(), **changes)) == gained  # type: ignore[arg-type]


def test_a_policy_widens_by_another_agency_and_by_being_the_first() -> None:
    other = replace(policy(), agency=replace(policy().agency, name="another"))
    assert policy_gains(policy(), other) == ("agency",)
    assert policy_gains(None, policy()) == (EVERYTHING,)


def test_an_extension_may_be_shortened_and_dropped() -> None:
    one = Extension(
        entity_class=EntityClass.PROSECUTOR,
        start=NOW,
        end=NOW + 30 * DAY,
        authority="council",
        reference="26-1",
        approved_by=("a", "b"),
    )
    known = replace(policy(), extensions=(one,))
    assert policy_gains(policy(), known) == ("extensions",)
    for narrower in ((), (replace(one, end=NOW + DAY),), (replace(one, start=NOW + DAY),)):
        assert policy_gains(known, replace(policy(), extensions=narrower)) == ()
    for wider in (
        replace(one, end=NOW + 31 * DAY),
        replace(one, start=NOW - DAY),
        replace(one, entity_class=EntityClass.TRIBAL),
        replace(one, approved_by=("a", "c")),
    ):
        assert policy_gains(known, replace(policy(), extensions=(wider,))) == ("extensions",)


def test_an_evidence_hold_is_released_by_one_person_and_widened_by_two() -> None:
    hold = evidence_hold()
    released = replace(hold, status=EvidenceHoldStatus.RELEASED, version=2)
    assert hold_gains(hold, released) == hold_gains(None, released) == ()
    assert hold_gains(hold, replace(hold, version=2)) == ()
    assert hold_gains(None, hold) == hold_gains(released, hold) == (EVERYTHING,)
    assert hold_gains(hold, replace(hold, plates=("8ABC124",))) == ("plates",)


def _names(record: type) -> set[str]:
    return {field.name for field in fields(record)}


def test_no_field_of_a_record_is_forgotten() -> None:
    """A field that is added must widen by some change of it, or be named here with why it cannot."""
    harmless = {"agreement_id", "version", "status"}  # the key, its number, and what is looked at first
    told = {field for field, _ in WIDENED} | {"networks", "onward_sharing_prohibited", "risk_flags"}
    assert _names(Agreement) == told | harmless
    durations = {
        "visible_for",
        "retained_for",
        "clock_skew",
        "request_max_age",
        "hold_deadline",
        "max_window",
    }
    for name in durations:
        assert policy_gains(policy(), replace(policy(), **{name: "P9Y"})) == (name,)  # type: ignore[arg-type]


def test_fewer_days_of_grace_narrow_and_more_widen() -> None:
    assert policy_gains(policy(), replace(policy(), obligation_grace_days=13)) == ()
    longer = replace(policy(), obligation_grace_days=15)
    assert policy_gains(policy(), longer) == ("obligation_grace_days",)


def test_a_star_among_names_is_none() -> None:
    mixed = replace(agreement(), networks=("*", "north"))
    assert agreement_gains(mixed, agreement()) == ("networks",)
    assert agreement_gains(mixed, replace(agreement(), networks=("north",))) == ()


def test_a_version_that_leaps_is_wider() -> None:
    assert agreement_gains(agreement(), agreement(version=3)) == ("version",)
    assert hold_gains(evidence_hold(), evidence_hold(version=3)) == ("version",)


SUSPENDED = user(status=UserStatus.SUSPENDED)
GIVEN = Authorisation(by="lt. supervisor", at=NOW)
ENDING = replace(GIVEN, until=NOW)
EARLIER, LATER = NOW.replace(year=2025), NOW.replace(year=2027)


@pytest.mark.parametrize(
    ("before", "after", "gained"),
    [
        ({}, {}, ()),
        ({}, {"status": UserStatus.SUSPENDED, "trained_at": NOW}, ()),
        ({}, {"status": UserStatus.UNKNOWN, "trained_at": NOW}, ()),
        ({"status": UserStatus.SUSPENDED}, {}, ("everything",)),
        ({"status": UserStatus.UNKNOWN}, {}, ("everything",)),
        ({}, {"authorised": None}, ()),
        ({"authorised": GIVEN}, {"authorised": ENDING}, ()),
        ({"authorised": ENDING}, {"authorised": replace(GIVEN, until=EARLIER)}, ()),
        (
            {"authorised": ENDING},
            {"authorised": replace(GIVEN, until=LATER)},
            ("authorised",),
        ),
        ({"authorised": ENDING}, {"authorised": GIVEN}, ("authorised",)),
        ({"authorised": None}, {"authorised": ENDING}, ("authorised",)),
        ({"authorised": GIVEN}, {"authorised": replace(ENDING, by="another")}, ("authorised",)),
        ({"authorised": GIVEN}, {"authorised": replace(GIVEN, at=EARLIER)}, ("authorised",)),
        ({}, {"trained_at": None, "last_active_at": None}, ()),
        ({}, {"trained_at": NOW}, ("trained_at",)),
        ({}, {"reoriented_at": NOW}, ("reoriented_at",)),
        ({}, {"last_active_at": NOW}, ("last_active_at",)),
        ({}, {"entity_id": EntityId("x")}, ("entity_id",)),
        ({}, {"user_id": "x"}, ("user_id",)),
        (
            {"authorised": None},
            {"authorised": GIVEN, "trained_at": NOW},
            ("authorised", "trained_at"),
        ),
    ],
)
def test_what_a_user_gains(
    before: dict[str, object], after: dict[str, object], gained: tuple[str, ...]
) -> None:
    was = replace(user(), **before)  # type: ignore[arg-type]  # of the same fields
    assert user_gains(was, replace(was, **{"status": UserStatus.ACTIVE, **after})) == gained  # type: ignore[arg-type]  # as above


def test_whoever_is_new_gains_everything_unless_it_is_nothing() -> None:
    assert user_gains(None, user()) == ("everything",)
    assert user_gains(None, SUSPENDED) == ()
    assert processor_gains(None, processor()) == ("everything",)
    assert processor_gains(None, replace(processor(), status=ProcessorStatus.ENDED)) == ()


def test_what_a_processor_gains() -> None:
    assert processor_gains(processor(), processor()) == ()
    changed = replace(processor(), contract_reference="C-2", holds=())
    assert processor_gains(processor(), changed) == ("holds", "contract_reference")
    ended = replace(changed, status=ProcessorStatus.ENDED)
    assert processor_gains(processor(), ended) == ()
    assert processor_gains(ended, changed) == ("everything",)
    unknown = replace(processor(), status=ProcessorStatus.UNKNOWN)
    assert processor_gains(unknown, processor()) == ("everything",)
    assert processor_gains(processor(), unknown) == ("status",)
