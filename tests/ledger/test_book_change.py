from datetime import UTC, datetime, timedelta, timezone

import pytest

from streams.codecs.signing_key import new_signing_key
from streams.errors import InputError
from streams.ledger.book_change import (
    NOTHING,
    TITLE,
    BookChange,
    ChangedEntry,
    book_change,
    digest_of,
    read_change,
    signers_of,
)
from streams.ledger.signed_note import SignedNote

NOW = datetime(2026, 11, 23, 12, 0, 0, 5, tzinfo=UTC)
OLD, NEW = digest_of(b"old"), digest_of(b"new")
ENTRIES = (
    ChangedEntry(key="agreement/burbank 2026", number=3, before=OLD, after=NEW),
    ChangedEntry(key="entity/burbank", number=1, before=NOTHING, after=NEW),
)
CHANGE = book_change("lapd/ledger", NOW, "council resolution 26-1", ENTRIES)
ALICE = new_signing_key("alice", bytes(32))


def note(text: str) -> str:
    return str(SignedNote(text=text, signatures=(ALICE.sign(text),)))


def test_a_change_is_read_as_it_was_written() -> None:
    assert read_change(note(str(CHANGE))) == CHANGE
    assert str(CHANGE).splitlines() == [
        TITLE,
        "lapd/ledger",
        "2026-11-23T12:00:00.000005+00:00",
        "council resolution 26-1",
        f"3 {OLD} {NEW} agreement/burbank 2026",
        f"1 - {NEW} entity/burbank",
    ]


def test_its_id_is_the_digest_of_all_it_says() -> None:
    assert CHANGE.change_id == digest_of(str(CHANGE).encode())
    later = book_change("lapd/ledger", NOW + timedelta(microseconds=1), CHANGE.reason, ENTRIES)
    assert later.change_id != CHANGE.change_id


@pytest.mark.parametrize("reason", ["", " ", "two\nlines", "a\x00b"])
def test_the_reason_is_one_line_that_says_something(reason: str) -> None:
    with pytest.raises(InputError, match="expected the reason of the change"):
        book_change("lapd/ledger", NOW, reason, ENTRIES)


def test_a_key_is_one_line() -> None:
    with pytest.raises(InputError, match="cannot be printed"):
        book_change(
            "lapd/ledger", NOW, "why", [ChangedEntry(key="entity/a\nb", number=1, before=NOTHING, after=NEW)]
        )


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("alpr-gate ledger shred v1\na\nb\nc\nd\n", "begins with"),
        (f"{TITLE}\nlapd/ledger\n2026-11-23T12:00:00+00:00\nwhy\n", "begins with"),
        (f"{TITLE}\nlapd/ledger\n2026-11-23T12:00:00\nwhy\n1 - {NEW} entity/a\n", "no time with an offset"),
        (
            f"{TITLE}\nlapd/ledger\n0001-01-01T00:00:00+14:00\nwhy\n1 - {NEW} entity/a\n",
            "no time with an offset",
        ),
        (f"{TITLE}\nlapd/ledger\n2026-11-23T12:00:00+00:00\nwhy\n0 - {NEW} entity/a\n", "is no entry"),
        (f"{TITLE}\nlapd/ledger\n2026-11-23T12:00:00+00:00\nwhy\n01 - {NEW} entity/a\n", "is no entry"),
        (f"{TITLE}\nlapd/ledger\nnow\nwhy\n1 - {NEW} entity/a\n", "no time with an offset"),
        (f"{TITLE}\nlapd/ledger\n2026-11-23T12:00:00Z\nwhy\n1 - {NEW} entity/a\n", "unusual way"),
        (f"{TITLE}\nlapd/ledger\n2026-11-23T12:00:00+00:00\nwhy\n1 - {NEW}\n", "is no entry"),
        (f"{TITLE}\nlapd/ledger\n2026-11-23T12:00:00+00:00\nwhy\n1 - {NEW[1:]} entity/a\n", "is no entry"),
        (f"{TITLE}\nlapd/ledger\n2026-11-23T12:00:00+00:00\nwhy\n1 -- {NEW} entity/a\n", "is no entry"),
        (
            f"{TITLE}\nlapd/ledger\n2026-11-23T12:00:00+00:00\n \n1 - {NEW} entity/a\n",
            "the reason of the change",
        ),
        (f"{TITLE}\nlapd/ledger\n2026-11-23T12:00:00+00:00\nwhy\n" + f"1 - {NEW} entity/a\n" * 2, "twice"),
    ],
)
def test_another_text_is_no_change(text: str, error: str) -> None:
    with pytest.raises(InputError, match=error):
        read_change(note(text))


def test_a_time_is_utc_whatever_its_offset_was() -> None:
    pacific = NOW.astimezone(timezone(-timedelta(hours=8)))
    assert str(BookChange(books="b", at=pacific, reason="r", entries=())) == str(
        BookChange(books="b", at=NOW, reason="r", entries=())
    )


def test_the_signers_are_those_custodians_who_have_signed() -> None:
    bob = new_signing_key("bob", bytes(31) + b"\x01")
    both = (ALICE.verifier, bob.verifier)
    assert signers_of(note(str(CHANGE)), both) == (ALICE.verifier,)
    assert signers_of(note(str(CHANGE)), (bob.verifier,)) == ()
    with pytest.raises(InputError, match="is not one of this note"):
        signers_of(note(str(CHANGE)).replace("26-1", "26-2"), both)
