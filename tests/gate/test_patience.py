"""Whom a partition waits for: nobody twice within a minute, unless what they asked for came."""

from hypothesis import given
from hypothesis import strategies as st

from streams.gate.patience import IN_VAIN_SECONDS, Patience
from streams.policy.vocabulary import EntityId

PASADENA, GLENDALE = EntityId("pasadena-pd"), EntityId("glendale-pd")
REACHED = 41


@given(st.lists(st.integers(REACHED + 1, 10**9), min_size=1))
def test_one_sender_is_waited_for_once_a_minute_whatever_revisions_they_ask_for(revisions: list[int]) -> None:
    patience, waits = Patience(), 0
    for moment, revision in enumerate(revisions):
        now = moment * IN_VAIN_SECONDS / len(revisions)
        worth = patience.worth({PASADENA: revision}, REACHED, now)
        waits += bool(worth)
        patience.tried(worth, REACHED, now)
    assert waits == 1
    assert patience.worth({PASADENA: REACHED + 1}, REACHED, IN_VAIN_SECONDS) == {PASADENA: REACHED + 1}


def test_another_sender_is_waited_for_all_the_same() -> None:
    patience = Patience()
    patience.tried({PASADENA: 10_000}, REACHED, 0)
    assert patience.worth({PASADENA: 9_999, GLENDALE: 42}, REACHED, 1) == {GLENDALE: 42}


def test_what_came_while_another_was_waited_for_was_not_in_vain() -> None:
    patience = Patience()
    patience.tried({PASADENA: 10_000, GLENDALE: 42}, 42, 0)
    assert patience.worth({PASADENA: 43, GLENDALE: 43}, 42, 1) == {GLENDALE: 43}


def test_who_named_a_revision_that_came_later_is_waited_for_again() -> None:
    patience = Patience()
    patience.tried({PASADENA: 42}, REACHED, 0)
    assert patience.worth({PASADENA: 43}, 42, 1) == {PASADENA: 43}


def test_what_the_books_have_is_not_waited_for() -> None:
    assert Patience().worth({PASADENA: REACHED}, REACHED, 0) == {}
