"""What a confirmation changes in the books, and that one custodian may make it."""

from datetime import timedelta

import pytest

from streams.books.closure_plan import planned_closure
from streams.books.entries import BookRecord, Entry, EntryKind, encode_entry, key_of, read_record
from streams.books.gains import gains
from streams.books.index import BooksIndex
from streams.books.signed_history import UnsignedHistory
from streams.errors import InputError
from streams.ledger.book_change import NOTHING, ChangedEntry, ChangedValue, digest_of
from streams.policy.closure import Closure, ClosureHow
from streams.policy.vocabulary import AgreementStatus
from tests.books.samples import NOW, agreement

SUBJECT = "agreement/burbank-2026"
REVOKED = agreement(version=2, status=AgreementStatus.REVOKED)


def index_of(*entries: Entry) -> BooksIndex:
    index = BooksIndex(UnsignedHistory())
    records = [
        BookRecord(offset=place, key=key_of(entry), value=entry, at=NOW)
        for place, entry in enumerate(entries)
    ]
    index.apply(records, len(records))
    return index


def confirmed(index: BooksIndex) -> Closure:
    (change,) = planned_closure(SUBJECT, "custodian", "ticket 7")(index, NOW + timedelta(hours=1)).changes
    assert isinstance(change.after, Closure)
    return change.after


def test_a_confirmation_names_the_version_that_stopped() -> None:
    closure = confirmed(index_of(REVOKED))
    assert (closure.version, closure.how, closure.by) == (2, ClosureHow.SEEN, "custodian")
    assert (closure.at, closure.reference) == (NOW + timedelta(hours=1), "ticket 7")
    key = key_of(closure)
    assert (key.kind, str(key)) == (EntryKind.CLOSURE, f"closure/{SUBJECT}")
    assert read_record(0, key.encode(), encode_entry(closure)).value == closure


def test_what_is_confirmed_already_stays_as_it_is() -> None:
    index = index_of(REVOKED)
    closure = confirmed(index)
    index.apply([BookRecord(offset=9, key=key_of(closure), value=closure, at=NOW)], 10)
    plan = planned_closure(SUBJECT, "another", "ticket 8")(index, NOW + timedelta(days=1))
    assert (plan.changes, plan.unchanged) == ((), (key_of(closure),))


@pytest.mark.parametrize("known", [agreement(), agreement("another-2026")])
def test_there_is_nothing_to_confirm_where_nothing_stopped(known: Entry) -> None:
    with pytest.raises(InputError, match="there is no open task"):
        planned_closure(SUBJECT, "custodian", "ticket 7")(index_of(known), NOW)


def test_one_custodian_is_enough_for_it() -> None:
    after = encode_entry(confirmed(index_of(REVOKED)))
    entry = ChangedEntry(key=f"closure/{SUBJECT}", number=1, before=NOTHING, after=digest_of(after))
    assert gains(entry, ChangedValue(before=None, after=after)) == ()
