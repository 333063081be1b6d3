"""Evidence holds that nobody has verified in time: who alerts, once, and of what."""

from dataclasses import replace
from datetime import timedelta

from streams.gate.reminders import MOST_TOLD, Reminders
from streams.gate.schedule import Schedule
from streams.policy.alert import Severity
from streams.policy.alerts import overdue_alert
from streams.policy.books import Books
from streams.policy.evidence_hold import EvidenceHold
from streams.policy.vocabulary import EntityId, ReasonCode
from tests.gate.bench import KEYS, Bench, signed
from tests.policy.building import NOW, an_evidence_hold

HOLD = an_evidence_hold(reverify_due=NOW.isoformat())
MOMENT = timedelta(microseconds=1)


def evidence(*holds: EvidenceHold) -> Books:
    books = Books()
    for hold in holds or (HOLD,):
        books.put_evidence_hold(hold)
    return books


def reminders_of(partition: int = 0) -> Reminders:
    return Reminders(partition, Schedule(timedelta(hours=72)))


def test_a_hold_is_told_once_from_the_instant_on_that_it_is_due() -> None:
    reminders = reminders_of()
    assert reminders.untold(evidence(), NOW - MOMENT) == ()
    assert reminders.untold(evidence(), NOW) == (HOLD,)
    # Not told before its transaction is committed.
    assert reminders.untold(evidence(), NOW) == (HOLD,)
    reminders.told((HOLD,))
    assert reminders.untold(evidence(), NOW) == ()


def test_only_one_partition_speaks() -> None:
    assert reminders_of(1).untold(evidence(), NOW) == ()


def test_a_hold_that_was_verified_and_is_overdue_again_is_told_again() -> None:
    reminders, later = reminders_of(), replace(HOLD, version=2, reverify_due=NOW + timedelta(days=1))
    reminders.told((HOLD,))
    assert reminders.untold(evidence(later), NOW) == ()
    assert reminders.untold(evidence(later), NOW + timedelta(days=1)) == (later,)


def test_a_clock_that_goes_back_an_hour_tells_nothing_twice() -> None:
    reminders, hour = reminders_of(), timedelta(hours=1)
    reminders.told(reminders.untold(evidence(), NOW))
    assert reminders.untold(evidence(), NOW - hour) == ()
    assert reminders.untold(evidence(), NOW + hour) == ()


def test_more_than_fit_one_transaction_are_told_in_those_that_follow() -> None:
    index = evidence(*(an_evidence_hold(hold_id=f"h-{n}", reverify_due=NOW) for n in range(MOST_TOLD + 1)))
    reminders = reminders_of()
    first = reminders.untold(index, NOW)
    reminders.told(first)
    assert (len(first), len(reminders.untold(index, NOW))) == (MOST_TOLD, 1)


def test_the_alert_has_an_id_of_its_own_for_each_date_and_holds_no_plate_and_no_name() -> None:
    def told(**changes: object) -> str:
        hold = an_evidence_hold(**changes)
        return overdue_alert(hold, EntityId("lapd"), NOW, KEYS.pseudonym_of).alert_id

    assert told() == told(version=2, reason="another")
    assert len({told(), told(hold_id="b"), told(reverify_due="2027-01-01T00:00:00Z")}) == 3
    alert = overdue_alert(HOLD, EntityId("lapd"), NOW, KEYS.pseudonym_of)
    for personal in (*HOLD.plates, *HOLD.read_ids, HOLD.requested_by, HOLD.approved_by, HOLD.contact):
        assert personal not in str(alert)


def test_the_alert_stands_in_the_transaction_and_the_ledger_says_nothing_of_it(bench: Bench) -> None:
    bench.send(signed())
    before, bench.overdue = bench.ledger, (HOLD,)
    bench.send()
    assert bench.ledger == before
    (alert,) = bench.alerts
    assert (alert.kind, alert.severity) == (ReasonCode.RETENTION_EXCEEDED, Severity.HIGH)
    assert (alert.decision_ids, alert.organisation) == ((), "lapd")
    assert (alert.window_from, alert.window_to) == (HOLD.reverify_due, NOW)
    assert HOLD.hold_id in alert.summary
