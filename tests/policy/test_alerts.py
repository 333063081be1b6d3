from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from streams.policy.alert import Alert, Severity
from streams.policy.alerts import act_alert, alerts_of, exigent_alert, overdue_alert
from streams.policy.decide import decide
from streams.policy.holds import open_hold
from streams.policy.reasons import refuse
from streams.policy.vocabulary import DecisionId, EntityId, EvidenceHoldId, ReasonCode, Tier
from tests.policy.building import NOW, a_request, an_evidence_hold, in_force, some_books


def _pseudonym(value: str) -> str:
    return f"p{len(value)}"


def _alerts(given: dict[str, Any] | None = None, **when: Any) -> tuple[Alert, ...]:
    books = some_books(given)
    request = a_request(**when)
    return alerts_of(decide(request, books, in_force(books), NOW), request, NOW, _pseudonym)


def test_a_forward_and_a_gap_are_no_violations() -> None:
    assert _alerts() == ()
    assert _alerts(case_number=None, requested_at=None) == ()


def test_a_federal_recipient_is_critical() -> None:
    first, *others = _alerts({"recipient": {"class": "federal"}})
    assert (first.kind, first.severity) == (ReasonCode.RECIPIENT_FEDERAL, Severity.CRITICAL)
    assert first.runbook == "docs/runbook.md#recipient_federal"
    assert first.entity_id == first.organisation == "pasadena-pd"
    assert [alert.kind for alert in others] == ["NOT_LOCAL_LAW_ENFORCEMENT"]


@pytest.mark.parametrize(
    ("when", "severity"),
    [
        ({"requested_by": {"on_behalf_of": "FBI"}}, Severity.HIGH),
        ({"requested_by": {"on_behalf_of": "Burbank CA PD"}}, Severity.MEDIUM),
        ({"reason_text": "ICE"}, Severity.LOW),
        ({"selector": {"plate": "*"}}, Severity.LOW),
    ],
)
def test_a_hold_is_told_less_loudly_than_a_block(when: dict[str, Any], severity: Severity) -> None:
    assert [alert.severity for alert in _alerts(**when)] == [severity]


def test_alerts_name_nobody_and_no_plate() -> None:
    alerts = _alerts(
        recipient_name="Shady Org",
        authenticated_as=None,
        requested_by={"user": "jdoe", "organisation": "Shady"},
    )
    assert [alert.organisation for alert in alerts] == ["p5"] * len(alerts)
    assert [alert.user_pseudonym for alert in alerts] == ["p4"] * len(alerts)
    assert len(alerts) == 4
    for secret in ("jdoe", "Shady", "8ABC123"):
        assert secret not in repr(alerts)


def test_an_alert_names_the_decision_that_it_is_about() -> None:
    books, request = some_books(), a_request(purpose_code="commercial")
    decision = decide(request, books, in_force(books), NOW)
    told = alerts_of(decision, request, NOW, _pseudonym)
    assert {alert.decision_ids for alert in told} == {(decision.decision_id,)}


def test_a_hold_that_nobody_verified_is_told_once_for_each_date_that_it_is_due() -> None:
    hold, agency = an_evidence_hold(), EntityId("lapd")
    alert = overdue_alert(hold, agency, NOW, _pseudonym)
    assert alert == Alert(
        alert_id=alert.alert_id,
        kind=ReasonCode.RETENTION_EXCEEDED,
        severity=Severity.HIGH,
        tier=Tier.AGENCY,
        decision_ids=(),
        entity_id=None,
        organisation="lapd",
        user_pseudonym="p14",
        summary=(
            "evidence hold `evidence-24-001234` is overdue for verification (Special Order 31: logical"
            " deletion after two years, permanent deletion after five)"
        ),
        count=1,
        window_from=hold.reverify_due,
        window_to=NOW,
        runbook="docs/runbook.md#alprgateevidenceoverdue",
    )
    assert overdue_alert(hold, agency, hold.reverify_due, _pseudonym).alert_id == alert.alert_id
    others = (replace(hold, hold_id=EvidenceHoldId("other")), replace(hold, reverify_due=NOW))
    assert (
        len({alert.alert_id, *(overdue_alert(one, agency, NOW, _pseudonym).alert_id for one in others)}) == 3
    )
    assert UUID(alert.alert_id).version == 5


def test_an_exigent_request_is_told_as_loudly_as_can_be() -> None:
    books, request = some_books(), a_request(case_number=None)
    held = decide(request, books, in_force(books), NOW)
    hold = open_hold(request, held, in_force(books), NOW)
    alert = exigent_alert(hold, NOW, _pseudonym)
    assert (alert.severity, alert.decision_ids) == (Severity.CRITICAL, (held.decision_id,))
    assert f"waits for a reviewer until {hold.deadline.isoformat()}" in alert.summary
    assert (alert.organisation, alert.user_pseudonym) == ("pasadena-pd", "p4")


def test_a_refused_review_names_its_decision_and_nobody() -> None:
    reason = refuse(ReasonCode.REVIEW_REFUSED, "review", "the signature is wrong")
    alert = act_alert(DecisionId("d-1"), reason, NOW)
    assert alert == Alert(
        alert_id=alert.alert_id,
        kind=ReasonCode.REVIEW_REFUSED,
        severity=Severity.HIGH,
        tier=reason.tier,
        decision_ids=(DecisionId("d-1"),),
        entity_id=None,
        organisation="",
        user_pseudonym="",
        summary=f"{reason.verdict}: the signature is wrong ({reason.clause})",
        count=1,
        window_from=NOW,
        window_to=NOW,
        runbook="docs/runbook.md#review_refused",
    )
    other = act_alert(DecisionId("d-2"), reason, NOW)
    assert other.alert_id != alert.alert_id == act_alert(DecisionId("d-1"), reason, NOW).alert_id


def test_a_replay_makes_the_same_alerts() -> None:
    alerts = _alerts(purpose_code="commercial")
    assert alerts == _alerts(purpose_code="commercial")
    assert len({alert.alert_id for alert in alerts}) == len(alerts) == 3


def test_without_a_time_of_the_event_the_window_is_now() -> None:
    (alert,) = _alerts(consideration="money", requested_at=None)
    assert alert.window_from == alert.window_to == NOW
