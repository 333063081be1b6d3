from dataclasses import replace
from datetime import timedelta

from streams.chains.state import Head
from streams.gate.changes import Changes
from streams.gate.memory import Memory, Remembered
from streams.gate.partition_state import PartitionState
from streams.policy.hold import Hold
from streams.policy.vocabulary import DecisionId, Verdict
from tests.gate.bench import snapshot
from tests.gate.test_open_holds import DAY, a_hold
from tests.policy.building import NOW, a_request

HELD, OPENED = a_hold("held"), a_hold("opened", request_id="r-2")
BLOCK, FORWARD = Remembered(Verdict.BLOCK, ()), Remembered(Verdict.FORWARD, ())
A, B = DecisionId("a"), DecisionId("b")


def a_state(*holds: Hold) -> PartitionState:
    state = PartitionState(partition=0, partition_count=1, memory=Memory(100))
    for hold in holds:
        state.holds.open(hold)
    return state


def names(holds: list[Hold]) -> list[str]:
    return [hold.decision.decision_id for hold in holds]


def test_changes_are_seen_before_they_are_made() -> None:
    state = a_state(HELD)
    before, changes = snapshot(state), Changes(state)
    changes.open(OPENED)
    changes.close(HELD)
    changes.remember(A, None, BLOCK)
    assert changes.outcome(A) == BLOCK
    assert changes.hold(OPENED.decision.decision_id) == OPENED
    assert changes.hold(HELD.decision.decision_id) is None
    assert snapshot(state) == before


def test_applied_changes_are_the_state() -> None:
    state = a_state(HELD)
    changes = Changes(state)
    changes.open(OPENED)
    changes.close(HELD)
    changes.remember(B, A, FORWARD)
    changes.head, changes.next_source, changes.bound_revision = Head(seq=4), 9, 41
    changes.apply()
    assert list(state.holds) == [OPENED]
    assert state.memory.get(A) == Remembered(Verdict.FORWARD, (), B)
    assert (state.head, state.next_source, state.bound_revision) == (Head(seq=4), 9, 41)


def test_what_the_state_knows_shows_through() -> None:
    state = a_state(HELD)
    state.memory.put(A, BLOCK)
    changes = Changes(state)
    assert changes.outcome(A) == BLOCK
    assert changes.outcome(B) is None
    assert changes.hold(HELD.decision.decision_id) == HELD
    assert changes.hold_of(a_request(), NOW) == HELD


def test_a_hold_opened_and_closed_again_leaves_nothing() -> None:
    state = a_state()
    changes = Changes(state)
    changes.open(OPENED)
    changes.close(OPENED)
    assert changes.hold_of(OPENED.request, NOW) is None
    changes.apply()
    assert len(state.holds) == 0


def test_a_hold_may_be_closed_and_opened_again_under_its_own_id() -> None:
    state = a_state(HELD)
    changes, again = Changes(state), replace(HELD, request=a_request(reason_text="", case_number="1"))
    changes.close(HELD)
    changes.open(again)
    assert changes.hold(HELD.decision.decision_id) == again
    assert changes.hold_of(a_request(), NOW) == again
    assert changes.due(HELD.deadline, 10) == []
    changes.apply()
    assert list(state.holds) == [again]


def test_a_hold_opened_again_may_be_closed_once_more() -> None:
    state = a_state(HELD)
    changes = Changes(state)
    changes.close(HELD)
    changes.open(HELD)
    changes.close(HELD)
    changes.apply()
    assert len(state.holds) == 0


def test_closing_one_hold_of_a_request_leaves_the_other() -> None:
    first, second = a_hold("a"), a_hold("b")
    changes = Changes(a_state())
    changes.open(first)
    changes.open(second)
    changes.close(second)
    assert changes.hold_of(a_request(), NOW) == first


def test_the_first_hold_is_found_whether_it_is_in_the_state_or_new() -> None:
    changes = Changes(a_state(a_hold("b", opened=NOW + DAY)))
    changes.open(a_hold("a"))
    assert changes.hold_of(a_request(), NOW) == a_hold("a")
    assert changes.hold_of(a_request(), NOW + 14 * DAY) is None


def test_due_are_holds_of_the_state_that_are_not_closed() -> None:
    changes = Changes(a_state(a_hold("a", 1), a_hold("b", 2), a_hold("c", 3), a_hold("d", 9)))
    changes.open(a_hold("e", 1))
    changes.close(a_hold("a", 1))
    assert names(changes.due(NOW + 3 * DAY, 10)) == ["b", "c"]
    assert names(changes.due(NOW + 3 * DAY, 1)) == ["b"]
    assert names(changes.due(NOW + DAY - timedelta(microseconds=1), 10)) == []


def test_what_is_remembered_again_is_the_latest() -> None:
    state = PartitionState(partition=0, partition_count=1, memory=Memory(2))
    changes = Changes(state)
    for decision_id in (A, B, DecisionId("c"), A):
        changes.remember(decision_id, None, BLOCK)
    changes.apply()
    assert state.memory.get(B) is None
    assert state.memory.get(A) == BLOCK
