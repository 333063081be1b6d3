from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from streams.books.entries import POLICY_KEY, BookRecord, Unreadable, key_of, read_key
from streams.books.index import BooksIndex
from streams.books.signed_history import UnsignedHistory
from streams.policy.agreement import Agreement
from streams.policy.book_records import Heartbeat
from streams.policy.vocabulary import AgreementId, AgreementStatus, EntityId
from tests.books.samples import NOW, agreement, entity, evidence_hold, policy

BURBANK = AgreementId("burbank-2026")


def record(offset: int, entry: Agreement) -> BookRecord:
    return BookRecord(offset=offset, key=key_of(entry), value=entry)


def index_of(*records: BookRecord) -> BooksIndex:
    index = BooksIndex(UnsignedHistory())
    index.apply(records, records[-1].offset + 1)
    return index


def test_entries_are_put_and_the_revision_is_that_of_the_last() -> None:
    place = BookRecord(offset=4, key=key_of(entity()), value=entity())
    rules = BookRecord(offset=5, key=POLICY_KEY, value=policy())
    index = index_of(place, rules, record(8, agreement()))
    assert index.books.entity(EntityId("burbank")) == entity()
    assert index.books.agreement(BURBANK) == agreement()
    in_force = index.books.policy()
    assert in_force is not None
    assert in_force.policy == policy()
    assert (index.revision, index.position) == (8, 9)


def test_heartbeats_move_the_position_and_not_the_revision() -> None:
    beat = BookRecord(offset=9, key=read_key(b"heartbeat/w"), value=Heartbeat(worker="w", at=NOW))
    index = index_of(record(3, agreement()), beat)
    assert (index.revision, index.position) == (3, 10)


def test_an_unreadable_heartbeat_changes_nothing() -> None:
    beat = BookRecord(offset=9, key=read_key(b"heartbeat/w"), value=Unreadable(why="bytes"))
    index = index_of(record(3, agreement()), beat)
    assert (index.revision, index.unreadable, index.faults) == (3, 0, {})


def test_an_unreadable_value_makes_its_key_alone_unusable_until_it_can_be_read_again() -> None:
    bad = BookRecord(offset=5, key=key_of(agreement()), value=Unreadable(why="bytes"))
    index = index_of(record(1, agreement()), record(2, agreement("other")), bad)
    assert index.books.agreement(BURBANK) is None
    assert index.books.agreement(AgreementId("other")) is not None
    assert (index.revision, index.unreadable) == (5, 1)
    index.apply([record(6, agreement(version=2))], 7)
    assert index.books.agreement(BURBANK) == agreement(version=2)
    assert index.faults == {}


def test_an_evidence_hold_that_cannot_be_read_lifts_nothing_and_is_told_until_it_can() -> None:
    hold = evidence_hold()
    read = BookRecord(offset=1, key=key_of(hold), value=hold)
    index = index_of(read, replace(read, offset=2, value=Unreadable(why="bytes")))
    assert index.books.evidence_of(hold.case_number, NOW) == ()
    assert index.books.unreadable_evidence_holds() == {hold.hold_id}
    assert list(index.faults) == [key_of(hold)]
    index.apply([replace(read, offset=3)], 4)
    assert index.books.evidence_holds() == (hold,)
    assert (index.books.unreadable_evidence_holds(), index.faults) == (frozenset(), {})


def test_an_unreadable_policy_is_told_and_healed() -> None:
    index = index_of(BookRecord(offset=1, key=POLICY_KEY, value=Unreadable(why="bytes")))
    assert index.policy_fault == "bytes"
    index.apply([BookRecord(offset=2, key=POLICY_KEY, value=policy())], 3)
    assert index.policy_fault is None


def test_records_that_were_applied_before_are_passed_over() -> None:
    index = index_of(record(5, agreement(version=2)))
    index.apply([BookRecord(offset=2, key=key_of(agreement()), value=Unreadable(why="bytes"))], 3)
    assert (index.revision, index.position, index.faults) == (5, 6, {})


@st.composite
def histories(draw: st.DrawFn) -> list[Agreement]:
    """Versions of a few agreements, each once, in any order that keeps each agreement's own order."""
    ids = draw(st.lists(st.sampled_from("abc"), min_size=1, max_size=12))
    versions = dict.fromkeys("abc", 0)
    history = []
    for name in ids:
        versions[name] += 1
        status = draw(st.sampled_from([AgreementStatus.ACTIVE, AgreementStatus.REVOKED]))
        history.append(agreement(name, version=versions[name], status=status))
    return history


@given(histories(), st.permutations("abc"))
def test_any_order_of_the_latest_gives_the_same_books(history: list[Agreement], order: list[str]) -> None:
    compacted = {each.agreement_id: each for each in history}
    shuffled = [compacted[AgreementId(name)] for name in order if name in compacted]
    whole = index_of(*(record(offset, each) for offset, each in enumerate(history)))
    short = index_of(*(record(offset, each) for offset, each in enumerate(shuffled)))
    by_id = {each.agreement_id: each for each in whole.books.agreements()}
    assert by_id == {each.agreement_id: each for each in short.books.agreements()} == compacted


@given(histories(), st.integers(0, 12))
def test_batches_may_be_cut_anywhere(history: list[Agreement], cut: int) -> None:
    records = [record(offset, each) for offset, each in enumerate(history)]
    whole = index_of(*records)
    parts = BooksIndex(UnsignedHistory())
    parts.apply(records[:cut], min(cut, len(records)))
    parts.apply(records[cut:], len(records))
    assert list(parts.books.agreements()) == list(whole.books.agreements())
    assert parts.revision == whole.revision
