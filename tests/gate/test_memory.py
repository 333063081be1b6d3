from collections.abc import Sequence
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from streams.gate.memory import Memory, Remembered, outcomes_of, standing
from streams.policy.vocabulary import DecisionId, Verdict

FORWARD, BLOCK = Remembered(Verdict.FORWARD, ()), Remembered(Verdict.BLOCK, ())
IDS = [DecisionId(letter) for letter in "abcdef"]


def memory_of(ids: Sequence[DecisionId], limit: int) -> Memory:
    memory = Memory(limit)
    for decision_id in ids:
        memory.put(decision_id, FORWARD)
    return memory


def test_nothing_is_remembered_of_what_was_never_decided() -> None:
    assert Memory(3).get(DecisionId("a")) is None


def test_the_later_outcome_stands() -> None:
    memory = memory_of(IDS[:1], 3)
    memory.put(DecisionId("a"), BLOCK)
    assert memory.get(DecisionId("a")) == BLOCK
    assert len(memory) == 1


def test_asking_does_not_keep_an_outcome_in_memory() -> None:
    memory = memory_of(IDS[:2], 2)
    memory.get(IDS[0])
    memory.put(IDS[2], FORWARD)
    assert memory.get(IDS[0]) is None


@given(st.lists(st.sampled_from(IDS), max_size=20), st.integers(1, 4))
def test_the_latest_ids_are_remembered_and_no_others(ids: list[DecisionId], limit: int) -> None:
    memory = memory_of(ids, limit)
    latest = list(dict.fromkeys(reversed(ids)))[:limit]
    assert [one for one in IDS if memory.get(one) is not None] == sorted(latest)
    assert len(memory) == len(latest)


def chain(*resolved: str) -> dict[DecisionId, Remembered]:
    """Return outcomes of which each stands for the one before, as after supplements that came in parts."""
    known = dict(outcomes_of(DecisionId(resolved[0]), None, BLOCK))
    for before, after in pairwise(resolved):
        known |= outcomes_of(
            DecisionId(after), DecisionId(before), FORWARD if after == resolved[-1] else BLOCK
        )
    return known


def test_a_hold_stands_as_what_resolved_it_in_the_end() -> None:
    known = chain("a", "b", "c", "d")
    assert {standing(one, known.get) for one in IDS[:4]} == {FORWARD}
    assert standing(DecisionId("e"), known.get) is None


def test_a_hold_stands_as_what_is_still_remembered_of_its_resolution() -> None:
    known = chain("a", "b", "c")
    del known[DecisionId("c")]
    assert standing(DecisionId("a"), known.get) == Remembered(Verdict.FORWARD, (), DecisionId("c"))


def test_what_resolves_a_hold_is_remembered_longer_than_the_hold() -> None:
    assert [one for one, _ in outcomes_of(IDS[1], IDS[0], FORWARD)] == IDS[:2]


def test_what_resolves_itself_stands_for_itself() -> None:
    known = chain("a", "a")
    assert known == {IDS[0]: FORWARD}


@given(st.lists(st.sampled_from(IDS), min_size=1, max_size=12))
def test_looking_for_what_stands_ends_whatever_resolved_what(resolved: list[DecisionId]) -> None:
    assert standing(resolved[-1], chain(*resolved).get) is not None
