"""Since when an approval counts: only for the content that the reviewer has read."""

from dataclasses import replace
from datetime import timedelta

import pytest

from streams.policy.decide import decide
from streams.policy.hold import Hold
from streams.policy.holds import open_hold
from streams.policy.reviews import objection_to
from tests.policy.building import NOW, a_request, a_review, in_force, some_books

SECOND = timedelta(seconds=1)
TOO_EARLY = "it was signed before the request was held as it is now"


def held() -> Hold:
    """Return the hold of a request that was decided when it was opened."""
    books = some_books()
    policy = in_force(books)
    request = a_request(reason_text="ice detainer for a homicide suspect")
    return open_hold(request, decide(request, books, policy, NOW), policy, NOW)


def objection(hold: Hold, after: timedelta) -> str | None:
    """Return what there is to say against an approval that was signed so long after the hold was opened."""
    review = a_review(
        decision_id=hold.decision.decision_id, codes=("REASON_NEEDS_REVIEW",), at=hold.opened_at + after
    )
    return objection_to(review, hold, in_force(some_books()), NOW + timedelta(hours=1))


@pytest.mark.parametrize(("after", "expected"), [(-SECOND, TOO_EARLY), (0 * SECOND, None), (SECOND, None)])
def test_an_approval_counts_from_when_the_request_was_held(after: timedelta, expected: str | None) -> None:
    assert objection(held(), after) == expected


def test_an_id_that_is_of_the_content_counts_though_it_was_decided_again_since() -> None:
    hold = held()
    again = replace(hold, decision=replace(hold.decision, decided_at=NOW + 2 * SECOND))
    assert objection(again, SECOND) is None


@pytest.mark.parametrize(("after", "expected"), [(SECOND, TOO_EARLY), (2 * SECOND, None)])
def test_an_id_that_is_not_of_the_content_counts_from_its_own_decision(
    after: timedelta, expected: str | None
) -> None:
    hold = held()
    whole = replace(hold.request, case_number="24-9")
    completed = replace(hold, request=whole, decision=replace(hold.decision, decided_at=NOW + 2 * SECOND))
    assert objection(completed, after) == expected
