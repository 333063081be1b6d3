"""The table of rules says of each decision what `decide` has found, and of no rule more than that."""

import pytest

from streams.policy.reasons import OF_NO_REQUEST, ROWS, refuse
from streams.policy.rule_table import RuleState, rule_table
from streams.policy.rules import AGREEMENT_RULES
from streams.policy.vocabulary import ReasonCode
from streams.rehearsal.case_files import Case as Scenario
from tests.policy.test_scenarios import ALL, decided

OF_AGREEMENTS = {code for code, _ in AGREEMENT_RULES}


def states(*codes: ReasonCode) -> dict[ReasonCode, RuleState]:
    return {row.code: row.state for row in rule_table([refuse(code, "request", "why") for code in codes])}


@pytest.mark.parametrize("scenario", ALL, ids=lambda one: f"{one.code}: {one.name}")
def test_the_rows_that_failed_are_the_reasons(scenario: Scenario) -> None:
    reasons = decided(scenario).reasons
    rows = rule_table(reasons)
    assert [row.code for row in rows] == [code for code in ROWS if code not in OF_NO_REQUEST]
    assert tuple(row.reason for row in rows if row.state is RuleState.FAILED) == reasons
    assert all((row.reason is not None) == (row.state is RuleState.FAILED) for row in rows)


def test_of_a_forward_every_rule_passed() -> None:
    assert set(states().values()) == {RuleState.PASSED}


def test_without_an_agreement_its_rules_were_not_asked() -> None:
    found = states(ReasonCode.NO_AGREEMENT)
    assert {code for code, state in found.items() if state is RuleState.NOT_ASKED} == OF_AGREEMENTS
    assert found[ReasonCode.CASE_NUMBER_MISSING] is RuleState.PASSED


def test_what_could_not_be_evaluated_passed_no_rule() -> None:
    found = states(ReasonCode.EVALUATION_FAILED)
    assert RuleState.PASSED not in found.values()
    assert found[ReasonCode.EVALUATION_FAILED] is RuleState.FAILED


def test_a_row_tells_the_clause_as_it_was_recorded() -> None:
    (row,) = (row for row in rule_table([refuse(ReasonCode.CLOCK_SKEW, "requested_at", "x")]) if row.reason)
    assert (row.clause, row.tier) == (ROWS[row.code].clause, ROWS[row.code].tier)
