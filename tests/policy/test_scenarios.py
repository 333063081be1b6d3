"""Every scenario file, run; and every reason code reached from three sides."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

import pytest
import yaml

from streams.policy.books import Books
from streams.policy.decide import decide
from streams.policy.decision import Decision
from streams.policy.hold import Hold
from streams.policy.holds import expire, merge_supplement, open_hold, with_reason
from streams.policy.reasons import ORDER, refuse
from streams.policy.request import SharingRequest
from streams.policy.review import Review
from streams.policy.reviews import cleared_by, deny, objection_to
from streams.policy.vocabulary import ReasonCode, ReviewAct, Verdict
from tests.policy.building import (
    SCENARIOS,
    Plain,
    a_request,
    a_review,
    base,
    changed,
    entity_named,
    in_force,
    some_books,
)

NOTHING_GIVEN: Plain = {
    "recipient_name": "",
    "requested_by": {"user": "", "organisation": ""},
    "purpose_code": None,
    "reason_text": None,
    "case_number": None,
    "data_types": [],
    "networks": [],
    "selector": {"plate": None, "window_from": None, "window_to": None},
}
PUSH: Plain = {
    "initiated_by": "agency",
    "authenticated_as": "lapd",
    "requested_by": {"organisation": "lapd"},
}
SIDES = {"fires", "passes", "boundary"}


@dataclass(frozen=True)
class Scenario:
    """One case of a file: what is given, what happens, what must come out."""

    code: str
    name: str
    kind: str
    given: Plain
    when: Plain
    then: Plain


def scenarios() -> Iterator[Scenario]:
    """Read every file but the base."""
    for path in sorted(SCENARIOS.glob("*.yaml")):
        if path.name == "base.yaml":
            continue
        file = yaml.safe_load(path.read_text())
        for one in file["scenarios"]:
            given, when = one.pop("given", {}), one.pop("when", {})
            yield Scenario(code=file["code"], given=given, when=when, **one)


ALL = tuple(scenarios())


@pytest.mark.parametrize("scenario", ALL, ids=lambda one: f"{one.code}: {one.name}")
def test_scenario(scenario: Scenario) -> None:
    decision = decided(scenario)
    then = scenario.then
    codes = [reason.code.value for reason in decision.reasons]
    assert decision.verdict == then["verdict"]
    assert codes == then.get("reasons", [])
    _check_invariants(decision)
    if "leading_reason" in then:
        assert decision.leading_reason == then["leading_reason"]
    if "agreement_id" in then:
        assert decision.agreement_id == then["agreement_id"]
    if "agreement_version" in then:
        assert decision.agreement_version == then["agreement_version"]
    _check_reason(scenario, decision)


@pytest.mark.parametrize("code", list(ReasonCode))
def test_every_reason_code_has_scenarios_that_fire_pass_and_touch_the_boundary(code: ReasonCode) -> None:
    mine = [scenario for scenario in ALL if scenario.code == code]
    assert len(mine) >= len(SIDES)
    assert {scenario.kind for scenario in mine} == SIDES
    assert any(code in scenario.then.get("reasons", ()) for scenario in mine)


def _check_reason(scenario: Scenario, decision: Decision) -> None:
    mine = [reason for reason in decision.reasons if reason.code == scenario.code]
    if scenario.kind == "fires":
        assert mine
    if scenario.kind == "passes":
        assert not mine
    for reason in mine:
        assert scenario.then.get("field", reason.field) == reason.field
        assert scenario.then.get("message", "") in reason.message


def _check_invariants(decision: Decision) -> None:
    assert (decision.verdict is Verdict.FORWARD) == (not decision.reasons)
    places = [ORDER[reason.code] for reason in decision.reasons]
    assert places == sorted(places)
    leading = [reason.code for reason in decision.reasons if reason.verdict is decision.verdict]
    assert decision.leading_reason == (leading[0] if leading else None)
    assert decision.books_revision == base()["revision"]


def decided(scenario: Scenario) -> Decision:
    """Return what comes of the scenario."""
    books = some_books(scenario.given)
    policy = in_force(books)
    when = dict(scenario.when)
    now = when.pop("now", base()["now"])
    found, expires, supplement = (when.pop(key, None) for key in ("found", "expires", "supplement"))
    act = when.pop("review", None)
    request = _request(when, books)
    decision = decide(request, books, policy, now)
    if found is not None:
        return with_reason(decision, refuse(ReasonCode(found), "request", "found where there is state"))
    hold = open_hold(request, decision, policy, now)
    if supplement is not None:
        merged = merge_supplement(hold, a_request(**changed(NOTHING_GIVEN, supplement)))
        if isinstance(merged, SharingRequest):
            return decide(merged, books, policy, now)
        return replace(decision, verdict=merged.verdict, leading_reason=merged.code, reasons=(merged,))
    if act is not None:
        return _reviewed(hold, a_review(**act), books, now)
    return expire(hold, now) if expires else decision


def _reviewed(hold: Hold, review: Review, books: Books, now: datetime) -> Decision:
    """Return what comes of a review; what is refused changes nothing, so the refusal stands for it here."""
    objection = objection_to(review, hold, in_force(books), now)
    if objection is not None:
        refusal = refuse(ReasonCode.REVIEW_REFUSED, "review", objection)
        block = replace(hold.decision, verdict=refusal.verdict, leading_reason=refusal.code)
        return replace(block, reasons=(refusal,))
    if review.act is ReviewAct.DENY:
        return deny(hold, now)
    return decide(hold.request, books, in_force(books), now, cleared=cleared_by(review, hold))


def _request(when: Plain, books: Books) -> SharingRequest:
    """Return the request; `as` names who asks for itself, `many_read_ids` how many reads it names.

    `long_text` is the length of a reason that says nothing suspicious, `pushed` are records of the agency.
    """
    if "pushed" in when:
        when = changed(PUSH, {"records": when.pop("pushed"), **when})
    if "long_text" in when:
        when["reason_text"] = "robbery ".ljust(when.pop("long_text"), "x")
    entity_id = when.pop("as", None)
    if entity_id is not None:
        name = entity_named(books, entity_id).name
        asker = {
            "recipient_name": name,
            "authenticated_as": entity_id,
            "requested_by": {"organisation": name},
        }
        when = changed(asker, when)
    if "many_read_ids" in (selector := dict(when.get("selector", {}))):
        selector["read_ids"] = [f"read-{number}" for number in range(selector.pop("many_read_ids"))]
        when["selector"] = selector
    return a_request(**when)
