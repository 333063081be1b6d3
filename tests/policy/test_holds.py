from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from streams.policy.decide import decide
from streams.policy.decision import Reason
from streams.policy.hold import Hold
from streams.policy.holds import expire, merge_supplement, open_hold, with_reason
from streams.policy.merge import merge
from streams.policy.reasons import refuse
from streams.policy.request import SharingRequest
from streams.policy.vocabulary import ReasonCode, Verdict
from tests.policy.building import NOW, a_request, in_force, some_books


def _hold(**when: Any) -> Hold:
    books = some_books()
    request = a_request(**when)
    return open_hold(request, decide(request, books, in_force(books), NOW), in_force(books), NOW)


def test_a_hold_lasts_until_the_deadline_of_the_policy() -> None:
    hold = _hold(case_number=None)
    assert (hold.opened_at, hold.deadline) == (NOW, NOW + timedelta(days=14))
    assert hold.decision.verdict is Verdict.HOLD


def test_a_deadline_counts_days_on_the_calendar_of_the_agency() -> None:
    books, opened = some_books(), datetime(2026, 3, 1, 20, tzinfo=UTC)
    held = decide(a_request(case_number=None), books, in_force(books), opened)
    # Noon to noon in Los Angeles, where the clocks went forward in between.
    deadline = open_hold(a_request(case_number=None), held, in_force(books), opened).deadline
    assert deadline == datetime(2026, 3, 15, 19, tzinfo=UTC)


def test_a_supplement_fills_and_carries_its_own_time_and_seal() -> None:
    later = "2026-05-02T08:00:00+00:00"
    merged = merge_supplement(
        _hold(case_number=None, scopes=[]),
        a_request(case_number="24-9", scopes=["search"], requested_at=later, channel="portal"),
    )
    assert isinstance(merged, SharingRequest)
    assert merged == a_request(case_number="24-9", scopes=["search"], requested_at=later, channel="portal")


ALL_GIVEN: dict[str, Any] = {
    "recipient_id": "pasadena-pd",
    "recipient_contact": "records@pasadena.example",
    "requested_by": {"on_behalf_of": "Pasadena CA PD"},
    "offence_code": "211",
    "scopes": ["search"],
    "selector": {"read_ids": ["read-1"]},
    "records": [{"read_id": "read-1", "captured_at": "2026-05-01T00:00:00Z"}],
    "consideration": "none",
}
NOTHING_GIVEN: dict[str, Any] = {
    "recipient_name": "",
    "recipient_id": None,
    "recipient_contact": None,
    "requested_by": {"user": "", "organisation": "\u00a0", "on_behalf_of": None},
    "purpose_code": None,
    "offence_code": None,
    "reason_text": " ",
    "case_number": None,
    "data_types": [],
    "scopes": [],
    "networks": [],
    "selector": {"plate": None, "read_ids": [], "window_from": None, "window_to": None},
    "records": [],
    "consideration": None,
}
OTHERWISE: dict[str, Any] = {
    "recipient_name": "Burbank CA PD",
    "recipient_id": "burbank-pd",
    "recipient_contact": "records@burbank.example",
    "requested_by": {"user": "other", "organisation": "Burbank CA PD", "on_behalf_of": "Burbank CA PD"},
    "purpose_code": "administrative",
    "offence_code": "187",
    "reason_text": "another",
    "case_number": "24-9",
    "data_types": ["image"],
    "scopes": ["hot_list"],
    "networks": ["south"],
    "selector": {
        "plate": "1XYZ999",
        "read_ids": ["read-2"],
        "window_from": "2026-04-01T00:00:00Z",
        "window_to": "2026-04-02T00:00:00Z",
    },
    "records": [{"read_id": "read-2", "captured_at": "2026-05-01T00:00:00Z"}],
    "consideration": "money",
}


def test_a_supplement_that_gives_nothing_takes_nothing() -> None:
    assert merge_supplement(_hold(**ALL_GIVEN), a_request(**NOTHING_GIVEN)) == a_request(**ALL_GIVEN)


def test_every_field_that_is_missing_can_be_filled() -> None:
    assert merge_supplement(_hold(**NOTHING_GIVEN), a_request(**ALL_GIVEN)) == a_request(**ALL_GIVEN)


def test_every_field_that_is_changed_is_told_by_its_name() -> None:
    refusal = merge_supplement(_hold(**ALL_GIVEN), a_request(**OTHERWISE))
    assert isinstance(refusal, Reason)
    fields = [
        *(f"requested_by.{name}" for name in OTHERWISE["requested_by"]),
        *(f"selector.{name}" for name in OTHERWISE["selector"]),
        *(name for name in OTHERWISE if name not in {"requested_by", "selector"}),
    ]
    assert refusal.field == ",".join(fields)
    assert refusal.message == f"a supplement may fill what is missing, and changes: {', '.join(fields)}"


def test_a_supplement_without_a_time_keeps_the_first() -> None:
    merged = merge_supplement(_hold(case_number=None), a_request(case_number="24-9", requested_at=None))
    assert isinstance(merged, SharingRequest)
    assert merged.requested_at == a_request().requested_at


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"request_id": "r-2"}, "request_id"),
        ({"kind": "standing_share"}, "kind"),
        ({"initiated_by": "agency"}, "initiated_by"),
        ({"authenticated_as": None}, "authenticated_as"),
        ({"requested_by": {"user": "other"}}, "requested_by.user"),
        ({"selector": {"plate": "1XYZ999"}}, "selector.plate"),
        ({"reason_text": "another"}, "reason_text"),
        ({"data_types": ["image"]}, "data_types"),
        ({"recipient_name": "Burbank CA PD", "networks": ["south"]}, "recipient_name,networks"),
    ],
)
def test_a_supplement_that_changes_what_was_given_is_refused(change: dict[str, Any], field: str) -> None:
    refusal = merge_supplement(_hold(case_number=None), a_request(**change))
    assert isinstance(refusal, Reason)
    assert (refusal.code, refusal.field) == (ReasonCode.FOLLOWS_HELD_REQUEST, field)


def test_an_expired_hold_blocks_with_all_its_reasons() -> None:
    later = NOW + timedelta(days=15)
    decision = expire(_hold(case_number=None), later)
    assert decision.verdict is Verdict.BLOCK
    assert decision.leading_reason is ReasonCode.HOLD_EXPIRED
    assert [reason.code for reason in decision.reasons] == ["CASE_NUMBER_MISSING", "HOLD_EXPIRED"]
    assert decision.decided_at == later


def test_a_reason_found_later_stands_in_rule_order_and_takes_the_obligations() -> None:
    books = some_books({"agreement": {"obligations": [{"kind": "report", "text": "yearly"}]}})
    forward = decide(a_request(), books, in_force(books), NOW)
    assert forward.obligations
    held = with_reason(forward, refuse(ReasonCode.RECIPIENT_UNAVAILABLE, "recipient_name", "full"))
    assert (held.verdict, held.obligations) == (Verdict.HOLD, ())
    blocked = with_reason(held, refuse(ReasonCode.REQUEST_TOO_OLD, "requested_at", "old"))
    assert [reason.code for reason in blocked.reasons] == ["REQUEST_TOO_OLD", "RECIPIENT_UNAVAILABLE"]
    assert blocked.leading_reason is ReasonCode.REQUEST_TOO_OLD


def test_a_supplement_need_not_say_again_that_it_is_urgent() -> None:
    request = a_request(exigent=True, reason_text="")
    merged, changed_fields = merge(request, replace(a_request(**NOTHING_GIVEN), reason_text="homicide"))
    assert (merged.exigent, changed_fields) == (True, ())
    _, changed_fields = merge(a_request(), replace(a_request(), exigent=True))
    assert changed_fields == ("exigent",)
