from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.codecs.trace_context import Headers
from streams.kafka.batch import Piece, RecordBatch
from streams.kafka.inbox import HoleError, Inbox


@dataclass(frozen=True)
class Read:
    offset: int
    value: bytes | None = b"x"
    key: bytes | None = None
    timestamp: int = 0
    headers: Headers = ()


def batch(first: int, *offsets: int, to: int | None = None, epoch: int = 1) -> RecordBatch:
    end = to if to is not None else (offsets[-1] + 1 if offsets else first)
    records = tuple(Read(offset) for offset in offsets)
    return RecordBatch(
        partition=0, epoch=epoch, from_position=first, to_position=end, log_end=end + 3, records=records
    )


def started(limit: int = 10_000, position: int = 0) -> Inbox:
    inbox = Inbox(limit)
    inbox.start(1, position)
    return inbox


def test_records_come_out_in_the_order_they_went_in() -> None:
    inbox = started()
    inbox.put(batch(0, 0, 1))
    inbox.put(batch(2, 2, 3))

    piece = inbox.take(10, 10_000)

    assert [record.offset for record in piece.records] == [0, 1, 2, 3]
    assert piece.to_position == 4


def test_a_batch_that_leaves_a_hole_is_refused() -> None:
    inbox = started()
    inbox.put(batch(0, 0, 1))

    with pytest.raises(HoleError, match="expected position 2, read from 3"):
        inbox.put(batch(3, 3))


def test_positions_may_move_on_over_markers_without_records() -> None:
    inbox = started()
    inbox.put(batch(0, 0, to=2))
    inbox.put(batch(2, to=5))
    inbox.put(batch(5, 5))

    assert inbox.take(10, 10_000).to_position == 6


def test_a_batch_of_an_earlier_epoch_is_dropped() -> None:
    inbox = started()
    inbox.start(2, 7)

    inbox.put(batch(0, 0, 1, epoch=1))

    assert len(inbox) == 0
    assert inbox.position == 7


def test_a_stopped_inbox_takes_nothing() -> None:
    inbox = started()
    inbox.put(batch(0, 0))
    inbox.stop()
    inbox.put(batch(1, 1))

    assert not inbox.started
    assert inbox.take(10, 10_000).records == ()


def test_a_part_commits_up_to_the_first_record_that_waits() -> None:
    inbox = started()
    inbox.put(batch(0, 0, 4, 9))

    piece = inbox.take(2, 10_000)

    assert [record.offset for record in piece.records] == [0, 4]
    assert piece.to_position == 9


def test_lag_counts_what_waits_here_and_what_is_not_read_yet() -> None:
    inbox = started()
    assert inbox.lag == 0

    inbox.put(batch(0, 0, 1))

    assert inbox.lag == 2 + 3


def test_one_record_is_taken_however_large() -> None:
    inbox = started()
    inbox.put(batch(0, 0, 1))

    assert len(inbox.take(10, 1).records) == 1


def test_room_ends_at_the_limit_and_comes_back() -> None:
    inbox = started(limit=150)
    inbox.put(batch(0, 0, 1))
    assert not inbox.has_room

    inbox.take(10, 10_000)

    assert inbox.has_room


@given(
    st.lists(st.lists(st.integers(0, 3), max_size=5), max_size=8),
    st.integers(1, 4),
)
def test_what_goes_in_comes_out_whole_once_and_in_order(jumps: list[list[int]], at_once: int) -> None:
    inbox = started(limit=1)
    position, sent = 0, []
    for gaps in jumps:
        first, offsets = position, []
        for gap in gaps:
            offsets.append(position + gap)
            position += gap + 1
        inbox.put(batch(first, *offsets, to=position))
        sent += offsets

    pieces: list[Piece] = []
    while len(inbox):
        pieces.append(inbox.take(at_once, 1 << 20))

    taken = [record.offset for piece in pieces for record in piece.records]
    assert taken == sent
    assert [piece.to_position for piece in pieces] == sorted(piece.to_position for piece in pieces)
    assert not pieces or pieces[-1].to_position == position


@given(st.lists(st.integers(0, 1000), min_size=2, max_size=9, unique=True).map(sorted))
def test_halves_hold_the_whole_and_commit_where_the_other_begins(offsets: list[int]) -> None:
    whole = Piece(records=tuple(Read(offset) for offset in offsets), to_position=2000)

    first, second = whole.halves()

    assert first.records + second.records == whole.records
    assert first.records
    assert first.to_position == second.records[0].offset
    assert second.to_position == 2000
