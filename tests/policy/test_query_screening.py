"""Every scenario of a search, screened: exactly what it says is found, and nothing beside it."""

from dataclasses import replace
from typing import Any

import pytest
import yaml

from streams.policy.query_event import ImportedFrom, query_digest
from streams.policy.query_finding import QueryFinding
from streams.policy.query_screening import FINDABLE, screen_query
from streams.policy.reasons import ROWS
from streams.rehearsal.plain_values import Plain
from tests.policy.building import NOW, in_force, some_books
from tests.policy.query_building import QUERY_SCENARIOS, a_query

FILES = [path for path in sorted(QUERY_SCENARIOS.glob("*.yaml")) if path.name != "base.yaml"]
ALL: list[Plain] = [one for path in FILES for one in yaml.safe_load(path.read_text(encoding="utf-8"))]


def screened(scenario: Plain) -> tuple[QueryFinding, ...]:
    """Return what is found in the search of the scenario."""
    books = some_books(scenario.get("given"))
    return screen_query(a_query(**scenario["when"]), books, in_force(books), NOW)


@pytest.mark.parametrize("scenario", ALL, ids=lambda one: one["name"])
def test_scenario(scenario: Plain) -> None:
    findings = screened(scenario)
    assert [finding.code for finding in findings] == [expected["code"] for expected in scenario["then"]]
    for finding, expected in zip(findings, scenario["then"], strict=True):
        assert finding.field == expected.get("field", finding.field)
        assert expected.get("message", "") in finding.message


def test_each_code_that_can_be_found_has_a_scenario() -> None:
    told = {finding.code for scenario in ALL for finding in screened(scenario)}
    assert told == set(FINDABLE)


@pytest.mark.parametrize("scenario", ALL, ids=lambda one: one["name"])
def test_a_finding_has_the_tier_and_the_clause_of_its_rule(scenario: Plain) -> None:
    for finding in screened(scenario):
        assert (finding.tier, finding.clause) == (ROWS[finding.code].tier, ROWS[finding.code].clause)


def test_the_same_told_by_a_later_export_has_the_same_digest() -> None:
    told = replace(a_query(), imported_from=ImportedFrom(form="portal", file_digest="a1" * 32, line=7))
    assert query_digest(told) == query_digest(a_query())


@pytest.mark.parametrize("field", [name for name in a_query().__slots__ if name != "imported_from"])
def test_whatever_else_is_told_changes_the_digest(field: str) -> None:
    changes: dict[str, Any] = {field: "other"}
    assert query_digest(replace(a_query(), **changes)) != query_digest(a_query())
