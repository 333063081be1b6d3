from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from streams.books.entries import BookRecord, Unreadable, key_of
from streams.books.evidence_plan import planned_evidence_holds, planned_release, planned_verification
from streams.books.index import BooksIndex
from streams.books.plan import books_after
from streams.books.signed_history import UnsignedHistory
from streams.errors import InputError
from streams.policy.evidence_hold import EvidenceHold
from streams.policy.vocabulary import EvidenceHoldId, EvidenceHoldStatus
from tests.books.samples import NOW, evidence_hold

ID = EvidenceHoldId("evidence-1")
MOMENT = timedelta(microseconds=1)


def index_of(*holds: EvidenceHold) -> BooksIndex:
    index = BooksIndex(UnsignedHistory())
    index.apply([BookRecord(offset=n, key=key_of(h), value=h) for n, h in enumerate(holds)], len(holds))
    return index


def test_a_new_hold_is_a_change_and_the_same_again_is_none() -> None:
    (change,) = planned_evidence_holds([evidence_hold()])(index_of(), NOW).changes
    assert (change.before, change.after) == (None, evidence_hold())
    plan = planned_evidence_holds([evidence_hold()])(index_of(evidence_hold()), NOW)
    assert (plan.changes, plan.unchanged) == ((), (key_of(evidence_hold()),))


def test_every_version_of_a_file_is_a_change_of_its_own_lowest_first() -> None:
    plan = planned_evidence_holds([evidence_hold(version=3), evidence_hold(version=2)])(
        index_of(evidence_hold()), NOW
    )
    assert [change.after.version for change in plan.changes if isinstance(change.after, EvidenceHold)] == [
        2,
        3,
    ]


@pytest.mark.parametrize("version", [1, 2])
def test_an_old_file_takes_no_release_back(version: int) -> None:
    released = replace(evidence_hold(version=2), status=EvidenceHoldStatus.RELEASED)
    with pytest.raises(InputError, match=r"version 2 .released. in the books; to change it give version 3"):
        planned_evidence_holds([evidence_hold(version=version)])(index_of(released), NOW)


def test_no_hold_goes_unverified_for_longer_than_two_years() -> None:
    due = datetime(2028, 11, 23, 12, tzinfo=UTC)
    planned_evidence_holds([replace(evidence_hold(), reverify_due=due)])(index_of(), NOW)
    late = replace(evidence_hold(), reverify_due=due + MOMENT)
    with pytest.raises(InputError, match="every two years"):
        planned_evidence_holds([late])(index_of(), NOW)


def test_no_hold_is_approved_in_the_future() -> None:
    with pytest.raises(InputError, match="approved in the future"):
        planned_evidence_holds([replace(evidence_hold(), approved_at=NOW + MOMENT)])(index_of(), NOW)


def test_a_verification_lasts_two_years_on_the_calendar_of_the_agency() -> None:
    # The same hour of the wall clock; on the fifth the clock has changed in 2026 and has yet to in 2028.
    now = datetime(2026, 11, 1, 7, 30, tzinfo=UTC)
    plan = planned_verification(ID)(index_of(evidence_hold()), now)
    (hold,) = books_after(index_of(evidence_hold()).books, plan).evidence_holds()
    assert (hold.version, hold.reverify_due) == (2, datetime(2028, 11, 1, 7, 30, tzinfo=UTC))
    later = datetime(2026, 11, 5, 8, 30, tzinfo=UTC)
    plan = planned_verification(ID)(index_of(evidence_hold()), later)
    (hold,) = books_after(index_of(evidence_hold()).books, plan).evidence_holds()
    assert hold.reverify_due == datetime(2028, 11, 5, 7, 30, tzinfo=UTC)


def test_a_release_is_the_next_version_and_stays() -> None:
    index = index_of(evidence_hold())
    plan = planned_release(ID)(index, NOW)
    after = books_after(index.books, plan)
    assert after.evidence_holds() == ()
    assert after.evidence.all()[0].version == 2
    again = index_of(*after.evidence.all())
    assert planned_release(ID)(again, NOW).changes == ()
    assert planned_verification(ID)(again, NOW).changes == ()


def test_what_cannot_be_read_is_neither_verified_nor_released_until_it_is_applied_again() -> None:
    index = index_of(evidence_hold())
    index.apply([BookRecord(offset=8, key=key_of(evidence_hold()), value=Unreadable(why="bytes"))], 9)
    for planner in (planned_release(ID), planned_verification(ID)):
        with pytest.raises(InputError, match="still forbids to destroy; apply it again"):
            planner(index, NOW)
    plan = planned_evidence_holds([evidence_hold(version=2)])(index, NOW)
    assert books_after(index.books, plan).unreadable_evidence_holds() == frozenset()


def test_a_hold_that_is_not_there_is_told() -> None:
    with pytest.raises(InputError, match="there is no evidence hold `evidence-1`"):
        planned_release(ID)(index_of(), NOW)
