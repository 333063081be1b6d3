from dataclasses import replace
from typing import Any

import pytest

from streams.policy.decide import decide
from streams.policy.explain import explain
from streams.policy.vocabulary import Verdict
from tests.policy.building import NOW, a_request, in_force, some_books


def _explained(given: dict[str, Any] | None = None, **when: Any) -> list[str]:
    books = some_books(given)
    policy = in_force(books)
    request = a_request(**when)
    text = explain(decide(request, books, policy, NOW), request, books, policy)
    assert "8ABC123" not in text
    assert "jdoe" not in text
    return text.splitlines()


def test_a_forward_names_its_agreement_and_clause() -> None:
    assert _explained() == ["Forwarded.", "Under agreement `mou-24-017` version 3 (section 3(b))."]


def test_a_hold_says_what_to_do() -> None:
    assert _explained(case_number=None) == [
        "Held; nothing is released meanwhile.",
        (
            "- CASE_NUMBER_MISSING (agency policy: case number): the agency asks for a case number"
            " [case_number]; send what is missing under the same request id."
        ),
        "Agreement `mou-24-017` version 3 (section 3(b)) covers what is asked.",
    ]


@pytest.mark.parametrize(
    ("given", "when"),
    [
        ({"recipient": {"class": "federal"}}, {}),
        ({"agreement": {"purposes": ["commercial"]}}, {"purpose_code": "commercial"}),
        ({}, {"purpose_code": "immigration_enforcement"}),
    ],
)
def test_what_the_statute_forbids_no_agreement_could_allow(
    given: dict[str, Any], when: dict[str, Any]
) -> None:
    text = "\n".join(_explained(given, **when))
    assert "No agreement could allow it: the statute forbids it (" in text
    assert "would have allowed" not in text


def test_a_block_offers_no_remedy_for_what_else_would_hold() -> None:
    lines = _explained({"agreement": {"status": "revoked"}}, case_number=None)
    assert lines[1].endswith("[case_number]; alone it would only have held the request.")


def test_a_scope_outside_shows_both_sides() -> None:
    lines = _explained(networks=["east"])
    assert lines[2:] == [
        "The nearest agreement is `mou-24-017` version 3 (section 3(b)); it lacks: SCOPE_NOT_COVERED.",
        "Asked for: data types plate_read; scopes none; networks another.",
        (
            "Covered: data types hotlist_hit, plate_read; scopes hot_list, search; networks north, south;"
            " reads younger than `P1Y`."
        ),
    ]


def test_purposes_outside_show_what_is_authorised_and_covered() -> None:
    lines = _explained(purpose_code="civil")
    assert (
        "The agency authorises: administrative, criminal_investigation, non_criminal_investigation." in lines
    )
    assert "Covered purposes: administrative, criminal_investigation." in lines


def test_a_recipient_without_agreement_is_told_so() -> None:
    assert _explained({"agreement": {"status": "draft"}})[-1] == (
        "It would need a concluded agreement with `pasadena-pd`."
    )


def test_a_barred_or_unknown_recipient_is_told_that_no_agreement_helps() -> None:
    barred = _explained({"recipient": {"class": "federal"}, "agreement": {"status": "draft"}})
    assert barred[-1] == "No agreement could allow it: the statute bars the recipient."
    unknown = _explained(recipient_name="Nobody")
    assert unknown[-1] == "No agreement can be looked for without a recipient in the registry."


def test_what_could_not_be_evaluated_can_be_explained() -> None:
    assert _explained(requested_at="2026-05-01T18:59:00")[0] == "Blocked."


def test_a_verdict_of_a_newer_version_can_be_explained() -> None:
    books = some_books()
    request = a_request()
    decision = replace(decide(request, books, in_force(books), NOW), verdict=Verdict.UNKNOWN)
    assert explain(decision, request, books, in_force(books)).startswith(
        "No verdict that this version knows."
    )
