from dataclasses import replace

import pytest

from streams.chains.note import Note
from streams.chains.recovery import settle
from streams.chains.state import ChainState, Head
from streams.errors import LedgerError
from streams.kafka.stage import Committed
from tests.ledger.chains import GENESIS, block, expiry, forward, linked

CHAIN = linked((GENESIS, forward(10), block(11)))


def followed(*upto: int) -> ChainState:
    state = ChainState(name="the chain", partition=3)
    for place in upto:
        state.follow(CHAIN[place])
    return state


def test_the_state_is_that_of_the_last_record() -> None:
    state = followed(0, 1, 2)
    assert state.head == Head(seq=2, hash=CHAIN[2].hash, revision=41)
    assert (state.next_source, state.needed) == (12, 41)


def test_what_is_written_without_input_moves_no_position() -> None:
    chain = linked((GENESIS, forward(10), expiry(10)))
    state = ChainState(name="the chain", partition=0)
    for record in chain:
        state.follow(record)
    assert state.next_source == 11


def test_a_replay_may_begin_anywhere() -> None:
    assert followed(2).head.seq == 2


@pytest.mark.parametrize("places", [(0, 2), (1, 0), (0, 0)])
def test_a_record_that_continues_nothing_is_told_with_its_place(places: tuple[int, ...]) -> None:
    with pytest.raises(LedgerError, match=f"the chain of partition 3 breaks at seq {places[-1]}"):
        followed(*places)


@pytest.mark.parametrize(
    ("note", "told"),
    [
        (Note(seq=3, hash=b"x", revision=41), "ends at seq 2, but seq 3"),
        (Note(seq=2, hash=b"x", revision=41), "ends at seq 2, but seq 2"),
        (Note(seq=1, hash=CHAIN[1].hash, revision=41), "goes on after seq 1"),
    ],
)
def test_a_note_of_another_chain_is_refused(note: Note, told: str) -> None:
    with pytest.raises(LedgerError, match=told):
        followed(0, 1, 2).check(note)


def test_the_note_binds_its_revision_and_the_later_position_counts() -> None:
    state = followed(0, 1, 2)
    settle(state, Committed(offset=15, metadata=str(state.head.note(44))))
    assert (state.bound_revision, state.needed, state.next_source) == (44, 44, 15)
    settle(state, Committed(offset=9, metadata=str(state.head.note(44))))
    assert state.next_source == 15


def test_without_a_commit_the_chain_alone_counts() -> None:
    state = followed(0, 1)
    before = replace(state)
    settle(state, None)
    assert state == before
