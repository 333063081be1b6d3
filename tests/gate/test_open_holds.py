from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.gate.open_holds import OpenHolds, first_of, may_complete
from streams.policy.decide import decide
from streams.policy.hold import Hold
from streams.policy.holds import with_reason
from streams.policy.reasons import refuse
from streams.policy.vocabulary import DecisionId, ReasonCode
from tests.policy.building import NOW, a_request, in_force, some_books

DAY = timedelta(days=1)
BOOKS = some_books()
FOLLOWS = refuse(ReasonCode.FOLLOWS_HELD_REQUEST, "case_number", "changes")


def a_hold(name: str, days: int = 14, opened: datetime = NOW, **changes: Any) -> Hold:
    request = a_request(**{"reason_text": "", **changes})
    decision = replace(decide(request, BOOKS, in_force(BOOKS), NOW), decision_id=DecisionId(name))
    return Hold(request=request, decision=decision, opened_at=opened, deadline=NOW + days * DAY)


def following(hold: Hold) -> Hold:
    return replace(hold, decision=with_reason(hold.decision, FOLLOWS))


def opened(*holds: Hold) -> OpenHolds:
    open_holds = OpenHolds()
    for hold in holds:
        open_holds.open(hold)
    return open_holds


def names(holds: Sequence[Hold]) -> list[str]:
    return [hold.decision.decision_id for hold in holds]


def test_holds_of_a_request_share_its_sender_and_id() -> None:
    holds = opened(a_hold("a"), a_hold("b"), a_hold("c", request_id="r-2"), a_hold("d", authenticated_as="x"))
    assert sorted(names(list(holds.of_request(a_request())))) == ["a", "b"]
    assert list(holds.of_request(a_request(authenticated_as=None))) == []


def test_a_closed_hold_is_gone_and_leaves_nothing_behind() -> None:
    holds = opened(a_hold("a"), a_hold("b"))
    holds.close(DecisionId("a"))
    assert names(list(holds.of_request(a_request()))) == ["b"]
    holds.close(DecisionId("b"))
    assert (len(holds), holds._asked, holds.next_deadline(), holds.oldest()) == (0, {}, None, None)


def test_holds_for_a_reviewer_and_in_haste_are_counted() -> None:
    holds = opened(a_hold("a"), a_hold("b", reason_text="ice"), a_hold("c", reason_text="ice", exigent=True))
    assert (holds.for_review, holds.exigent) == (2, 1)
    holds.close(DecisionId("c"))
    assert (holds.for_review, holds.exigent) == (1, 0)


def test_holds_that_were_resolved_take_no_memory_until_their_deadline() -> None:
    holds = opened(a_hold("stays", days=3), a_hold("first", days=2))
    resolved = a_hold("resolved", days=1)
    for _ in range(1000):
        holds.open(resolved)
        holds.close(DecisionId("resolved"))
        assert len(holds._deadlines) < 100
    assert holds.next_deadline() == NOW + 2 * DAY
    holds.close(DecisionId("first"))
    assert holds.next_deadline() == NOW + 3 * DAY


@pytest.mark.parametrize(
    ("change", "may"),
    [
        ({}, True),
        ({"case_number": "other"}, True),
        ({"request_id": "r-2"}, False),
        ({"authenticated_as": None}, False),
        ({"authenticated_as": ""}, False),
        ({"authenticated_as": "burbank-pd"}, False),
        ({"requested_by": {"organisation": "Burbank CA PD"}}, False),
        ({"requested_by": {"organisation": " "}}, True),
    ],
)
def test_only_the_proven_sender_may_complete_a_hold(change: dict[str, Any], *, may: bool) -> None:
    assert may_complete(a_hold("a"), a_request(**change), NOW) is may


def test_an_organisation_that_was_missing_may_be_filled_in() -> None:
    assert may_complete(a_hold("a", requested_by={"organisation": " "}), a_request(), NOW)


def test_a_hold_of_nobody_can_be_completed_by_nobody() -> None:
    assert not may_complete(a_hold("a", authenticated_as=None), a_request(authenticated_as=None), NOW)


def test_at_its_deadline_a_hold_cannot_be_completed_any_more() -> None:
    hold = a_hold("a", days=1)
    assert may_complete(hold, a_request(), NOW + DAY - timedelta(microseconds=1))
    assert not may_complete(hold, a_request(), NOW + DAY)


def test_the_first_hold_is_the_earliest_that_follows_no_other() -> None:
    early, late = a_hold("z"), a_hold("b", opened=NOW + DAY)
    assert first_of((late, early)) == early
    assert first_of((following(early), late)) == late
    assert first_of(()) is None


@given(st.permutations([a_hold("c"), a_hold("b"), following(a_hold("a")), a_hold("d", opened=NOW - DAY)]))
def test_the_first_hold_does_not_depend_on_the_order_in_which_they_are_read(holds: list[Hold]) -> None:
    assert names([one for one in (first_of(holds), first_of(holds[:2])) if one])[0] == "d"
    assert first_of(opened(*holds).of_request(a_request())) == first_of(holds)


@given(st.permutations([a_hold("a", 3), a_hold("b", 1), a_hold("c", 1), a_hold("d", 2), a_hold("e", 9)]))
def test_due_are_the_earliest_deadlines_that_have_passed(holds: list[Hold]) -> None:
    assert names(opened(*holds).due(NOW + 3 * DAY, 10)) == ["b", "c", "d", "a"]
    assert names(opened(*holds).due(NOW + 3 * DAY, 2)) == ["b", "c"]


def test_nothing_is_due_before_the_first_deadline() -> None:
    holds = opened(a_hold("a", 1))
    assert holds.due(NOW + DAY - timedelta(microseconds=1), 10) == []
    assert names(holds.due(NOW + DAY, 10)) == ["a"]
    assert OpenHolds().due(NOW, 10) == []


def test_the_next_deadline_is_that_of_an_open_hold() -> None:
    holds = opened(a_hold("a", 1), a_hold("b", 2), a_hold("c", 3))
    holds.close(DecisionId("a"))
    holds.close(DecisionId("b"))
    holds.open(a_hold("b", 5))
    assert holds.next_deadline() == NOW + 3 * DAY


def test_the_oldest_hold_is_told() -> None:
    assert opened(a_hold("a"), a_hold("b", opened=NOW - DAY)).oldest() == NOW - DAY
