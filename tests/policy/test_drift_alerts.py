"""What the security team is told of a share that nobody agreed to, field by field."""

from streams.policy.alert import Alert
from streams.policy.drift import Finding, drift_of
from streams.policy.drift_alerts import drift_alert
from streams.policy.reasons import ROWS
from streams.policy.share_change import ShareChange
from streams.policy.share_memory import ShareMemory
from streams.policy.vocabulary import ReasonCode
from tests.policy.building import NOW, in_force, some_books
from tests.policy.vendor_record import change_of


def alert_of(line: str) -> tuple[ShareChange, Finding, Alert]:
    books, change = some_books(), change_of(line)
    (finding,) = drift_of(ShareMemory([change]).shares(), books, in_force(books), NOW)
    return (
        change,
        finding,
        drift_alert(finding, change, NOW, lambda name: f"pseudonym of {len(name)} letters"),
    )


def test_an_alert_names_the_change_and_the_rule() -> None:
    change, finding, alert = alert_of("2026-01-02 grant north Burbank CA PD: search")
    row = ROWS[ReasonCode.NO_AGREEMENT]
    assert (alert.kind, alert.tier, alert.severity) == (ReasonCode.NO_AGREEMENT, row.tier, finding.severity)
    assert alert.summary == (
        f"open at a vendor's by search, share change `{change.change_id}`:"
        f" {finding.reason.message} ({row.clause})"
    )
    assert (alert.entity_id, alert.organisation, alert.user_pseudonym) == ("burbank-pd", "burbank-pd", "")
    assert (alert.decision_ids, alert.count) == ((), 1)
    assert (alert.window_from, alert.window_to) == (change.at, NOW)
    assert alert.runbook == "docs/runbook.md#no_agreement"


def test_a_name_that_a_vendor_gave_is_told_as_a_pseudonym() -> None:
    _, _, alert = alert_of("2026-01-02 grant north Nowhere PD: search")
    assert (alert.kind, alert.entity_id) == (ReasonCode.RECIPIENT_UNRESOLVED, None)
    assert alert.organisation == "pseudonym of 10 letters"
    assert "Nowhere" not in alert.summary


def test_one_change_and_finding_make_one_alert() -> None:
    _, _, first = alert_of("2026-01-02 grant north Burbank CA PD: search")
    _, _, again = alert_of("2026-01-02 grant north Burbank CA PD: search")
    _, _, other = alert_of("2026-01-02 grant south Burbank CA PD: search")
    assert first.alert_id == again.alert_id != other.alert_id
