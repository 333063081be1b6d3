from collections.abc import Iterable
from dataclasses import replace

import pytest

from streams.chains.note import Note
from streams.chains.state import Head
from streams.errors import LedgerError
from streams.gate.memory import Memory, Remembered
from streams.gate.partition_state import PartitionState
from streams.ledger.record import GENESIS_PREVIOUS, LedgerRecord
from streams.policy.vocabulary import DecisionId, Verdict
from tests.codecs.samples import REASON
from tests.ledger.chains import (
    GENESIS,
    HONEST,
    block,
    expiry,
    forward,
    hold,
    linked,
    malformed,
    repeat,
    resolution,
)


def replayed(records: Iterable[LedgerRecord], partitions: int = 2) -> PartitionState:
    state = PartitionState(partition=0, partition_count=partitions, memory=Memory(100))
    for record in records:
        state.replay(record)
    return state


def outcome(state: PartitionState, number: int) -> Verdict | None:
    remembered = state.memory.get(DecisionId(f"d-{number}"))
    return None if remembered is None else remembered.verdict


def test_a_state_without_records_waits_for_the_first() -> None:
    state = replayed(())
    assert (state.head, state.next_source, state.bound_revision) == (Head(), 0, -1)
    assert (state.head.seq, state.head.hash) == (-1, GENESIS_PREVIOUS)


def test_the_head_is_the_last_record() -> None:
    chain = linked((GENESIS, forward(10)))
    assert replayed(chain).head == Head(seq=1, hash=chain[-1].hash, revision=41)


@pytest.mark.parametrize(
    ("last", "after"), [(forward(20), 21), (repeat(20, 10), 21), (malformed(20), 21), (expiry(11), 12)]
)
def test_the_next_input_is_the_one_after_the_last_on_record(last: LedgerRecord, after: int) -> None:
    assert replayed(linked((GENESIS, forward(10), hold(11), last))).next_source == after


def test_decisions_and_resolutions_are_remembered_under_both_their_ids() -> None:
    state = replayed(linked((GENESIS, forward(10), block(11), hold(13), resolution(15, 13), malformed(16))))
    resolved = state.memory.get(DecisionId("d-13"))
    assert resolved is not None
    assert resolved.resolved_by == "d-15"
    assert [outcome(state, number) for number in (10, 11, 13, 15, 16)] == [
        Verdict.FORWARD, Verdict.BLOCK, Verdict.FORWARD, Verdict.FORWARD, None,
    ]  # fmt: skip
    assert state.memory.get(DecisionId("d-11")) == Remembered(Verdict.BLOCK, (REASON,))


def test_an_expired_hold_is_remembered_as_a_block() -> None:
    assert outcome(replayed(linked((GENESIS, hold(13), expiry(13)))), 13) is Verdict.BLOCK


def test_a_replay_may_begin_inside_the_chain() -> None:
    assert replayed(linked(HONEST)[4:]).head.seq == len(HONEST) - 1


@pytest.mark.parametrize("spoil", [{"seq": 3}, {"prev_hash": b"x" * 32}])
def test_a_break_in_the_chain_is_an_error_that_names_its_place(spoil: dict[str, object]) -> None:
    chain = linked((GENESIS, forward(10), forward(11)))
    chain[2] = replace(chain[2], **spoil)  # type: ignore[arg-type]  # each value fits its field
    with pytest.raises(LedgerError) as caught:
        replayed(chain)
    assert str(caught.value) == (
        f"the ledger of partition 0 breaks at seq {chain[2].seq}: run `alpr-gate ledger verify` and restore "
        "the topic before the gate goes on"
    )


def test_another_number_of_partitions_than_at_genesis_is_an_error() -> None:
    with pytest.raises(LedgerError) as caught:
        replayed(linked((GENESIS,)), partitions=4)
    assert str(caught.value) == (
        "the ledger began with 2 partitions and the settings say 4: set ALPR_GATE_PARTITIONS back, the "
        "number is fixed at genesis"
    )


def test_the_note_of_the_head_tells_which_revision_binds() -> None:
    state = replayed(linked((GENESIS, forward(10))))
    state.check(state.head.note(43))
    assert state.bound_revision == 43


def test_a_chain_that_ends_where_the_note_says_is_right() -> None:
    chain = linked((GENESIS, forward(10)))
    state = replayed(chain)
    state.check(Note(seq=1, hash=chain[1].hash, revision=41))
    assert state.bound_revision == 41


def test_a_chain_that_goes_on_after_the_note_is_an_error() -> None:
    chain = linked((GENESIS, forward(10)))
    with pytest.raises(LedgerError, match="another program writes there"):
        replayed(chain).check(Note(seq=0, hash=chain[0].hash, revision=41))


@pytest.mark.parametrize(
    "note", [Note(seq=2, hash=b"", revision=41), Note(seq=1, hash=b"y" * 32, revision=41)]
)
def test_a_chain_that_lacks_what_was_committed_is_an_error(note: Note) -> None:
    with pytest.raises(LedgerError) as caught:
        replayed(linked((GENESIS, forward(10)))).check(note)
    assert str(caught.value) == (
        f"the ledger of partition 0 ends at seq 1, but seq {note.seq} was committed: records are missing or "
        "replaced, restore the topic"
    )
