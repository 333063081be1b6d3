"""Every scenario file, run; and every reason code reached from three sides."""

import pytest

from streams.policy.decision import Decision
from streams.policy.reasons import OF_NO_REQUEST, ORDER
from streams.policy.request import SharingRequest
from streams.policy.vocabulary import ReasonCode, Verdict
from streams.rehearsal.case_files import Case as Scenario
from streams.rehearsal.case_files import CaseKind, read_cases
from streams.rehearsal.case_running import run_case
from tests.policy.building import SCENARIOS, base

FOLDER = read_cases(SCENARIOS)
ALL = FOLDER.cases


def decided(scenario: Scenario) -> Decision:
    """Return what comes of the scenario."""
    return run_case(scenario, FOLDER.ground).decision


def requested(scenario: Scenario) -> SharingRequest:
    """Return what is asked, with what a supplement adds to it."""
    return run_case(scenario, FOLDER.ground).request


@pytest.mark.parametrize("scenario", ALL, ids=lambda one: f"{one.code}: {one.name}")
def test_scenario(scenario: Scenario) -> None:
    run = run_case(scenario, FOLDER.ground)
    assert run.failures == ()
    _check_invariants(run.decision)


@pytest.mark.parametrize("code", [code for code in ReasonCode if code not in OF_NO_REQUEST])
def test_every_reason_code_has_scenarios_that_fire_pass_and_touch_the_boundary(code: ReasonCode) -> None:
    mine = [scenario for scenario in ALL if scenario.code == code]
    assert len(mine) >= len(CaseKind)
    assert {scenario.kind for scenario in mine} == set(CaseKind)
    assert any(code in scenario.then.reasons for scenario in mine)


def _check_invariants(decision: Decision) -> None:
    assert (decision.verdict is Verdict.FORWARD) == (not decision.reasons)
    places = [ORDER[reason.code] for reason in decision.reasons]
    assert places == sorted(places)
    leading = [reason.code for reason in decision.reasons if reason.verdict is decision.verdict]
    assert decision.leading_reason == (leading[0] if leading else None)
    assert decision.books_revision == base()["revision"]
