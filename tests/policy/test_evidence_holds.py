"""What an evidence hold forbids to destroy, what it lets go, and what minimising leaves of it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from streams.policy.books import Books
from streams.policy.decide import decide
from streams.policy.evidence_hold import is_overdue, lifts, preserves
from streams.policy.evidence_index import EvidenceIndex
from streams.policy.floor import counterexample
from streams.policy.minimise import minimise
from streams.policy.vocabulary import EvidenceHoldId, EvidenceHoldStatus, Verdict
from tests.policy.building import NOW, a_request, an_evidence_hold, in_force, some_books

ID = EvidenceHoldId("evidence-24-001234")
CASE = "24-001234"
MOMENT = timedelta(microseconds=1)
OLD: dict[str, Any] = {"read_id": "read-9", "captured_at": "2023-05-01T00:00:00Z", "network": "north"}
PUSH: dict[str, Any] = {
    "initiated_by": "agency",
    "authenticated_as": "lapd",
    "requested_by": {"organisation": "lapd"},
}
EVIDENCE = {"agreement": {"max_record_age": "P9Y"}, "evidence_holds": [{}]}


def test_a_hold_lifts_from_its_approval_until_it_is_due() -> None:
    hold = an_evidence_hold()
    assert not lifts(hold, hold.approved_at - MOMENT)
    assert lifts(hold, hold.approved_at)
    assert lifts(hold, hold.reverify_due - MOMENT)
    assert not lifts(hold, hold.reverify_due)


def test_an_overdue_hold_forbids_to_destroy_all_the_same() -> None:
    hold = an_evidence_hold()
    assert not is_overdue(hold, hold.reverify_due - MOMENT)
    assert is_overdue(hold, hold.reverify_due)
    assert preserves(hold)


def test_a_status_that_nobody_knows_lifts_nothing_and_still_forbids_to_destroy() -> None:
    hold = an_evidence_hold(status="paused")
    assert hold.status is EvidenceHoldStatus.UNKNOWN
    assert not lifts(hold, NOW)
    assert preserves(hold)


def test_a_released_hold_lifts_nothing_forbids_nothing_and_is_never_overdue() -> None:
    hold = an_evidence_hold(status="released")
    assert not any((lifts(hold, NOW), preserves(hold), is_overdue(hold, hold.reverify_due)))


@pytest.mark.parametrize("field", ["case_number", "form", "reason", "contact", "requested_by", "approved_by"])
def test_a_hold_that_lacks_what_the_form_asks_for_lifts_nothing(field: str) -> None:
    hold = an_evidence_hold(**{field: "\u00a0"})
    assert not lifts(hold, NOW)
    assert preserves(hold)


@pytest.mark.parametrize("approver", ["det. requester", "Det Requester ", "d\u0435t. requester"])
def test_nobody_approves_their_own_hold(approver: str) -> None:
    assert not lifts(an_evidence_hold(approved_by=approver), NOW)


def test_the_statutory_floor_has_nothing_against_a_hold() -> None:
    assert counterexample(some_books(), an_evidence_hold(), NOW) is None


def test_a_release_is_not_taken_back_by_an_older_version() -> None:
    index = EvidenceIndex()
    index.put(an_evidence_hold(version=2, status="released"))
    index.put(an_evidence_hold())
    assert index.covers_of(CASE, NOW) == ()
    assert index.preserving() == ()


def test_an_index_knows_each_hold_by_its_id_and_the_highest_version_that_it_saw() -> None:
    index = EvidenceIndex()
    assert (index.all(), index.preserving(), index.overdue(NOW)) == ((), (), ())
    assert (index.get(ID), index.version_of(ID)) == (None, 0)
    later, first = an_evidence_hold(version=2), an_evidence_hold(hold_id="a")
    index.put(later)
    index.put(first)
    assert index.all() == (first, later)
    assert (index.get(ID), index.version_of(ID)) == (later, 2)
    index.drop(ID)
    assert (index.get(ID), index.version_of(ID), index.all()) == (None, 2, (first,))


def test_a_copy_takes_no_older_version_either() -> None:
    index = EvidenceIndex()
    index.put(an_evidence_hold(version=2))
    index.drop(ID)
    twin = index.copy()
    twin.put(an_evidence_hold())
    assert (twin.get(ID), twin.version_of(ID), twin.unreadable) == (None, 2, {ID})


def test_without_a_case_number_no_hold_is_found() -> None:
    index = EvidenceIndex()
    index.put(an_evidence_hold())
    assert index.covers_of(None, NOW) == index.covers_of("", NOW) == ()


def test_a_hold_that_moves_to_another_case_leaves_the_first() -> None:
    index = EvidenceIndex()
    index.put(an_evidence_hold())
    index.put(an_evidence_hold(version=2, case_number="24-2"))
    assert index.covers_of(CASE, NOW) == ()
    assert len(index.covers_of(" 24-2 ", NOW)) == 1


def test_what_cannot_be_read_lifts_nothing_and_is_told_to_whoever_would_destroy() -> None:
    books = some_books(EVIDENCE)
    books.drop(f"evidence-hold/{ID}")
    books.drop("evidence-hold/never-seen")
    assert books.evidence_of(CASE, NOW) == ()
    assert books.evidence_holds() == ()
    assert books.unreadable_evidence_holds() == {ID, "never-seen"}
    assert books.copy().unreadable_evidence_holds() == {ID, "never-seen"}
    books.put_evidence_hold(an_evidence_hold())
    assert books.unreadable_evidence_holds() == {"never-seen"}
    assert len(books.evidence_of(CASE, NOW)) == 1


def test_books_name_the_holds_that_forbid_to_destroy_the_earliest_due_first() -> None:
    books = some_books({"evidence_holds": [{}, {"hold_id": "gone", "status": "released"}]})
    soon = an_evidence_hold(hold_id="soon", reverify_due="2026-02-01T00:00:00Z")
    books.put_evidence_hold(soon)
    assert [hold.hold_id for hold in books.evidence_holds()] == ["soon", ID]
    assert books.evidence.overdue(NOW) == (soon,)
    assert books.evidence.overdue(soon.reverify_due - MOMENT) == ()
    assert books.copy().evidence_holds() == books.evidence_holds()
    books.put_evidence_hold(replace(soon, version=2, status=EvidenceHoldStatus.RELEASED))
    assert [hold.hold_id for hold in books.evidence_holds()] == [ID]


def _pushed(books: Books, *records: dict[str, Any]) -> tuple[str, ...]:
    """Return the ids of the reads that leave, of a request that forwards under books of all evidence."""
    every_plate = {"plates": ["8ABC123", "8XYZ987"], "window_from": "2015-01-01T00:00:00Z"}
    free = some_books({**EVIDENCE, "evidence_holds": [every_plate]})
    request = a_request(**PUSH, records=list(records))
    decision = decide(request, free, in_force(free), NOW)
    assert decision.verdict is Verdict.FORWARD, decision.reasons
    return tuple(read.read_id for read in minimise(request, decision, books).records)


def test_minimising_keeps_old_reads_that_are_evidence_and_no_others() -> None:
    other = {**OLD, "read_id": "other", "plate": "8XYZ987"}
    young = {**OLD, "read_id": "young", "captured_at": "2026-04-30T00:00:00Z"}
    assert _pushed(some_books(EVIDENCE), OLD, other, young) == ("read-9", "young")
    no_evidence = some_books({"agreement": {"max_record_age": "P9Y"}})
    assert _pushed(no_evidence, OLD, other, young) == ("young",)


def test_minimising_keeps_no_evidence_beyond_the_age_of_the_agreement() -> None:
    assert _pushed(some_books({"evidence_holds": [{}]}), OLD) == ()
