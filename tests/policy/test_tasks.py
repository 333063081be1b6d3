"""What is left to do at the vendor's once something stopped, and what closes it."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.books.entries import BookRecord, Entry, Unreadable, key_of
from streams.books.index import BooksIndex
from streams.books.signed_history import UnsignedHistory
from streams.policy.agreement import Agreement
from streams.policy.closure import Closure, ClosureHow
from streams.policy.tasks import Cause, Task, open_tasks
from streams.policy.vocabulary import AgreementStatus, EntityStatus
from tests.books.samples import NOW, agreement, entity

DAY = timedelta(days=1)
SUBJECT = "agreement/burbank-2026"
STOPPED = (AgreementStatus.REVOKED, AgreementStatus.SUSPENDED, AgreementStatus.EXPIRED)


def index_of(*entries: Entry) -> BooksIndex:
    """Return books in which the entries were written a day apart, the first of them now."""
    index = BooksIndex(UnsignedHistory())
    for place, entry in enumerate(entries):
        record = BookRecord(offset=place, key=key_of(entry), value=entry, at=NOW + place * DAY)
        index.apply([record], place + 1)
    return index


def tasks(*entries: Entry, at: datetime = NOW + 30 * DAY) -> tuple[Task, ...]:
    """Return the tasks that are open at that time."""
    return open_tasks(index_of(*entries).books, at)


def closed(version: int = 1, **changes: Any) -> Closure:
    """Return a confirmation for the agreement."""
    seen = Closure(
        subject=SUBJECT, version=version, by="custodian", at=NOW, how=ClosureHow.SEEN, reference="ticket 7"
    )
    return replace(seen, **changes)


def stopped(version: int = 1, status: AgreementStatus = AgreementStatus.REVOKED) -> Agreement:
    return agreement(version=version, status=status)


@pytest.mark.parametrize("status", STOPPED)
def test_what_is_stopped_is_a_task_from_when_it_was_written(status: AgreementStatus) -> None:
    (task,) = tasks(agreement(), stopped(2, status))
    assert (task.subject, task.version, task.entity_id) == (SUBJECT, 2, "burbank")
    assert (task.cause, task.opened_at) == (status.value, NOW + DAY)


def test_the_end_of_a_term_opens_one_by_itself() -> None:
    end = agreement().end
    assert tasks(agreement(), at=end - timedelta(microseconds=1)) == ()
    (task,) = tasks(agreement(), at=end)
    assert (task.cause, task.opened_at) == (Cause.EXPIRED, end)
    # Written down later, it is still open since then.
    ended = replace(stopped(2, AgreementStatus.EXPIRED), end=NOW)
    assert tasks(agreement(), ended)[0].opened_at == NOW


@pytest.mark.parametrize("status", ["draft", "proposed", "unknown"])
def test_what_never_let_anything_through_leaves_nothing_to_close(status: str) -> None:
    assert tasks(stopped(status=AgreementStatus(status)), at=agreement().end + DAY) == ()


def test_a_confirmation_closes_it() -> None:
    assert tasks(stopped(), closed()) == ()
    assert tasks(stopped(), closed(how=ClosureHow.DRIFT)) == ()


@pytest.mark.parametrize(
    "changes", [{"how": ClosureHow.UNKNOWN}, {"by": " "}, {"reference": ""}, {"version": 2}], ids=str
)
def test_a_confirmation_that_proves_nothing_does_not(changes: dict[str, Any]) -> None:
    assert len(tasks(stopped(), closed(**changes))) == 1


@given(st.lists(st.sampled_from((*STOPPED, AgreementStatus.ACTIVE)), min_size=1, max_size=6), st.data())
def test_only_a_confirmation_of_the_last_stop_counts(
    statuses: list[AgreementStatus], data: st.DataObject
) -> None:
    versions = [stopped(place + 1, status) for place, status in enumerate(statuses)]
    confirmed = data.draw(st.integers(0, len(versions) - 1))
    history: tuple[Entry, ...] = (
        *versions[: confirmed + 1],
        closed(confirmed + 1),
        *versions[confirmed + 1 :],
    )
    is_open = statuses[-1] is not AgreementStatus.ACTIVE and confirmed < len(versions) - 1
    assert bool(tasks(*history)) is is_open


def test_what_was_confirmed_before_the_end_of_a_term_says_nothing_about_it() -> None:
    end = agreement().end
    assert len(tasks(agreement(), closed(at=end - DAY), at=end)) == 1
    assert tasks(agreement(), closed(at=end), at=end) == ()


def test_an_entity_that_is_switched_off_is_one_while_something_would_let_it_receive() -> None:
    off = replace(entity(), status=EntityStatus.INACTIVE)
    (task,) = tasks(entity(), agreement(), off)
    assert (task.subject, task.version, task.opened_at) == ("entity/burbank", 0, NOW + 2 * DAY)
    assert task.cause is Cause.INACTIVE
    assert tasks(entity(), off) == tasks(entity(), agreement()) == ()
    unit = replace(off, parent=entity("lapd").entity_id, inherits_parent_agreement=True)
    assert [one.subject for one in tasks(unit)] == ["entity/burbank"]
    # Once its agreement is revoked, that is what there is to close.
    assert [one.subject for one in tasks(off, stopped())] == [SUBJECT]


def test_an_entity_that_is_switched_off_again_has_a_task_again() -> None:
    off = replace(entity(), status=EntityStatus.INACTIVE)
    seen = closed(0, subject="entity/burbank")
    assert tasks(agreement(), off, seen) == ()
    assert [one.subject for one in tasks(agreement(), off, seen, entity(), off)] == ["entity/burbank"]


def test_a_confirmation_that_cannot_be_read_leaves_the_task_open() -> None:
    index = index_of(stopped(), closed())
    index.apply([BookRecord(offset=2, key=key_of(closed()), value=Unreadable(why="bytes"))], 3)
    assert [one.subject for one in open_tasks(index.books, NOW)] == [SUBJECT]


def test_books_whose_records_have_no_time_leave_it_open_for_longest() -> None:
    index = BooksIndex(UnsignedHistory())
    index.books.put_agreement(stopped())
    (task,) = open_tasks(index.books, NOW)
    assert task.opened_at.year == 1970


def test_the_oldest_comes_first_and_a_copy_of_the_books_has_them_all() -> None:
    second = replace(agreement("glendale-2026"), status=AgreementStatus.REVOKED)
    index = index_of(second, stopped(), closed())
    assert [one.subject for one in open_tasks(index.books.copy(), NOW + DAY)] == ["agreement/glendale-2026"]
    third = index_of(stopped(), second)
    assert [one.opened_at for one in open_tasks(third.books, NOW + DAY)] == [NOW, NOW + DAY]
