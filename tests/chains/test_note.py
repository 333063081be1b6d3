import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.chains.note import Note
from streams.errors import LedgerError

NOTES = st.builds(
    Note, seq=st.integers(-1, 1 << 62), hash=st.binary(min_size=32, max_size=32), revision=st.integers(-1)
)


@given(NOTES)
def test_a_note_reads_as_it_was_written(note: Note) -> None:
    assert Note.read(str(note)) == note


def test_a_note_is_seq_hash_and_revision() -> None:
    assert str(Note(seq=7, hash=b"\x01\xff", revision=41)) == "7:01ff:41"


@pytest.mark.parametrize("text", ["", "7", "7:01", "7:01:41:1", "x:01:41", "7:0g:41", "7:01:x", "7::"])
def test_the_note_of_another_program_is_an_error_that_says_what_to_do(text: str) -> None:
    with pytest.raises(LedgerError) as caught:
        Note.read(text)
    assert str(caught.value) == (
        f"the committed offset carries `{text}` instead of a chain position: another program commits for "
        "this consumer group, give it another one"
    )


def test_a_long_note_of_another_program_is_cut_in_the_message() -> None:
    with pytest.raises(LedgerError) as caught:
        Note.read("x" * 5000)
    assert f"`{'x' * 40}`" in str(caught.value)
