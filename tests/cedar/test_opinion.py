"""Cedar's opinion on the gate's decisions: they agree, and would not if a rule were left out or altered."""

from dataclasses import replace
from random import Random

import pytest

from streams.policy.decide import decide
from streams.policy.vocabulary import Purpose
from tests.cedar import comparison
from tests.cedar.comparison import OF_AGREEMENTS, Comparison, Sheet, compare, sheet_of
from tests.cedar.compiling import RULES
from tests.cedar.near_worlds import ENTITIES
from tests.cedar.sheets import sheets
from tests.cedar.world import World
from tests.policy.building import NOW, a_policy, a_request, an_agreement

REQUESTS = 5_000
# The codes of the rules as they stand in Cedar; the gate has some more.
CODES = tuple(line.split('"')[1] for line in RULES.splitlines() if line.startswith("@id("))


@pytest.fixture(scope="module")
def generated() -> list[Sheet]:
    return list(sheets(Random(20_260_501), REQUESTS))  # noqa: S311  # must repeat


@pytest.fixture(scope="module")
def compared(generated: list[Sheet]) -> Comparison:
    return compare(generated)


def test_no_decision_differs(compared: Comparison) -> None:
    assert compared.disagreements == []
    assert compared.verdicts.total() == REQUESTS


def test_no_reason_of_a_request_differs(compared: Comparison) -> None:
    assert compared.other_reasons == []


def test_a_good_share_is_forwarded_and_every_rule_refuses_some(compared: Comparison) -> None:
    assert compared.verdicts["forward"] > REQUESTS / 10
    assert {"RECIPIENT_NONSPECIFIC", *CODES, *OF_AGREEMENTS} - set(compared.codes) == set()


def agree(generated: list[Sheet], rules: str) -> bool:
    """Tell whether the two agree on everything under other rules of Cedar's."""
    compared = Comparison()
    for sheet in generated:
        compared.add(sheet, rules)
        if not compared.agrees:
            return False
    return True


@pytest.mark.parametrize("code", CODES)
def test_without_a_rule_the_two_disagree(code: str, generated: list[Sheet]) -> None:
    kept = [rule for rule in RULES.split("\n\n") if f'@id("{code}")' not in rule]
    assert not agree(generated, "\n\n".join(kept))


@pytest.mark.parametrize(
    ("rule", "altered"),
    [
        ("context.expires_at <= context.now", "context.expires_at < context.now"),
        ("context.plate_literals < 4", "context.plate_literals < 5"),
        ("context.read_ids > 1000", "context.read_ids > 999"),
        ("context.longest_text > 10000", "context.longest_text >= 10000"),
        ("context.hidden_at <= context.now", "context.hidden_at < context.now"),
        ('principal.jurisdiction != "US-CA"', 'principal.jurisdiction == "US"'),
    ],
)
def test_with_a_boundary_moved_by_one_the_two_disagree(
    rule: str, altered: str, generated: list[Sheet]
) -> None:
    assert rule in RULES
    assert not agree(generated, RULES.replace(rule, altered))


def test_with_a_rule_of_ours_switched_off_the_two_disagree(monkeypatch: pytest.MonkeyPatch) -> None:
    """The gate is made to take every purpose for a criminal investigation."""
    monkeypatch.setattr(
        comparison,
        "decide",
        lambda request, *others: decide(
            replace(request, purpose_code=Purpose.CRIMINAL_INVESTIGATION), *others
        ),
    )
    world = World(entities=ENTITIES, agreements=(an_agreement(),), policy=a_policy(), revision=41)
    compared = compare([sheet_of(world, [(replace(a_request(), purpose_code=Purpose.COMMERCIAL), NOW)])])
    assert [one.cedars for one in compared.disagreements] == [
        {"COMMERCIAL_PURPOSE", "PURPOSE_NOT_AUTHORISED"}
    ]
