"""A proposal that was rejected: whoever signs it later, and in whatever order it comes, completes nothing."""

from dataclasses import replace
from datetime import timedelta
from itertools import permutations

import pytest

from streams.books.entries import BookKey, EntryKind, key_of
from streams.books.plan import Change
from streams.books.signed_history import SignedHistory
from streams.books.signing import Draft, countersigned, drafts_of
from streams.codecs.signed_change import encode_signed_change
from streams.codecs.signing_key import SigningKey
from streams.errors import InputError
from streams.ledger.book_change import SignedChange
from streams.ledger.rejection import TITLE, read_rejection, rejection
from streams.ledger.signed_note import SignedNote
from streams.policy.vocabulary import AgreementId
from tests.books.custodians import ALICE, BOB, BOOKS, CUSTODIANS, STRANGER, Raw, SignedBooks, announced
from tests.books.samples import NOW, agreement, entity, policy

BURBANK = AgreementId("burbank-2026")
WIDER = replace(agreement(version=2), live_feed=True)
NEXT = replace(WIDER, version=3)


@pytest.fixture
def books() -> SignedBooks:
    """Books with an agreement in force."""
    books = SignedBooks()
    books.change(entity(), policy(), agreement())
    return books


def proposed(books: SignedBooks) -> Draft:
    """Have Alice sign a change that takes two."""
    change = Change(key=key_of(WIDER), before=agreement(), after=WIDER)
    (draft,) = drafts_of([change], books.history, ALICE, "a test", NOW).waiting
    return draft


def proposal(draft: Draft) -> Raw:
    key = BookKey(kind=EntryKind.PROPOSAL, name=draft.change.change_id)
    return key.encode(), encode_signed_change(draft.signed)


def completed(draft: Draft, books: SignedBooks) -> list[Raw]:
    """Have Bob sign it too, past the tools."""
    both = countersigned(draft.signed, BOB, books.history.copy())
    return [announced(both), (key_of(WIDER).encode(), draft.signed.values[0].after)]


def no(draft: Draft, key: SigningKey = BOB, text: str = "") -> Raw:
    name = draft.change.change_id
    said = text or str(rejection(BOOKS, NOW, "no clause", name))
    note = SignedNote(text=said, signatures=(key.sign(said),))
    change = encode_signed_change(SignedChange(note=str(note)))
    return BookKey(kind=EntryKind.REJECTION, name=name).encode(), change


def test_what_was_rejected_is_no_proposal_and_no_second_person_completes_it(books: SignedBooks) -> None:
    draft = proposed(books)
    change, value = completed(draft, books)
    books.put(proposal(draft))
    assert draft.change.change_id in books.index.proposals
    revision = books.index.revision
    books.put(no(draft))
    assert not books.index.proposals
    assert books.index.revision > revision
    with pytest.raises(InputError, match="cannot be approved any more: it was rejected"):
        countersigned(draft.signed, BOB, books.history.copy())
    books.put(change, value)
    assert books.index.books.agreement(BURBANK) is None
    assert books.index.last_refusal is not None
    books.put(proposal(draft))
    assert not books.index.proposals
    # Two people who want it after all sign it anew.
    books.change(NEXT)
    assert books.index.books.agreement(BURBANK) == NEXT
    assert books.read_again().books.agreement(BURBANK) == NEXT


def test_in_no_order_does_a_rejected_change_come_into_force(books: SignedBooks) -> None:
    draft = proposed(books)
    change, value = completed(draft, books)
    for order in permutations((proposal(draft), no(draft), change, value)):
        late = SignedBooks()
        late.put(*books.raws, *order)
        if order.index(change) < order.index(no(draft)):
            # It was complete when it was rejected: that comes too late.
            continue
        assert late.index.books.agreement(BURBANK) is None
        assert late.read_again(late.compacted()).books.agreement(BURBANK) is None
        assert not late.index.proposals


def test_a_change_that_counted_before_does_not_fall_by_a_rejection(books: SignedBooks) -> None:
    draft = proposed(books)
    raws = completed(draft, books)
    books.put(*raws, no(draft))
    assert books.index.books.agreement(BURBANK) == WIDER
    # Written again behind the rejection, it is too old for who follows, and nothing for who comes later.
    books.put(*raws)
    assert books.index.books.agreement(BURBANK) == WIDER
    assert books.read_again(books.compacted()).books.agreement(BURBANK) is None


def test_only_a_custodian_of_these_books_rejects(books: SignedBooks) -> None:
    draft = proposed(books)
    books.put(proposal(draft))
    foreign = str(rejection("lasd/ledger", NOW, "no", draft.change.change_id))
    for raw in (no(draft, STRANGER), no(draft, BOB, foreign)):
        books.put(raw)
        assert draft.change.change_id in books.index.proposals
    key, value = no(draft)
    assert value is not None
    forged = value.replace(b"no clause", b"no reason")
    other = draft.change.change_id[::-1].encode()
    for raw in ((key, forged), (key, None), (key, b"junk"), (b"rejection/" + other, value)):
        books.put(raw)
        assert draft.change.change_id in books.index.proposals
    assert books.index.refused == 6


def test_who_has_left_has_still_rejected(books: SignedBooks) -> None:
    draft = proposed(books)
    left = SignedHistory(BOOKS, CUSTODIANS[:1], {BOB.verifier: 0})
    key, value = no(draft)
    assert value is not None
    books.put((key, value))
    assert left.root() != books.history.root()
    books.index.history = left
    books.put((key, value))
    assert left.is_rejected(draft.change.change_id)
    assert left.copy().is_rejected(draft.change.change_id)


def test_what_is_rejected_belongs_to_what_an_owner_signs(books: SignedBooks) -> None:
    draft = proposed(books)
    before = books.history.root()
    books.put(no(draft))
    assert books.history.root() != before


@pytest.mark.parametrize(
    ("was", "now", "error"),
    [
        (TITLE, "alpr-gate books change v1", "begins with"),
        ("no clause\n", "no clause\nat all\n", "begins with"),
        ("no clause", " ", "in one line"),
        ("+00:00", "", "no time with an offset"),
        ("a" * 64, "a" * 63, "names no change"),
    ],
)
def test_a_rejection_is_read_as_it_is_written(was: str, now: str, error: str) -> None:
    made = rejection(BOOKS, NOW + timedelta(microseconds=1), "no clause", "a" * 64)
    note = str(SignedNote(text=str(made), signatures=(ALICE.sign(str(made)),)))
    assert read_rejection(note) == made
    with pytest.raises(InputError, match=error):
        read_rejection(note.replace(was, now))
