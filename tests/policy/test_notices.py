"""What is told as time goes by: from when, until when, in which words, and under which id."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from streams.policy.alert import Severity
from streams.policy.books import Books
from streams.policy.notices import Notice, NoticeKind, notice_alert, notices_of
from streams.policy.vocabulary import EntityId, ReasonCode
from tests.policy.building import NOW, some_books

PATIENCE = timedelta(hours=72)
OWED = [{"kind": "attestation", "text": "attest yearly", "due": "2026-03-31"}]
SUBJECT = "agreement/mou-24-017"
# The end of 31 March in Los Angeles, and fourteen days later.
OVERDUE = datetime(2026, 4, 1, 7, tzinfo=UTC)
STOPS = datetime(2026, 4, 15, 7, tzinfo=UTC)
REVIEW = datetime(2026, 12, 1, tzinfo=UTC)
END = datetime(2027, 1, 1, 8, tzinfo=UTC)
# When everything has come due.
LATE = datetime(9999, 12, 31, tzinfo=UTC)


def met(at: str) -> list[dict[str, str]]:
    return [{"kind": "attestation", "due": "2026-03-31", "by": "custodian", "at": at, "reference": "file 7"}]


def notices(**agreement: Any) -> list[Notice]:
    """Return the notices of the base books with that agreement."""
    return list(notices_of(some_books({"agreement": agreement}), 14, PATIENCE, LATE).known)


def test_an_agreement_in_order_has_its_review_and_its_end_to_come() -> None:
    review, task = notices()
    assert (review.kind, review.at, review.until, review.subject) == (NoticeKind.REVIEW, REVIEW, END, SUBJECT)
    assert (task.kind, task.at, task.due, task.what) == (NoticeKind.TASK, END + PATIENCE, END, "expired")


def test_what_is_owed_is_told_when_it_is_overdue_and_when_it_stops_the_agreement() -> None:
    overdue, stopped, *_ = notices(obligations=OWED)
    assert (overdue.kind, overdue.at, overdue.due) == (NoticeKind.OVERDUE, OVERDUE, OVERDUE)
    assert (stopped.kind, stopped.at, stopped.due, stopped.until) == (
        NoticeKind.STOPPED,
        STOPS,
        OVERDUE,
        END,
    )


def test_what_was_met_late_is_told_until_then_and_what_was_met_in_time_never() -> None:
    overdue, stopped, *_ = notices(obligations=OWED, fulfilments=met("2026-05-01T19:00:00Z"))
    assert overdue.until == stopped.until == NOW
    kinds = {one.kind for one in notices(obligations=OWED, fulfilments=met("2026-03-31T19:00:00Z"))}
    assert kinds == {NoticeKind.REVIEW, NoticeKind.TASK}


def test_after_the_end_a_certificate_is_still_owed_and_nothing_is_stopped_by_it() -> None:
    for changes in ({"status": "revoked"}, {"end": "2026-02-01T08:00:00Z"}):
        kinds = [one.kind for one in notices(obligations=OWED, **changes)]
        assert NoticeKind.OVERDUE in kinds
        assert not {NoticeKind.STOPPED, NoticeKind.REVIEW} & set(kinds)


@pytest.mark.parametrize("status", ["draft", "proposed"])
def test_of_what_was_never_concluded_nothing_is_told(status: str) -> None:
    assert notices(obligations=OWED, status=status) == []


def test_obligations_that_read_alike_are_one_notice() -> None:
    assert len(notices(obligations=[*OWED, {**OWED[0], "text": "attest monthly"}])) == 4


def test_a_term_without_end_can_be_asked() -> None:
    assert notices(end="9999-12-31T23:59:59Z", obligations=[{**OWED[0], "due": "9999-12-31"}])


@pytest.mark.parametrize(
    ("notice", "code", "severity", "anchor"),
    [
        (NoticeKind.OVERDUE, ReasonCode.OBLIGATION_OVERDUE, Severity.LOW, "alprgateagreementoverdue"),
        (NoticeKind.STOPPED, ReasonCode.OBLIGATION_OVERDUE, Severity.MEDIUM, "alprgateagreementstopped"),
        (NoticeKind.REVIEW, ReasonCode.AGREEMENT_REVIEW_OVERDUE, Severity.MEDIUM, "alprgateagreementstopped"),
        (NoticeKind.TASK, ReasonCode.AGREEMENT_EXPIRED, Severity.MEDIUM, "alprgatetaskopen"),
    ],
)
def test_each_is_an_alert_without_a_decision(
    notice: NoticeKind, code: ReasonCode, severity: Severity, anchor: str
) -> None:
    found = next(one for one in notices(obligations=OWED) if one.kind is notice)
    alert = notice_alert(found, EntityId("lapd"), NOW)
    assert (alert.kind, alert.severity, alert.decision_ids) == (code, severity, ())
    assert (alert.organisation, alert.entity_id, alert.user_pseudonym) == ("lapd", "pasadena-pd", "")
    assert (alert.window_from, alert.window_to) == (found.due, NOW)
    assert SUBJECT in alert.summary
    assert alert.runbook == f"docs/runbook.md#{anchor}"


def test_the_alert_has_an_id_of_its_own_for_each_date_and_the_same_whoever_tells_it() -> None:
    def ids(**agreement: Any) -> list[str]:
        found = notices(**agreement)
        later = (NOW, NOW + PATIENCE)
        told = [[notice_alert(one, EntityId("lapd"), now).alert_id for one in found] for now in later]
        assert told[0] == told[1]
        return told[0]

    assert len(set(ids(obligations=OWED))) == 4
    moved = ids(obligations=[{**OWED[0], "due": "2026-04-30"}])
    assert len(set(ids(obligations=OWED)) & set(moved)) == 2


def test_a_task_says_why_and_nobody_hears_of_it_before_its_time() -> None:
    books = some_books({"agreement": {"status": "revoked"}})
    (task,) = notices_of(books, 14, PATIENCE, NOW).known
    assert (task.at, task.what) == (task.due + PATIENCE, "revoked")
    alert = notice_alert(task, EntityId("lapd"), NOW)
    assert (alert.kind, alert.severity) == (ReasonCode.AGREEMENT_REVOKED, Severity.HIGH)
    assert "nobody has confirmed that the vendor's share with `pasadena-pd` is closed" in alert.summary


def test_books_without_anything_have_nothing_to_tell() -> None:
    assert notices_of(Books(), 14, PATIENCE, NOW).known == ()


@pytest.mark.parametrize(
    ("agreement", "quiet_until"),
    [
        ({}, REVIEW),
        ({"contract_reviewed": None}, END),
        ({"obligations": [{**OWED[0], "due": "2026-05-31"}]}, datetime(2026, 6, 1, 7, tzinfo=UTC)),
    ],
    ids=str,
)
def test_an_agreement_is_left_alone_until_something_in_it_comes_due(
    agreement: dict[str, Any], quiet_until: datetime
) -> None:
    books = some_books({"agreement": agreement})
    assert notices_of(books, 14, PATIENCE, NOW) == ((), quiet_until)
    assert notices_of(books, 14, PATIENCE, quiet_until).known[0].due == quiet_until
