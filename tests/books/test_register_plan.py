from dataclasses import replace

import pytest

from streams.books.entries import BookRecord, Entry, Unreadable, key_of
from streams.books.index import BooksIndex
from streams.books.plan import books_after, entry_of
from streams.books.register_plan import planned_processors, planned_users
from streams.books.signed_history import UnsignedHistory
from streams.books.signing import NOTE_BYTES, drafts_of
from streams.codecs.signed_change import encode_signed_change
from streams.errors import InputError
from streams.policy.vocabulary import EntityId, ProcessorStatus, UserStatus
from tests.books.custodians import ALICE, SignedBooks
from tests.books.samples import NOW, policy, processor, user

SUSPENDED = user(status=UserStatus.SUSPENDED)


def index_of(*entries: Entry) -> BooksIndex:
    index = BooksIndex(UnsignedHistory())
    index.apply(
        [BookRecord(offset=n, key=key_of(one), value=one) for n, one in enumerate(entries)], len(entries)
    )
    return index


def test_a_new_user_is_a_change_and_the_same_again_is_none() -> None:
    (change,) = planned_users([user()])(index_of(policy()), NOW).changes
    assert (change.before, change.after, change.key) == (None, user(), key_of(user()))
    plan = planned_users([user()])(index_of(policy(), user()), NOW)
    assert (plan.changes, plan.unchanged) == ((), (key_of(user()),))
    (change,) = planned_users([SUSPENDED])(index_of(policy(), user()), NOW).changes
    assert (change.before, change.after) == (user(), SUSPENDED)


def test_users_are_the_agencys_own() -> None:
    theirs = replace(user(), entity_id=EntityId("burbank"))
    with pytest.raises(InputError, match="users of `burbank` have no place here: the book is of `us-ca"):
        planned_users([user("a"), theirs])(index_of(policy()), NOW)
    with pytest.raises(InputError, match="hold no policy"):
        planned_users([user()])(index_of(), NOW)


def test_a_new_processor_is_a_change_and_the_same_again_is_none() -> None:
    (change,) = planned_processors([processor()])(index_of(), NOW).changes
    assert (change.before, change.after, change.key) == (None, processor(), key_of(processor()))
    plan = planned_processors([processor()])(index_of(processor()), NOW)
    assert (plan.changes, plan.unchanged) == ((), (key_of(processor()),))


def test_what_is_planned_is_what_the_books_have_afterwards() -> None:
    index = index_of(policy())
    plan = planned_users([user("a"), user("b")])(index, NOW)
    after = books_after(index.books, plan)
    assert after.users.all() == (user("a"), user("b"))
    assert index.books.users.all() == ()
    after = books_after(after, planned_processors([processor()])(index, NOW))
    assert after.processors.all() == (processor(),)
    assert [entry_of(after, key_of(one)) for one in (user("a"), processor())] == [user("a"), processor()]
    assert entry_of(after, key_of(user("c"))) is None


@pytest.mark.parametrize("entry", [user(), processor()], ids=lambda one: type(one).__name__)
def test_what_cannot_be_read_is_told_and_healed(entry: Entry) -> None:
    index = index_of(policy(), entry)
    key = key_of(entry)
    index.apply([BookRecord(offset=2, key=key, value=Unreadable(why="spoilt"))], 3)
    assert (entry_of(index.books, key), index.faults) == (None, {key: "spoilt"})
    index.apply([BookRecord(offset=3, key=key, value=entry)], 4)
    assert (entry_of(index.books, key), index.faults) == (entry, {})


def test_one_custodian_suspends_at_once_and_two_bring_back() -> None:
    books = SignedBooks()
    books.change(policy())
    books.change(user(), by=(ALICE,))
    assert books.entry(key_of(user())) is None
    books.change(user())
    books.change(SUSPENDED, by=(ALICE,))
    assert books.entry(key_of(user())) == SUSPENDED
    books.change(user(), by=(ALICE,))
    assert books.entry(key_of(user())) == SUSPENDED
    books.change(user())
    assert books.entry(key_of(user())) == user()


def test_one_custodian_ends_a_contract_and_two_put_one_on_record() -> None:
    books, ended = SignedBooks(), replace(processor(), status=ProcessorStatus.ENDED)
    books.change(processor(), by=(ALICE,))
    assert books.entry(key_of(processor())) is None
    books.change(processor())
    books.change(ended, by=(ALICE,))
    assert books.entry(key_of(processor())) == ended


def test_a_book_of_thousands_is_cut_into_notes_that_each_fit_a_record() -> None:
    users = [user(f"N{number}") for number in range(7_000)]
    changes = planned_users(users)(index_of(policy()), NOW).changes
    drafts = drafts_of(changes, SignedBooks().history, ALICE, "from the directory", NOW).waiting
    assert sum(len(draft.change.entries) for draft in drafts) == len(users)
    assert all(len(encode_signed_change(draft.signed)) < 1.1 * NOTE_BYTES for draft in drafts)
