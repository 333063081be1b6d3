from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from streams.policy.decide import decide
from streams.policy.hold import Hold
from streams.policy.holds import expire, open_hold, with_reason
from streams.policy.mark import Mark
from streams.policy.marks import (
    asks_again,
    elements_of,
    is_held_for_content,
    is_refused_for_content,
    mark_of,
    remembered_from,
    who_asks,
)
from streams.policy.reasons import refuse
from streams.policy.reviews import deny
from streams.policy.vocabulary import DecisionId, ReasonCode
from tests.policy.building import NOW, a_request, in_force, some_books

DAY = timedelta(days=1)


def mark(*elements: str, days: tuple[int | None, int | None] = (0, 2)) -> Mark:
    start, end = (None if day is None else NOW + day * DAY for day in days)
    return Mark(
        decision_id=DecisionId("held"),
        who="w",
        elements=elements,
        window_from=start,
        window_to=end,
        until=NOW,
    )


@pytest.mark.parametrize(
    ("asked", "marked", "again"),
    [
        ((0, 2), (0, 2), True),
        ((1, 3), (0, 2), True),
        # Half-open: what ends where the other begins has nothing in common with it.
        ((2, 3), (0, 2), False),
        ((-2, 0), (0, 2), False),
        ((-2, 1), (0, 2), True),
        ((3, 4), (0, 2), False),
        ((None, 0), (0, 2), False),
        ((None, 1), (0, 2), True),
        ((2, None), (0, 2), False),
        ((1, None), (0, 2), True),
        ((5, 6), (0, None), True),
        ((-6, -5), (None, 0), True),
        ((None, None), (None, None), True),
    ],
)
@pytest.mark.parametrize("elements", [((), ()), (("a",), ()), ((), ("a",))])
def test_without_plates_on_both_sides_windows_are_compared(
    asked: tuple[int | None, int | None],
    marked: tuple[int | None, int | None],
    again: object,
    elements: tuple[tuple[str, ...], tuple[str, ...]],
) -> None:
    start, end = (None if day is None else NOW + day * DAY for day in asked)
    request = a_request(selector={"window_from": start, "window_to": end})
    assert asks_again(request, frozenset(elements[0]), mark(*elements[1], days=marked)) is again


def test_plates_on_both_sides_are_compared_whatever_the_windows() -> None:
    request = a_request(selector={"window_from": NOW + 8 * DAY, "window_to": NOW + 9 * DAY})
    assert asks_again(request, frozenset("ab"), mark("b", "c"))
    assert not asks_again(a_request(), frozenset("ab"), mark("c"))


def test_another_spelling_is_the_same_plate_and_the_same_user() -> None:
    one, other = (
        a_request(selector={"plate": plate}, requested_by={"user": user})
        for plate, user in (("7ABC123", "j.smith"), (" 7abc-123", "J Smith"))
    )
    assert elements_of(one, str) == elements_of(other, str) == {"mark plate\n7abc123"}
    assert who_asks(one, str) == who_asks(other, str)
    assert who_asks(one, str) != who_asks(a_request(requested_by={"user": "k.smith"}), str)


def test_reads_are_compared_by_their_ids() -> None:
    request = a_request(selector={"plate": None, "read_ids": ["r-1", "R-1"]})
    assert elements_of(request, str) == {"mark read\nr-1", "mark read\nR-1"}


def held(**when: Any) -> Hold:
    books, request = some_books(), a_request(**{"reason_text": "near the demonstration", **when})
    return open_hold(request, decide(request, books, in_force(books), NOW), in_force(books), NOW)


def test_a_mark_says_who_asked_for_what_and_of_which_time() -> None:
    hold = held(selector={"read_ids": ["read-1"]})
    made = mark_of(hold, NOW + DAY, str)
    selector = hold.request.selector
    assert (made.decision_id, made.until) == (hold.decision.decision_id, NOW + DAY)
    assert made.who == "mark\nrecord_request\npasadena-pd\njdoe"
    assert made.elements == ("mark plate\n8abc123", "mark read\nread-1")
    assert (made.window_from, made.window_to) == (selector.window_from, selector.window_to)


def test_records_that_are_pushed_are_elements_too() -> None:
    pushed = a_request(records=[{"read_id": "a", "captured_at": NOW, "plate": "1-XYZ 9"}])
    assert elements_of(pushed, str) == {"mark plate\n8abc123", "mark plate\n1xyz9", "mark read\na"}


def test_what_only_lacks_a_field_is_not_held_for_its_content() -> None:
    assert not is_held_for_content(held(reason_text="robbery", case_number=None).decision)
    assert is_held_for_content(held().decision)


def test_what_only_follows_another_is_refused_for_its_content_when_it_is_denied_alone() -> None:
    hold = held(reason_text="robbery")
    follows = with_reason(hold.decision, refuse(ReasonCode.FOLLOWS_HELD_REQUEST, "request", "again"))
    hold = replace(hold, decision=follows)
    assert not is_held_for_content(follows)
    assert not is_refused_for_content(follows, expire(hold, hold.deadline))
    assert is_refused_for_content(follows, deny(hold, NOW + DAY))


def test_what_is_held_for_its_content_is_refused_for_it_however_it_ends() -> None:
    hold = held()
    assert is_refused_for_content(hold.decision, expire(hold, hold.deadline))
    assert is_refused_for_content(hold.decision, deny(hold, NOW + DAY))


def test_a_denial_of_what_only_lacks_a_field_says_nothing_of_its_content() -> None:
    hold = held(reason_text="robbery", case_number=None)
    assert not is_refused_for_content(hold.decision, deny(hold, NOW + DAY))


def test_a_refusal_is_remembered_from_the_deadline_at_the_latest() -> None:
    hold = held()
    assert remembered_from(hold, NOW + DAY) == NOW + DAY
    assert remembered_from(hold, hold.deadline + DAY) == hold.deadline


def test_what_a_reviewer_has_cleared_was_held_for_its_content() -> None:
    decision = held().decision
    cleared = replace(decision, reasons=(), cleared=decision.reasons)
    assert is_held_for_content(cleared)
    assert is_refused_for_content(cleared, decision)


def test_a_denial_is_dated_when_it_is_made_and_keeps_what_was_held_for() -> None:
    denied = deny(held(), NOW + DAY)
    assert denied.decided_at == NOW + DAY
    assert [reason.code for reason in denied.reasons] == ["REASON_NEEDS_REVIEW", "REVIEW_DENIED"]
