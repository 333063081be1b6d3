from typing import Any

import pytest

from streams.policy.alert import Alert, Severity
from streams.policy.alerts import alerts_of
from streams.policy.decide import decide
from streams.policy.vocabulary import ReasonCode
from tests.policy.building import NOW, a_request, in_force, some_books


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


def test_a_replay_makes_the_same_alerts() -> None:
    alerts = _alerts(purpose_code="commercial")
    assert alerts == _alerts(purpose_code="commercial")
    assert len({alert.alert_id for alert in alerts}) == len(alerts) == 3


def test_without_a_time_of_the_event_the_window_is_now() -> None:
    (alert,) = _alerts(consideration="money", requested_at=None)
    assert alert.window_from == alert.window_to == NOW
