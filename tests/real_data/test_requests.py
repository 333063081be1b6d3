"""The 53 share requests that one California police department received, 2023 to 2025."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest

from streams.adapters.share_notices import CHANNEL
from streams.policy.books import Books
from streams.policy.decide import decide
from streams.policy.decision import Decision
from streams.policy.digest import content_digest
from streams.policy.policy_in_force import PolicyInForce
from streams.policy.request import SharingRequest
from streams.policy.vocabulary import ReasonCode, Tier, Verdict

pytestmark = pytest.mark.real_data

WITH_AGREEMENT = {"Bell CA PD", "El Monte CA PD", "San Fernando CA PD", "Santa Ana CA PD"}
BLOCKED_BY_STATUTE = {
    "Robeson County NC SO": ReasonCode.RECIPIENT_OUT_OF_STATE,
    "US Postal Inspection Service": ReasonCode.RECIPIENT_FEDERAL,
    "University of the Pacific (CA)": ReasonCode.RECIPIENT_PRIVATE,
}
OTHER_CLASSES = {
    "East Bay Parks CA PD",
    "Orange County (CA) DA Office",
    "Monterey County District Attorney's Office",
    "San Joaquin Delta College PD (CA)",
    "Riverside County CA District Attorney",
    "California Department of Fish & Wildlife (CA)",
    "Bear Valley Springs CA PD",
    "California Highway Patrol",
    "San Jose State University CA",
    "Orange County Fire Authority (CA)",
}


@pytest.fixture(scope="module")
def decisions(
    notices: list[SharingRequest], books: Books, policy: PolicyInForce
) -> list[tuple[str, Decision]]:
    """Each request decided a day after it was made, by an intake that vouches for who it resolves to."""
    answers = []
    for notice in notices:
        entity = books.resolve(notice.requested_by.organisation)
        vouched = replace(notice, authenticated_as=entity.entity_id if entity else None)
        assert notice.requested_at is not None
        now = notice.requested_at + timedelta(days=1)
        answers.append((notice.recipient_name, decide(vouched, books, policy, now)))
    return answers


def test_all_53_are_read_and_46_are_distinct(notices: list[SharingRequest]) -> None:
    assert len(notices) == 53
    assert len({(notice.request_id) for notice in notices}) == 46
    assert {notice.channel for notice in notices} == {CHANNEL}


def test_a_request_told_again_is_the_same_content_but_one_whose_permissions_changed(
    notices: list[SharingRequest],
) -> None:
    contents: dict[str, set[str]] = {}
    for notice in notices:
        contents.setdefault(notice.request_id, set()).add(content_digest(notice))
    changed = {notice.recipient_name for notice in notices if len(contents[notice.request_id]) > 1}
    assert changed == {"Orange County Fire Authority (CA)"}


def test_every_requester_is_in_the_example_registry(notices: list[SharingRequest], books: Books) -> None:
    assert [notice.recipient_name for notice in notices if books.resolve(notice.recipient_name) is None] == []


def test_none_is_forwarded(decisions: list[tuple[str, Decision]]) -> None:
    assert Counter(decision.verdict for _, decision in decisions)[Verdict.FORWARD] == 0


def test_each_lacks_what_the_access_record_needs(decisions: list[tuple[str, Decision]]) -> None:
    for _, decision in decisions:
        reason = next(each for each in decision.reasons if each.code is ReasonCode.ACCESS_RECORD_INCOMPLETE)
        missing = set(reason.field.split(","))
        assert {"requested_by.user", "purpose_code", "reason_text"} <= missing


def test_those_with_an_agreement_are_held_until_they_are_complete(
    decisions: list[tuple[str, Decision]],
) -> None:
    held = {name for name, decision in decisions if decision.verdict is Verdict.HOLD}
    assert held == WITH_AGREEMENT
    for name, decision in decisions:
        if name in WITH_AGREEMENT:
            assert [each.code for each in decision.reasons] == [ReasonCode.ACCESS_RECORD_INCOMPLETE]


def test_federal_out_of_state_and_private_ones_are_blocked_by_statute(
    decisions: list[tuple[str, Decision]],
) -> None:
    blocked = {
        name: decision.leading_reason
        for name, decision in decisions
        if any(each.tier is Tier.STATUTE and each.verdict is Verdict.BLOCK for each in decision.reasons)
    }
    assert blocked == BLOCKED_BY_STATUTE


def test_all_others_are_blocked_for_their_class_or_for_want_of_an_agreement(
    decisions: list[tuple[str, Decision]],
) -> None:
    for name, decision in decisions:
        if name in WITH_AGREEMENT or name in BLOCKED_BY_STATUTE:
            continue
        assert decision.verdict is Verdict.BLOCK
        expected = ReasonCode.NOT_LOCAL_LAW_ENFORCEMENT if name in OTHER_CLASSES else ReasonCode.NO_AGREEMENT
        assert (name, decision.leading_reason) == (name, expected)
