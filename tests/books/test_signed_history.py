"""Books that take signed changes alone: what anybody with access to the topic can and cannot do."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.books.entries import POLICY_KEY, encode_entry, key_of
from streams.books.index import BooksIndex
from streams.books.plan import Change
from streams.books.proposals import planned_approval
from streams.books.signed_history import Refused, SignedHistory
from streams.books.signing import countersigned, drafts_of
from streams.codecs.signed_change import decode_signed_change, encode_signed_change
from streams.codecs.signing_key import new_signing_key
from streams.errors import InputError
from streams.ledger.book_change import ChangedValue, SignedChange, read_change
from streams.ledger.signed_note import SignedNote
from streams.policy.vocabulary import AgreementId, AgreementStatus, EntityClass, EntityId, EntityStatus
from tests.books.custodians import (
    ALICE,
    BOB,
    BOOKS,
    CUSTODIANS,
    STRANGER,
    Raw,
    SignedBooks,
    all_of,
    announced,
)
from tests.books.samples import NOW, agreement, entity, policy

BURBANK = AgreementId("burbank-2026")
REVOKED = agreement(version=2, status=AgreementStatus.REVOKED)
REVOKED_LATER = replace(REVOKED, version=3)
NARROWER = replace(agreement(version=2), networks=("north",))


@pytest.fixture
def books() -> SignedBooks:
    """Books with an agreement in force."""
    books = SignedBooks()
    books.change(entity(), policy(), agreement())
    assert books.index.books.agreement(BURBANK) == agreement()
    return books


def is_refused(books: SignedBooks, *raws: Raw, why: str) -> None:
    """Assert that records change nothing, and that this shows; for who follows, and who comes later."""
    before = _contents(books.index)
    refused = books.index.refused
    books.put(*raws)
    assert _contents(books.index) == before
    assert books.index.refused == refused + len(raws)
    assert books.index.last_refusal is not None
    late = books.read_again()
    assert _contents(late) == before
    first = books.read_again(books.raws[: len(books.raws) - len(raws) + 1]).last_refusal
    assert first is not None
    assert why in first.why


def _contents(index: BooksIndex) -> object:
    in_force = index.books.policy()
    found = (sorted(map(str, index.books.entities())), sorted(map(str, index.books.agreements())))
    return found, in_force and in_force.policy, index.revision, dict(index.faults)


def test_two_custodians_widen_and_one_narrows(books: SignedBooks) -> None:
    books.change(NARROWER, by=(ALICE,))
    assert books.index.books.agreement(BURBANK) == NARROWER
    books.change(replace(agreement(version=3), live_feed=True))
    books.change(replace(REVOKED, version=4), by=(ALICE,))
    known = books.index.books.agreement(BURBANK)
    assert known is not None
    assert known.status is AgreementStatus.REVOKED
    assert books.index.refused == 0


@pytest.mark.parametrize(
    "entry",
    [
        replace(agreement(version=2), live_feed=True),
        replace(policy(), require_case_number=False),
        replace(entity(), aliases=("burbank pd", "lapd")),
        replace(entity(), entity_class=EntityClass.FEDERAL),
        entity("glendale"),
    ],
)
def test_nobody_widens_alone(books: SignedBooks, entry: object) -> None:
    raws = books.change_of(entry, by=(ALICE,))  # type: ignore[arg-type]
    is_refused(books, *raws, why="a second custodian must sign")


def test_an_entity_is_switched_off_by_one(books: SignedBooks) -> None:
    books.change(replace(entity(), status=EntityStatus.INACTIVE), by=(ALICE,))
    known = books.index.books.entity(EntityId("burbank"))
    assert known is not None
    assert known.status is EntityStatus.INACTIVE


def test_who_writes_without_a_signature_changes_nothing(books: SignedBooks) -> None:
    raw = (key_of(REVOKED).encode(), encode_entry(REVOKED))
    is_refused(books, raw, why="no signed change gives the entry this value")
    is_refused(books, (POLICY_KEY.encode(), None), why="no signed change")
    is_refused(books, (POLICY_KEY.encode(), b"junk"), why="no signed change")


def test_a_stranger_changes_nothing_and_does_not_count_as_the_second(books: SignedBooks) -> None:
    wider = replace(agreement(version=2), live_feed=True)
    alone = _signed_by(books, wider, STRANGER)
    is_refused(books, announced(alone), why="no custodian has signed it")
    is_refused(
        books, announced(_signed_by(books, wider, ALICE, STRANGER)), why="a second custodian must sign"
    )


def test_one_person_is_not_two(books: SignedBooks) -> None:
    """One key under two names, and two signatures of one key, are one custodian."""
    twin = new_signing_key("alias", bytes((1,)) * 32)
    history = SignedHistory(BOOKS, (*CUSTODIANS, twin.verifier))
    wider = replace(agreement(version=2), live_feed=True)
    for keys in ((ALICE, twin), (ALICE, ALICE)):
        refusal = history.take(_signed_by(books, wider, *keys))
        assert isinstance(refusal, Refused)
        assert "a second custodian must sign" in refusal.why


def _signed_by(books: SignedBooks, entry: object, *keys: object) -> SignedChange:
    change = Change(key=key_of(entry), before=books.entry(key_of(entry)), after=entry)  # type: ignore[arg-type]
    (draft,) = all_of(drafts_of([change], books.history, ALICE, "a test", NOW))
    text = str(draft.change)
    note = SignedNote(text=text, signatures=tuple(key.sign(text) for key in keys))  # type: ignore[attr-defined]
    return SignedChange(note=str(note), values=draft.signed.values)


def test_a_signature_holds_for_its_own_text_alone(books: SignedBooks) -> None:
    (key, value), _ = books.change_of(REVOKED, by=(ALICE,))
    change = decode_signed_change(value)
    forged = replace(change, note=change.note.replace("a test", "a jest"))
    is_refused(books, announced(forged), why="the signature of `alice` is not one of this note")
    is_refused(books, (key, encode_signed_change(forged)), why="another id than its key")


def test_an_old_change_does_not_come_back(books: SignedBooks) -> None:
    first = books.raws[0]
    books.change(REVOKED, by=(ALICE,))
    is_refused(books, first, why="was changed later than that")
    is_refused(books, books.raws[3], why="no signed change gives the entry this value")


def test_going_there_and_back_does_not_open_the_way_again(books: SignedBooks) -> None:
    """The policy has no version: what was once signed on the same value must not count a second time."""
    strict, loose = policy(), replace(policy(), require_case_number=False)
    books.change(loose)
    there = books.raws[-2:]
    books.change(strict, by=(ALICE,), at=NOW + timedelta(hours=1))
    is_refused(books, there[0], why="was changed later than that")


def test_another_gate_s_change_is_none_of_ours(books: SignedBooks) -> None:
    foreign = SignedHistory("lasd/ledger", CUSTODIANS)
    change = Change(key=key_of(entity("glendale")), before=None, after=entity("glendale"))
    (draft,) = all_of(drafts_of([change], foreign, ALICE, "a test", NOW))
    text = str(draft.change)
    note = SignedNote(text=text, signatures=(ALICE.sign(text), BOB.sign(text)))
    is_refused(books, announced(SignedChange(note=str(note))), why="it is a change of other books")


def test_a_change_of_one_shows_the_values_that_it_names(books: SignedBooks) -> None:
    (_, value), _ = books.change_of(NARROWER, by=(ALICE,))
    change = decode_signed_change(value)
    (shown,) = change.values
    is_refused(books, announced(replace(change, values=())), why="does not show all that it changes")
    other = ChangedValue(before=shown.before, after=encode_entry(REVOKED))
    is_refused(books, announced(replace(change, values=(other,))), why="another value than its change names")
    unreadable = ChangedValue(before=None, after=shown.after)
    is_refused(books, announced(replace(change, values=(unreadable,))), why="(everything)")
    wider = ChangedValue(before=encode_entry(replace(NARROWER, networks=("*",))), after=shown.after)
    is_refused(books, announced(replace(change, values=(wider,))), why="(everything)")


def test_only_entries_are_changed(books: SignedBooks) -> None:
    for key in ("heartbeat/worker-1", "change/x", "nothing/x", "policy/other"):
        (_, value), _ = books.change_of(REVOKED, by=(ALICE,))
        text = read_change(decode_signed_change(value).note)
        text = replace(text, entries=(replace(text.entries[0], key=key, before="-"),))
        note = SignedNote(text=str(text), signatures=(ALICE.sign(str(text)), BOB.sign(str(text))))
        is_refused(books, announced(SignedChange(note=str(note))), why="of the books")


def test_until_the_new_value_comes_the_old_one_does_not_count(books: SignedBooks) -> None:
    change, value = books.change_of(NARROWER, by=(ALICE,))
    books.put(change)
    assert books.index.books.agreement(BURBANK) is None
    assert books.index.faults == {key_of(NARROWER): "its new value has not come"}
    books.put(value)
    assert books.index.books.agreement(BURBANK) == NARROWER
    assert not books.index.faults


def test_a_change_that_is_missing_leaves_nothing_in_force(books: SignedBooks) -> None:
    books.change(replace(agreement(version=2), live_feed=True))
    books.change(REVOKED_LATER, by=(ALICE,))
    notes = [place for place, (key, _) in enumerate(books.raws) if key.startswith(b"change/")]
    for place in notes[:-1]:
        raws = [*books.raws[:place], *books.raws[place + 1 :]]
        # The old value once more does not help either: its entry is lost.
        late = books.read_again([*raws, books.raws[3]])
        assert late.books.agreement(BURBANK) is None
        assert late.faults[key_of(REVOKED)] == "its history has a gap"


def test_two_people_give_a_lost_entry_a_new_value(books: SignedBooks) -> None:
    books.change(replace(agreement(version=2), live_feed=True))
    books.change(REVOKED_LATER, by=(ALICE,))
    late = SignedBooks()
    late.put(*books.raws[4:])
    assert key_of(REVOKED) in late.index.faults
    late.change(agreement(version=4))
    assert late.index.books.agreement(BURBANK) == agreement(version=4)
    is_refused(late, *books.raws[:1], why="was changed later than that")


STEPS: list[Callable[[int], object]] = [
    lambda version: agreement(version=version),
    lambda version: agreement(version=version, status=AgreementStatus.REVOKED),
    lambda version: replace(agreement(version=version), networks=("north",)),
    lambda version: agreement("glendale-2026", version=version),
    lambda version: replace(policy(), require_case_number=bool(version % 2)),
    lambda version: replace(entity(), aliases=(f"burbank {version}",)),
]


@given(st.lists(st.sampled_from(STEPS), max_size=6), st.data())
def test_who_comes_late_reads_the_same_books(
    steps: list[Callable[[int], object]], data: st.DataObject
) -> None:
    """Whole, or with all older values compacted away."""
    books = SignedBooks()
    for number, step in enumerate(steps, start=1):
        by = data.draw(st.sampled_from([(ALICE,), (ALICE, BOB)]))
        books.change(step(number), by=by, at=NOW + timedelta(seconds=number))  # type: ignore[arg-type]
        if books.index.refused:
            # A refused change takes the place of nothing, but compaction would take it for the newest.
            assert by == (ALICE,)
            return
    for late in (books.read_again(), books.read_again(books.compacted())):
        assert _contents(late)[:2] == _contents(books.index)[:2]  # type: ignore[index]
        assert not late.faults


def test_a_key_of_nobody_makes_no_draft() -> None:
    change = Change(key=key_of(entity()), before=None, after=entity())
    with pytest.raises(InputError, match="`stranger` is no custodian"):
        drafts_of([change], SignedHistory(BOOKS, CUSTODIANS), STRANGER, "why", NOW)


def test_a_file_of_any_size_is_cut_into_notes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("streams.books.signing.NOTE_BYTES", 2000)
    entities = [entity(f"city-{number}") for number in range(40)]
    changes = [Change(key=key_of(one), before=None, after=one) for one in entities]
    versions = [agreement(version=number) for number in (1, 2)]
    changes += [Change(key=key_of(one), before=None, after=one) for one in versions]
    drafts = drafts_of(changes, SignedHistory(BOOKS, CUSTODIANS), ALICE, "why", NOW).waiting
    keys = [entry.key for draft in drafts for entry in draft.change.entries]
    assert keys == [str(change.key) for change in changes]
    assert len(drafts) > 3
    first, second = drafts[-2:]
    assert second.change.entries[0].before == first.change.entries[-1].after


def test_what_only_narrows_does_not_wait_for_what_widens(books: SignedBooks) -> None:
    wider, glendale = replace(NARROWER, version=3, live_feed=True), entity("glendale")
    off = replace(entity(), status=EntityStatus.INACTIVE)
    changes = [Change(key=key_of(one), before=books.entry(key_of(one)), after=one)
               for one in (glendale, NARROWER, wider, REVOKED_LATER, off)]  # fmt: skip
    drafts = drafts_of(changes, books.history, ALICE, "why", NOW)
    assert [[each.after for each in draft.changes] for draft in drafts.at_once] == [[NARROWER, off]]
    # What comes after a change that waits stands on it, and waits as well.
    waiting = [each.after for draft in drafts.waiting for each in draft.changes]
    assert waiting == [glendale, wider, REVOKED_LATER]
    for draft in drafts.at_once:
        taken = books.history.take(draft.signed)
        assert not isinstance(taken, Refused), taken.why
    for draft in drafts.waiting:
        countersigned(draft.signed, BOB, books.history)


def test_what_somebody_revoked_stays_revoked_when_they_leave(books: SignedBooks) -> None:
    carol = new_signing_key("carol", bytes((9,)) * 32)
    everybody = (ALICE.verifier, BOB.verifier, carol.verifier)
    books.index.history = SignedHistory(BOOKS, everybody)
    late = SignedBooks()
    late.index = BooksIndex(SignedHistory(BOOKS, everybody))
    late.put(*books.raws)
    late.change(REVOKED, by=(ALICE,))
    count = late.history.count
    assert count == 2
    retired = SignedBooks()
    retired.index = BooksIndex(SignedHistory(BOOKS, everybody[1:], {ALICE.verifier: count}))
    retired.put(*late.raws)
    assert retired.index.books.agreement(BURBANK) == REVOKED
    assert retired.index.refused == 0
    # From then on the key signs nothing more.
    late.change(replace(REVOKED, version=3), by=(ALICE,))
    retired.put(*late.raws[len(retired.raws) :])
    assert retired.index.books.agreement(BURBANK) == REVOKED
    assert retired.index.last_refusal is not None


def test_nobody_uses_up_the_numbers_of_an_entry(books: SignedBooks) -> None:
    """Else one person could make an agreement one that two can never revoke."""
    (_, value), _ = books.change_of(NARROWER, by=(ALICE,))
    change = read_change(decode_signed_change(value).note)
    (entry,) = change.entries
    far = replace(change, entries=(replace(entry, number=10**18),))
    note = SignedNote(text=str(far), signatures=(ALICE.sign(str(far)), BOB.sign(str(far))))
    is_refused(books, announced(SignedChange(note=str(note))), why="a number that is far from the last one")
    is_refused(books, *books.change_of(agreement(version=2**31 - 1), by=(ALICE,)), why="(version)")
    books.change(REVOKED, by=(ALICE,))
    assert books.index.books.agreement(BURBANK) == REVOKED


def test_a_proposal_that_shows_other_values_than_it_names_is_not_approved(books: SignedBooks) -> None:
    wider = replace(agreement(version=2), live_feed=True)
    (_, value), _ = books.change_of(wider, by=(ALICE,))
    change = decode_signed_change(value)
    harmless = replace(change, values=(replace(change.values[0], after=encode_entry(REVOKED)),))
    name = read_change(change.note).change_id
    books.index.proposals[name] = harmless
    with pytest.raises(InputError, match="shows another value"):
        planned_approval((name,))(books.index, NOW)
