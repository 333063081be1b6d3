"""55 real names that mislead: none may be let in by what it looks like."""

import csv
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from streams.adapters.share_portals import Edge, request_of
from streams.policy.books import Books
from streams.policy.decide import decide
from streams.policy.eligibility import CALIFORNIA, statutory_bars, unusable_because
from streams.policy.entity import Entity
from streams.policy.policy_in_force import PolicyInForce
from streams.policy.vocabulary import EntityClass, ReasonCode, Verdict

pytestmark = pytest.mark.real_data

NOW = datetime(2026, 3, 1, 18, 0, tzinfo=UTC)
Row = dict[str, str]


@pytest.fixture(scope="module")
def rows(real_data: Path) -> list[Row]:
    with (real_data / "tricky_recipient_names.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def entity_of(row: Row, books: Books) -> Entity:
    entity = books.resolve(row["name_as_listed"])
    assert entity is not None, row["name_as_listed"]
    return entity


def can_receive(entity: Entity, books: Books) -> bool:
    return unusable_because(entity) is None and not statutory_bars(entity, books.entity)


def test_there_are_55_and_the_registry_knows_each(rows: list[Row], books: Books) -> None:
    assert len(rows) == 55
    assert len({entity_of(row, books).entity_id for row in rows}) == 55


def test_none_that_the_list_does_not_call_eligible_can_receive(rows: list[Row], books: Books) -> None:
    lax = [
        row["name_as_listed"]
        for row in rows
        if row["sb34_tier"] not in {"eligible", "legal_review"} and can_receive(entity_of(row, books), books)
    ]
    assert lax == []


def test_what_needs_legal_review_cannot_receive_unless_it_is_a_body_of_california(
    rows: list[Row], books: Books
) -> None:
    for row in rows:
        entity = entity_of(row, books)
        if row["sb34_tier"] == "legal_review" and can_receive(entity, books):
            assert entity.jurisdiction == CALIFORNIA
            assert entity.entity_class is EntityClass.PUBLIC_AGENCY_OTHER


def test_only_city_police_and_sheriffs_are_local_law_enforcement_of_california(
    rows: list[Row], books: Books
) -> None:
    for row in rows:
        entity = entity_of(row, books)
        is_local = (
            entity.entity_class is EntityClass.LOCAL_LAW_ENFORCEMENT and entity.jurisdiction == CALIFORNIA
        )
        assert is_local is (row["lapd_so31_tier"] == "eligible_if_agreement"), row["name_as_listed"]


def test_none_that_the_policy_bars_is_forwarded(rows: list[Row], books: Books, policy: PolicyInForce) -> None:
    for row in rows:
        if row["lapd_so31_tier"] != "eligible_if_agreement":
            decision = decide(request_of(Edge("LAPD", row["name_as_listed"])), books, policy, NOW)
            assert decision.verdict is Verdict.BLOCK


@pytest.mark.parametrize(
    "twisted",
    [
        "pasadena ca pd",
        "Pasadena CA PD.",
        "Pasadena  CA PD",
        "Pasadena CA  PD",
        "Pasadena",
        "Pas\u0430dena CA PD",
    ],
)
def test_a_name_that_is_nearly_right_is_nobody(twisted: str, books: Books, policy: PolicyInForce) -> None:
    request = replace(request_of(Edge("LAPD", twisted)), authenticated_as=None)
    codes = {reason.code for reason in decide(request, books, policy, NOW).reasons}
    assert ReasonCode.RECIPIENT_UNRESOLVED in codes
