import pytest
from aiokafka.producer.message_accumulator import BatchBuilder
from hypothesis import given
from hypothesis import strategies as st

from streams.kafka.copied_batch import CopiedBatch

ROW = st.tuples(st.none() | st.binary(max_size=20), st.binary(max_size=300))
ROWS = st.lists(ROW, min_size=1, max_size=40)


def built(rows: list[tuple[bytes | None, bytes]], *state: int) -> BatchBuilder:
    """Return a batch of the library's own, with what a producer puts into it."""
    builder = BatchBuilder(1 << 20, 0, is_transactional=1)
    for place, (key, value) in enumerate(rows):
        assert builder.append(timestamp=1_000_000 + place, key=key, value=value) is not None
    if state:
        builder._set_producer_state(*state)
    return builder


@given(ROWS, st.integers(0, 2**40), st.integers(0, 1000), st.integers(0, 2**30))
def test_a_copy_has_the_bytes_that_the_library_would_have_written(
    rows: list[tuple[bytes | None, bytes]], producer_id: int, epoch: int, sequence: int
) -> None:
    copy = CopiedBatch.of(built(rows)).again()
    copy._set_producer_state(producer_id, epoch, sequence)
    assert copy._build() == bytes(built(rows, producer_id, epoch, sequence)._build())
    assert (copy.record_count(), copy.closed(), copy.size()) == (len(rows), True, len(copy._build()))


def test_two_copies_have_states_of_their_own() -> None:
    first = CopiedBatch.of(built([(None, b"x")]))
    second = first.again()
    first._set_producer_state(1, 0, 0)
    second._set_producer_state(2, 0, 7)
    assert first._build() != second._build()
    assert first._build() == bytes(built([(None, b"x")], 1, 0, 0)._build())


@pytest.mark.parametrize("count", [1, 3])
def test_it_is_sent_again_with_another_state(count: int) -> None:
    copy = CopiedBatch.of(built([(b"k", b"v")] * count))
    for sequence in (0, 5):
        copy._set_producer_state(9, 1, sequence)
        assert copy._build() == bytes(built([(b"k", b"v")] * count, 9, 1, sequence)._build())
