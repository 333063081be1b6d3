from datetime import timedelta

import pytest

from streams.policy.mark import Mark
from streams.policy.marks import asks_again, elements_of, who_asks
from streams.policy.vocabulary import DecisionId
from tests.policy.building import NOW, a_request

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
