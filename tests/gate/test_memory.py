from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from streams.gate.memory import Memory, Remembered
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
