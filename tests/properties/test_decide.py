"""Promises 7, 8 and 9, for arbitrary requests and books."""

from dataclasses import fields, replace
from datetime import datetime

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from streams.policy.agreement import Agreement
from streams.policy.books import Books
from streams.policy.case import open_case
from streams.policy.decide import decide
from streams.policy.decision import Decision
from streams.policy.explain import explain
from streams.policy.holds import with_reason
from streams.policy.judge import judge
from streams.policy.minimise import ALWAYS, minimise
from streams.policy.reasons import ORDER, refuse
from streams.policy.request import PlateRead, SharingRequest
from streams.policy.rules import AGREEMENT_RULES, REQUEST_RULES
from streams.policy.terms import ALL_NETWORKS, terms_of
from streams.policy.vocabulary import (
    AgreementStatus,
    ClearedBy,
    DataType,
    EntityClass,
    EntityStatus,
    Purpose,
    ReasonCode,
    Verdict,
)
from tests.policy.building import NOW, in_force
from tests.properties import strategies

MANY = settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)
HARDNESS = {Verdict.FORWARD: 0, Verdict.HOLD: 1, Verdict.BLOCK: 2}
PUBLIC = {
    EntityClass.LOCAL_LAW_ENFORCEMENT,
    EntityClass.SPECIAL_DISTRICT_LAW_ENFORCEMENT,
    EntityClass.SCHOOL_LAW_ENFORCEMENT,
    EntityClass.UNIVERSITY_LAW_ENFORCEMENT,
    EntityClass.STATE_LAW_ENFORCEMENT,
    EntityClass.PROSECUTOR,
    EntityClass.PROBATION,
    EntityClass.PUBLIC_AGENCY_OTHER,
}
DETERMINED = {EntityClass.FUSION_CENTER, EntityClass.TRIBAL, EntityClass.MULTI_STATE_NETWORK}
JOINT = {EntityClass.TASK_FORCE, EntityClass.JOINT_POWERS_AUTHORITY}
PROHIBITED = {Purpose.COMMERCIAL, Purpose.IMMIGRATION_ENFORCEMENT, Purpose.PROTECTED_HEALTH_CARE}


def _decide(request: SharingRequest, books: Books, now: datetime = NOW) -> Decision:
    return decide(request, books, in_force(books), now)


@MANY
@given(request=strategies.requests(), books=strategies.books(), now=strategies.instants(1))
def test_decide_never_raises_and_keeps_its_invariants(
    request: SharingRequest, books: Books, now: datetime
) -> None:
    decision = _decide(request, books, now)
    assert (decision.verdict is Verdict.FORWARD) == (decision.reasons == ())
    places = [ORDER[reason.code] for reason in decision.reasons]
    assert places == sorted(set(places))
    winners = [reason.code for reason in decision.reasons if reason.verdict is decision.verdict]
    assert decision.leading_reason == next(iter(winners), None)
    assert ReasonCode.EVALUATION_FAILED not in [reason.code for reason in decision.reasons]
    assert explain(decision, request, books, in_force(books))


@MANY
@given(request=strategies.requests(), books=strategies.books())
def test_decide_asks_no_fewer_rules_than_there_are(request: SharingRequest, books: Books) -> None:
    """The rules that a judgement leaves out are those that cannot fail."""
    case = open_case(request, books, in_force(books), NOW)
    expected = [reason for _, rule in REQUEST_RULES if (reason := rule(case)) is not None]
    judgement = judge(case)
    if judgement.terms is not None:
        terms = judgement.terms
        expected += [reason for _, rule in AGREEMENT_RULES if (reason := rule(case, terms)) is not None]
        assert list(judgement.reasons) == expected
    else:
        assert [*expected] == [one for one in judgement.reasons if one.code != ReasonCode.NO_AGREEMENT]


@MANY
@given(request=strategies.requests(), books=strategies.books(), code=st.sampled_from(tuple(ReasonCode)))
def test_promise_7_one_more_rule_never_makes_it_softer(
    request: SharingRequest, books: Books, code: ReasonCode
) -> None:
    before = _decide(request, books)
    after = with_reason(before, refuse(code, "x", "one more rule"))
    assert HARDNESS[after.verdict] >= max(HARDNESS[before.verdict], HARDNESS[Verdict.HOLD])


@MANY
@given(request=strategies.requests(), books=strategies.books())
def test_promise_7_a_reviewer_who_clears_everything_lifts_only_what_a_review_can(
    request: SharingRequest, books: Books
) -> None:
    before = _decide(request, books)
    after = decide(request, books, in_force(books), NOW, cleared=before.reasons)
    assert after.reasons == tuple(one for one in before.reasons if one.cleared_by is not ClearedBy.REVIEW)
    assert after.verdict is Verdict.BLOCK or before.verdict is not Verdict.BLOCK
    # What was never found is never lifted either.
    others = tuple(replace(reason, message="another") for reason in before.reasons)
    assert decide(request, books, in_force(books), NOW, cleared=others).reasons == before.reasons


@MANY
@given(request=strategies.requests(), books=strategies.books(), data=st.data())
def test_promise_7_narrowing_an_agreement_never_makes_a_forward(
    request: SharingRequest, books: Books, data: st.DataObject
) -> None:
    before = _decide(request, books)
    chosen = data.draw(st.sampled_from(tuple(books.agreements())))
    narrowed = books.copy()
    narrowed.put_agreement(_narrow(chosen, data))
    after = _decide(request, narrowed)
    assert not (before.verdict is not Verdict.FORWARD and after.verdict is Verdict.FORWARD)
    removed = books.copy()
    removed.drop(f"agreement/{chosen.agreement_id}")
    assert HARDNESS[_decide(request, removed).verdict] >= HARDNESS[before.verdict]


def _narrow(agreement: Agreement, data: st.DataObject) -> Agreement:
    """Return the agreement with one or more of its terms narrower."""
    status = st.sampled_from((agreement.status, AgreementStatus.REVOKED, AgreementStatus.SUSPENDED))
    networks = () if agreement.networks == ALL_NETWORKS else agreement.networks[1:]
    return replace(
        agreement,
        status=data.draw(status),
        start=max(agreement.start, data.draw(strategies.instants(1))),
        end=min(agreement.end, data.draw(strategies.instants(1))),
        data_types=data.draw(st.sampled_from((agreement.data_types, agreement.data_types[1:]))),
        scopes=data.draw(st.sampled_from((agreement.scopes, ()))),
        networks=data.draw(st.sampled_from((agreement.networks, networks))),
        purposes=data.draw(st.sampled_from((agreement.purposes, agreement.purposes[:1]))),
        live_feed=False,
    )


@MANY
@given(request=strategies.requests(), books=strategies.books(), now=strategies.instants(1))
def test_promise_7_no_books_or_policy_lift_the_statutory_floor(
    request: SharingRequest, books: Books, now: datetime
) -> None:
    decision = _decide(request, books, now)
    if decision.verdict is not Verdict.FORWARD:
        return
    assert decision.entity_id is not None
    entity = books.entity(decision.entity_id)
    assert entity is not None
    assert entity.status is EntityStatus.ACTIVE
    assert entity.jurisdiction == "US-CA"
    assert entity.entity_class in PUBLIC | DETERMINED | JOINT
    assert entity.entity_class not in DETERMINED or entity.legal_determination is not None
    assert entity.entity_class not in JOINT or entity.members
    assert request.purpose_code is not None
    assert request.purpose_code not in PROHIBITED
    assert request.authenticated_as is not None
    assert request.requested_at is not None


def _forwards(books: Books, request: SharingRequest) -> Decision:
    decision = _decide(request, books)
    assume(decision.verdict is Verdict.FORWARD)
    return decision


@MANY
@given(request=strategies.requests(), books=strategies.books())
def test_promise_8_a_release_has_no_field_type_network_or_age_outside_its_agreement(
    request: SharingRequest, books: Books
) -> None:
    decision = _forwards(books, request)
    release = minimise(request, decision, books)
    agreement = books.agreement(release.agreement_id)
    assert agreement is not None
    assert set(release.fields) <= set(agreement.fields)
    assert set(release.data_types) <= set(agreement.data_types) & set(request.data_types) - {DataType.UNKNOWN}
    assert set(release.scopes) <= set(agreement.scopes) & set(request.scopes)
    assert agreement.networks == ALL_NETWORKS or set(release.networks) <= set(agreement.networks)
    assert not request.networks or set(release.networks) <= set(request.networks)
    assert len(release.records) == len(request.records)
    for record in release.records:
        _is_within(record, agreement)
    assert release.selector.window_from is not None
    assert not _is_too_old(release.selector.window_from, agreement)


def _is_within(record: PlateRead, agreement: Agreement) -> None:
    shown = {field.name for field in fields(record) if getattr(record, field.name) is not None}
    assert shown - ALWAYS <= set(agreement.fields)
    assert record.data_type in agreement.data_types
    assert not _is_too_old(record.captured_at, agreement)


def _is_too_old(instant: datetime, agreement: Agreement) -> bool:
    terms = terms_of(agreement)
    assert terms.max_record_age is not None
    assert terms.zone is not None
    return terms.max_record_age.after(instant, terms.zone) <= NOW


@MANY
@given(request=strategies.requests(), books=strategies.books(), now=strategies.instants(1))
def test_promise_9_the_recorded_inputs_give_the_recorded_decision(
    request: SharingRequest, books: Books, now: datetime
) -> None:
    recorded = _decide(request, books, now)
    rebuilt = Books()
    rebuilt.revision = recorded.books_revision
    for entity in reversed(tuple(books.entities())):
        rebuilt.put_entity(entity)
    for agreement in reversed(tuple(books.agreements())):
        rebuilt.put_agreement(agreement)
    for user in books.users:
        rebuilt.put_user(user)
    for processor in books.processors.all():
        rebuilt.put_processor(processor)
    rebuilt.put_policy(in_force(books).policy)
    assert in_force(rebuilt).policy_hash == recorded.policy_hash
    assert _decide(replace(request), rebuilt, recorded.decided_at) == recorded
