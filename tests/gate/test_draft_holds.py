"""Supplements: what completes a held request, and what does not."""

from datetime import timedelta
from typing import Any

import pytest

from streams.policy.request import SharingRequest
from streams.policy.vocabulary import ReasonCode, RecordKind, Verdict
from tests.gate.bench import Bench, incomplete, kinds, signed
from tests.policy.building import NOW, an_entity

DEADLINE = NOW + timedelta(days=14)
OTHER_UNIT = {"entity_id": "other-unit", "name": "Other Unit", "parent": "pasadena-pd"}


def test_a_supplement_completes_a_held_request(bench: Bench) -> None:
    bench.send(incomplete())
    held = bench.last
    bench.send(signed())
    assert kinds(bench) == [("decision", "hold"), ("resolution", "forward")]
    assert (bench.last.follows, bench.answers[-1].follows) == (held.decision_id, held.decision_id)
    assert len(bench.state.holds) == 0
    assert bench.rows("alpr.sharing.holds")[-1] == (held.decision_id.encode(), None)


def test_a_supplement_in_the_same_batch_does_the_same(bench: Bench) -> None:
    bench.send(incomplete(), signed())
    assert kinds(bench) == [("decision", "hold"), ("resolution", "forward")]
    assert len(bench.state.holds) == 0


def test_a_supplement_needs_to_say_only_what_was_missing(bench: Bench) -> None:
    bench.send(incomplete())
    bench.send(signed(case_number=None, data_types=[], selector={"plate": None, "window_from": None}))
    assert kinds(bench)[-1] == ("resolution", "forward")
    release = bench.releases()[0]
    assert (release.selector.plate, release.data_types) == ("8ABC123", ("plate_read",))


@pytest.mark.parametrize("missing", [{"requested_by": {"user": "jdoe"}}, {"requested_by": {"user": ""}}])
def test_a_resent_supplement_that_says_only_what_was_missing_is_a_repeat(
    bench: Bench, missing: dict[str, Any]
) -> None:
    only = signed(case_number=None, data_types=[], **missing)
    bench.send(incomplete(requested_by={"user": ""}))
    bench.send(only)
    first = bench.last
    bench.send(only, only)
    assert [record.kind for record in bench.ledger[3:]] == [RecordKind.REPEAT] * 2
    assert {record.decision_id for record in bench.ledger[3:]} == {first.decision_id}
    assert {record.verdict for record in bench.ledger[3:]} == {first.verdict}


def test_a_missing_organisation_may_be_filled_in(bench: Bench) -> None:
    bench.send(signed(requested_by={"organisation": " "}))
    bench.send(signed())
    assert kinds(bench) == [("decision", "hold"), ("resolution", "forward")]


def test_a_resent_supplement_is_a_repeat(bench: Bench) -> None:
    bench.send(incomplete(), signed(), signed())
    bench.send(signed(), incomplete())
    assert kinds(bench)[2:] == [("repeat", "forward")] * 3
    assert len(bench.releases()) == 1


@pytest.mark.parametrize(
    "change",
    [{"case_number": "24-2"}, {"selector": {"plate": "9XYZ987"}}, {"requested_by": {"user": "other"}}],
)
def test_a_supplement_that_changes_what_was_given_is_held_for_review(
    bench: Bench, change: dict[str, Any]
) -> None:
    bench.send(incomplete())
    bench.send(signed(**change))
    assert kinds(bench)[-1] == ("decision", "hold")
    assert bench.last.leading_reason is ReasonCode.FOLLOWS_HELD_REQUEST
    assert (len(bench.state.holds), bench.releases()) == (2, [])


@pytest.mark.parametrize("batched", [True, False])
def test_what_follows_a_held_request_stays_held_after_that_one_is_resolved(
    bench: Bench, *, batched: bool
) -> None:
    sent = (incomplete(), signed(case_number="24-2"), signed(), signed(case_number="24-2"))
    for batch in (sent,) if batched else [(one,) for one in sent]:
        bench.send(*batch)
    assert kinds(bench) == [
        ("decision", "hold"), ("decision", "hold"), ("resolution", "forward"), ("repeat", "hold"),
    ]  # fmt: skip
    assert len(bench.state.holds) == 1


def test_what_follows_a_held_request_is_not_cleared_by_filling_something_in(bench: Bench) -> None:
    bench.send(incomplete(), signed(case_number="24-2"), signed())
    bench.send(signed(case_number="24-2", offence_code="211PC"))
    assert kinds(bench)[-1] == ("resolution", "hold")
    assert bench.last.leading_reason is ReasonCode.FOLLOWS_HELD_REQUEST
    assert len(bench.releases()) == 1


@pytest.mark.parametrize(
    "held_for",
    [
        {"selector": {"plate": None}},
        {"selector": {"window_to": NOW + timedelta(days=1)}},
    ],
)
def test_what_was_held_for_review_is_not_cleared_by_asking_again(
    bench: Bench, held_for: dict[str, Any]
) -> None:
    bench.send(signed(**held_for))
    assert bench.last.leading_reason is ReasonCode.SELECTOR_TOO_BROAD
    bench.advance(NOW + timedelta(days=2))
    bench.send(signed(**held_for, offence_code="211PC"))
    bench.send(signed(selector={**held_for["selector"], "plate": "8ABC123"}, offence_code="211PC"))
    assert {verdict for _, verdict in kinds(bench)} == {"hold"}
    assert bench.last.leading_reason is ReasonCode.SELECTOR_TOO_BROAD


def test_a_partial_supplement_keeps_the_deadline_and_can_itself_be_completed(bench: Bench) -> None:
    bench.send(incomplete(case_number=None))
    bench.advance(NOW + timedelta(days=1))
    bench.send(incomplete())
    assert kinds(bench) == [("decision", "hold"), ("resolution", "hold")]
    assert [(hold.opened_at, hold.deadline) for hold in bench.state.holds] == [(NOW, DEADLINE)]
    assert bench.answers[-1].deadline == DEADLINE
    bench.send(signed())
    assert kinds(bench)[-1] == ("resolution", "forward")


def test_each_hold_has_one_resolution_though_its_supplements_come_in_parts(bench: Bench) -> None:
    bench.send(incomplete(case_number=None), incomplete(), signed(), incomplete(case_number=None), signed())
    follows = [record.follows for record in bench.ledger if record.kind is RecordKind.RESOLUTION]
    assert len(follows) == len(set(follows)) == 2
    assert kinds(bench)[-2:] == [("repeat", "forward")] * 2


def test_a_repeat_of_a_held_request_tells_the_deadline_and_what_is_missing(bench: Bench) -> None:
    bench.send(incomplete(case_number=None), incomplete())
    bench.send(incomplete(case_number=None), incomplete())
    for answer in bench.answers[1:]:
        assert (answer.verdict, answer.deadline, answer.missing) == (Verdict.HOLD, DEADLINE, ("reason_text",))


def by_another(**changes: Any) -> SharingRequest:
    return signed(authenticated_as="other-unit", **changes)


@pytest.mark.parametrize(
    "stranger", [by_another(), signed(authenticated_as=None), signed(channel="x").unauthenticated()]
)
def test_nobody_else_completes_a_hold(bench: Bench, stranger: SharingRequest) -> None:
    bench.revise(lambda books: books.put_entity(an_entity(**OTHER_UNIT)))
    bench.send(incomplete())
    bench.send(stranger)
    assert kinds(bench) == [("decision", "hold"), ("decision", "block")]
    assert len(bench.state.holds) == 1
    bench.send(signed())
    assert kinds(bench)[-1] == ("resolution", "forward")


def test_a_hold_that_another_sender_opened_first_does_not_shadow_the_requesters_own(bench: Bench) -> None:
    bench.revise(lambda books: books.put_entity(an_entity(**OTHER_UNIT)))
    bench.send(by_another(requested_by={"organisation": ""}), incomplete())
    bench.send(signed())
    assert kinds(bench) == [("decision", "hold"), ("decision", "hold"), ("resolution", "forward")]


def test_a_supplement_that_makes_a_request_unlawful_resolves_it_as_a_block(bench: Bench) -> None:
    bench.send(signed(purpose_code=None))
    bench.send(signed(purpose_code="immigration_enforcement"))
    assert kinds(bench)[-1] == ("resolution", "block")
    assert len(bench.state.holds) == 0
