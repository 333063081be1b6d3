"""What an owner's heartbeat shows of books that were read, and what it does not."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from streams.books.entries import OWNER, BookKey, EntryKind, read_record
from streams.books.index import BooksIndex
from streams.books.owner_watch import OwnerWatch
from streams.books.signed_history import SignedHistory
from streams.codecs.owner_heartbeat import encode_owner_heartbeat
from streams.codecs.signing_key import SigningKey
from streams.errors import InputError
from streams.ledger.books_head import TITLE, BooksHead, OwnerHeartbeat, read_head
from streams.ledger.signed_note import SignedNote
from tests.books.custodians import ALICE, BOB, BOOKS, CUSTODIANS, STRANGER, Raw, SignedBooks
from tests.books.samples import NOW, agreement, entity, policy

KEY = BookKey(kind=EntryKind.HEARTBEAT, name=OWNER).encode()
LATER = NOW + timedelta(seconds=1)


def note_of(head: object, key: SigningKey = BOB) -> str:
    return str(SignedNote(text=str(head), signatures=(key.sign(str(head)),)))


def heartbeat(head: object, key: SigningKey = BOB) -> Raw:
    return KEY, encode_owner_heartbeat(OwnerHeartbeat(note=note_of(head, key)))


def watched(raws: list[Raw]) -> tuple[BooksIndex, OwnerWatch]:
    """Return the books of who reads the records and listens to Bob, their owner."""
    owner = OwnerWatch(BOOKS, BOB.verifier)
    index = BooksIndex(SignedHistory(BOOKS, CUSTODIANS), owner)
    index.apply([read_record(place, *raw) for place, raw in enumerate(raws)], len(raws))
    return index, owner


@pytest.fixture
def books() -> SignedBooks:
    books = SignedBooks()
    books.change(entity(), policy(), agreement())
    return books


def head_of(books: SignedBooks, at: datetime = NOW) -> BooksHead:
    return BooksHead(books=BOOKS, at=at, revision=books.index.revision, root=books.history.root())


def test_who_has_read_all_that_is_signed_has_it_confirmed(books: SignedBooks) -> None:
    index, owner = watched([*books.raws, heartbeat(head_of(books))])
    assert (owner.confirmed_at, owner.failure, index.refused) == (NOW, None, 0)
    assert index.revision == books.index.revision


def test_books_that_end_too_early_have_failed(books: SignedBooks) -> None:
    books.change(agreement(version=2))
    head = head_of(books)
    _, owner = watched([*books.raws[:4], heartbeat(head)])
    assert owner.failure == "they end before the revision that their owner has signed"
    assert owner.confirmed_at is None


def test_other_books_of_the_same_length_have_failed(books: SignedBooks) -> None:
    _, owner = watched([*books.raws, heartbeat(replace(head_of(books), root="0" * 64))])
    assert owner.failure == "they are others than those that their owner has signed"


def test_what_the_owner_said_before_the_last_change_says_nothing_of_it(books: SignedBooks) -> None:
    before = heartbeat(head_of(books))
    books.change(agreement(version=2))
    _, owner = watched([*books.raws, before])
    assert (owner.confirmed_at, owner.failure) == (None, None)
    _, owner = watched([*books.raws, before, heartbeat(head_of(books, LATER))])
    assert owner.confirmed_at == LATER


@pytest.mark.parametrize("by", [ALICE, STRANGER])
def test_nobody_but_the_owner_is_heard(books: SignedBooks, by: SigningKey) -> None:
    index, owner = watched([*books.raws, heartbeat(head_of(books), by)])
    assert (owner.confirmed_at, owner.failure, index.refused) == (None, None, 1)


def test_an_old_heartbeat_confirms_nothing_again(books: SignedBooks) -> None:
    old, new = heartbeat(head_of(books)), heartbeat(head_of(books, LATER))
    index, owner = watched([*books.raws, new, old])
    assert (owner.confirmed_at, index.refused) == (LATER, 1)


def test_the_owner_of_other_books_is_not_heard(books: SignedBooks) -> None:
    index, owner = watched([*books.raws, heartbeat(replace(head_of(books), books="lasd/ledger"))])
    assert (owner.confirmed_at, index.refused) == (None, 1)


def test_without_an_owner_to_listen_to_a_heartbeat_is_nothing(books: SignedBooks) -> None:
    books.put(heartbeat(head_of(books)))
    assert books.index.refused == 0


def test_the_root_is_of_all_values_and_of_nothing_else(books: SignedBooks) -> None:
    root = books.history.root()
    assert books.read_again().history.root() == root
    assert books.read_again(books.compacted()).history.root() == root
    books.change(agreement(version=2))
    assert books.history.root() != root


@pytest.mark.parametrize(
    "text",
    [
        f"{TITLE}\nb\n2026-11-23T12:00:00+00:00\n1\n",
        f"{TITLE}\nb\n2026-11-23T12:00:00\n1\n{'0' * 64}\n",
        f"{TITLE}\nb\nnow\n1\n{'0' * 64}\n",
        f"{TITLE}\nb\n2026-11-23T12:00:00+00:00\n-1\n{'0' * 64}\n",
        f"{TITLE}\nb\n2026-11-23T12:00:00+00:00\n1\n{'0' * 63}\n",
        f"x\nb\n2026-11-23T12:00:00+00:00\n1\n{'0' * 64}\n",
    ],
)
def test_another_text_is_no_head(text: str) -> None:
    with pytest.raises(InputError, match="expected a "):
        read_head(note_of(text), BOB.verifier)
