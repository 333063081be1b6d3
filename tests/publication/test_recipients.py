from typing import Any

import pytest

from streams.publication.recipients import Recipient, recipients
from tests.policy.building import NOW, an_agreement, some_books


def listed(changes: dict[str, Any], **entity: Any) -> list[Recipient]:
    given = {"agreement": changes, "entities": [entity] if entity else []}
    books = some_books(given)
    policy = books.policy()
    assert policy is not None
    return list(recipients(books, policy, NOW))


def test_who_has_an_agreement_in_force_is_shared_with() -> None:
    (one,) = listed({})
    assert (one.entity.name, one.terms.agreement_id, one.stopped) == ("Pasadena CA PD", "mou-24-017", None)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"status": "suspended"}, "suspended"),
        ({"status": "revoked"}, "revoked"),
        ({"start": "2026-05-01T19:00:01Z"}, "not yet in force"),
        ({"end": "2026-05-01T19:00:00Z"}, "ended"),
        ({"clause_text": " "}, "no clause against sharing onward"),
        ({"contract_reviewed": {"due": "2026-05-01T19:00:00Z"}}, "review overdue"),
        ({"contract_reviewed": None}, "review overdue"),
        ({"obligations": [{"kind": "report", "text": "x", "due": "2026-04-16"}]}, "obligation overdue"),
        ({"entity_id": "fbi"}, "the statute does not let this entity receive"),
        ({"entity_id": "chp"}, "not local law enforcement, and no extension in force"),
    ],
)
def test_under_what_cannot_forward_nothing_is_shared_and_why_is_said(
    changes: dict[str, Any], why: str
) -> None:
    assert [one.stopped for one in listed(changes)] == [why]


@pytest.mark.parametrize("changes", [{"status": "draft"}, {"status": "proposed"}, {"signed_by": []}])
def test_what_nobody_has_concluded_is_on_no_list(changes: dict[str, Any]) -> None:
    assert listed(changes) == []


def test_a_unit_that_shares_its_parents_agreement_is_listed_with_it() -> None:
    found = listed({"entity_id": "lasd"})
    assert [(one.entity.name, one.lender and one.lender.name) for one in found] == [
        ("LASD CA - San Dimas Station", "Los Angeles CA SO"),
        ("Los Angeles CA SO", None),
    ]


def test_every_concluded_agreement_with_a_known_entity_is_on_a_list() -> None:
    books = some_books()
    for number, status in enumerate(("active", "suspended", "revoked", "expired")):
        books.put_agreement(an_agreement(agreement_id=f"a-{number}", status=status, entity_id="burbank-pd"))
    policy = books.policy()
    assert policy is not None
    found = {one.terms.agreement_id for one in recipients(books, policy, NOW)}
    assert found == {one.agreement_id for one in books.agreements()}
