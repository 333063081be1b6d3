"""What comes due under the books as they are now, and how much of it there is."""

from datetime import timedelta
from typing import Any

from streams.gate.reminders import Reminders
from streams.gate.schedule import Owed, Schedule
from streams.policy.books import Books
from streams.policy.notices import NoticeKind
from streams.policy.vocabulary import ReasonCode
from tests.gate.bench import Bench, signed
from tests.policy.building import NOW, a_policy, an_agreement, some_books

OWED = [{"kind": "attestation", "text": "attest yearly", "due": "2026-04-30"}]
DAY = timedelta(days=1)
# The end of 30 April in Los Angeles is twelve hours before the base's now.
STOPS = NOW + 14 * DAY - timedelta(hours=12)


def schedule() -> Schedule:
    return Schedule(timedelta(hours=72))


def books_with(**agreement: Any) -> Books:
    return some_books({"agreement": agreement})


def test_an_obligation_is_due_when_its_day_is_over_and_stops_after_the_grace() -> None:
    plan, books = schedule(), books_with(obligations=OWED)
    assert plan.due(books, NOW - DAY) == []
    assert [one.kind for one in plan.due(books, NOW)] == [NoticeKind.OVERDUE]
    assert plan.owed(books, NOW) == Owed(overdue=1, stopped=0, open_tasks=0, late_tasks=0)
    kinds = [one.kind for one in plan.due(books, STOPS)]
    assert kinds == [NoticeKind.OVERDUE, NoticeKind.STOPPED]
    assert plan.owed(books, STOPS) == Owed(overdue=1, stopped=1, open_tasks=0, late_tasks=0)


def test_a_review_that_is_due_stops_at_once() -> None:
    books = books_with(contract_reviewed={"due": NOW.isoformat()})
    assert schedule().owed(books, NOW) == Owed(overdue=1, stopped=1, open_tasks=0, late_tasks=0)


def test_a_task_is_open_from_the_start_and_late_after_its_hours() -> None:
    end = NOW - timedelta(hours=72)
    plan, books = schedule(), books_with(end=end.isoformat())
    assert plan.owed(books, NOW - DAY) == Owed(overdue=0, stopped=0, open_tasks=1, late_tasks=0)
    assert plan.owed(books, NOW) == Owed(overdue=0, stopped=0, open_tasks=1, late_tasks=1)


def test_another_revision_or_policy_is_another_schedule() -> None:
    plan, books = schedule(), books_with(obligations=OWED)
    assert len(plan.due(books, NOW)) == 1
    books.put_agreement(an_agreement(version=9))
    books.revision += 1
    assert plan.due(books, NOW) == []
    books.put_agreement(an_agreement(version=10, obligations=OWED))
    books.revision += 1
    books.put_policy(a_policy(obligation_grace_days=0))
    assert {one.kind for one in plan.due(books, NOW)} == {NoticeKind.OVERDUE, NoticeKind.STOPPED}


def test_without_a_policy_nothing_is_decided_and_nothing_told() -> None:
    plan = schedule()
    assert plan.due(Books(), NOW) == []
    assert plan.owed(Books(), NOW) == Owed(overdue=0, stopped=0, open_tasks=0, late_tasks=0)


def test_each_is_told_once_and_the_stop_after_the_warning() -> None:
    reminders, books = Reminders(0, schedule()), books_with(obligations=OWED)
    first = reminders.untold(books, NOW)
    reminders.told(first)
    assert [one.kind for one in first] == [NoticeKind.OVERDUE]  # type: ignore[union-attr]  # no evidence here
    assert reminders.untold(books, NOW) == reminders.untold(books, STOPS - DAY) == ()
    (second,) = reminders.untold(books, STOPS)
    assert second.kind is NoticeKind.STOPPED  # type: ignore[union-attr]  # as above
    assert Reminders(1, schedule()).untold(books, STOPS) == ()


def test_the_alert_stands_in_the_transaction_and_the_ledger_says_nothing_of_it(bench: Bench) -> None:
    bench.send(signed())
    before = bench.ledger
    bench.overdue = tuple(schedule().due(books_with(obligations=OWED), NOW))
    bench.send()
    assert bench.ledger == before
    (alert,) = bench.alerts
    assert (alert.kind, alert.decision_ids) == (ReasonCode.OBLIGATION_OVERDUE, ())


def test_what_comes_due_later_is_found_without_a_change_of_the_books() -> None:
    plan, books = schedule(), books_with(obligations=[{**OWED[0], "due": "2026-05-02"}])
    assert plan.due(books, NOW) == []
    assert [one.kind for one in plan.due(books, NOW + 2 * DAY)] == [NoticeKind.OVERDUE]
    # A clock that goes back.
    assert plan.due(books, NOW) == []
