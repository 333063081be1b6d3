"""Files of cases: what is wrong with one is told with its file and line, and nothing is passed over."""

from pathlib import Path

import pytest

from streams.errors import InputError
from streams.examples import example_path
from streams.policy.vocabulary import Verdict
from streams.rehearsal.case_coverage import Part, coverage_of
from streams.rehearsal.case_files import BASE, read_cases
from streams.rehearsal.case_running import Run, run_case
from tests.policy.building import SCENARIOS

OURS = (SCENARIOS / BASE).read_text(encoding="utf-8")
WITHOUT_A_CASE = "    when: {case_number: null}\n    then: {verdict: hold, reasons: "
EXAMPLES = example_path("policy.yaml").parent


def runs_of(folder: Path) -> list[Run]:
    found = read_cases(folder)
    return [run_case(case, found.ground) for case in found.cases]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / BASE).write_text(OURS, encoding="utf-8")
    return tmp_path


def with_case(folder: Path, case: str) -> Path:
    (folder / "own.yaml").write_text(f"scenarios:\n  - name: mine\n{case}", encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("case", "told"),
    [
        ("    then: {verdict: maybe}", ":3: scenarios[0].then.verdict: expected one of unknown, forward"),
        ("    then: {verdict: block, reasons: [NO]}", ":3: scenarios[0].then.reasons: expected one of "),
        ("    then: {verdict: block, reason: [NO]}", ":3: scenarios[0].then.reason: expected no such key"),
        ("    given: {}\n", ":2: scenarios[0].then: expected this key, got none"),
        ("    than: {verdict: block}\n    then: {verdict: block}", ":3: scenarios[0].than: expected no such"),
        ("    given: {policy: 5}\n    then: {verdict: block}", ":3: given.policy: expected keys with values"),
        ("    given: {entities: a}\n    then: {verdict: block}", ":3: given.entities: expected a list"),
        (
            "    given: {entities: [a]}\n    then: {verdict: block}",
            ":3: given.entities[0]: expected keys with",
        ),
        (
            "    when: {long_text: x}\n    then: {verdict: block}",
            ":3: when.long_text: expected a whole number",
        ),
        ("    when: {pushed: x}\n    then: {verdict: block}", ":3: when.records: expected a list"),
        ("    given: [a]\n    then: {verdict: block}", ":3: scenarios[0].given: expected keys with values"),
        (
            "    kind: falls\n    then: {verdict: block}",
            ":3: scenarios[0].kind: expected one of fires, passes",
        ),
        ("    given: {x: 2026-99-99}\n    then: {verdict: block}", ":3: scenarios[0].given: expected plain"),
        (
            "    given:\n      agreement:\n        purposez: []\n    then: {verdict: block}",
            ":5: given.agreement.purposez: expected no such key",
        ),
        (
            "    given: {agreement: {purposes: civil}}\n    then: {verdict: block}",
            ":3: given.agreement.purposes: expected a list",
        ),
        (
            "    given: {agreement: {live_feed: 1}}\n    then: {verdict: block}",
            ":3: given.agreement.live_feed: expected true or false",
        ),
        (
            "    given:\n      entities:\n        - {entity_id: a}\n    then: {verdict: block}",
            ":5: given.entities[0].name: expected this key, got none",
        ),
        ("    given: {books: {}}\n    then: {verdict: block}", ":3: given.books: expected no such key"),
        ("    when: {as: ghost}\n    then: {verdict: block}", ":3: when.as: expected the id of an entity"),
        ("    when: {now: soon}\n    then: {verdict: block}", ":3: when.now: expected a time with offset"),
        ("    when: {found: LOST}\n    then: {verdict: block}", ":3: when.found: expected a reason code"),
        (
            "    when:\n      selector:\n        plate: 8\n    then: {verdict: block}",
            ":5: when.selector.plate: expected text",
        ),
        (
            "    when: {supplement: {plate: x}}\n    then: {verdict: block}",
            ":3: when.supplement.plate: expected no such key",
        ),
    ],
)
def test_what_is_wrong_with_a_case_is_told_by_line_and_field(folder: Path, case: str, told: str) -> None:
    with pytest.raises(InputError) as wrong:
        runs_of(with_case(folder, case))
    assert str(wrong.value).startswith(f"{folder / 'own.yaml'}{told}")


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("now: 2026-05-01T19:00:00Z\n", "", ":2: now: expected this key, got none"),
        ("live_feed: false", "live_feed: maybe", ":53: agreement.live_feed: expected true or false"),
        ("kind: record_request", "kid: record_request", ":87: request.kid: expected no such key"),
    ],
)
def test_what_is_wrong_with_the_base_is_told_there(folder: Path, before: str, after: str, told: str) -> None:
    assert before in OURS
    (folder / BASE).write_text(OURS.replace(before, after), encoding="utf-8")
    with pytest.raises(InputError) as wrong:
        read_cases(with_case(folder, "    then: {verdict: forward}"))
    assert str(wrong.value).startswith(f"{folder / BASE}{told}")


def test_a_folder_without_cases_is_told(folder: Path) -> None:
    with pytest.raises(InputError, match=r"expected files with cases beside base\.yaml"):
        read_cases(folder)


@pytest.mark.parametrize(
    ("case", "failures"),
    [
        ("    then: {verdict: forward}", ()),
        (
            "    then: {verdict: hold, reasons: [CLOCK_SKEW]}",
            ("expected verdict hold, got forward", "expected reasons CLOCK_SKEW; got none"),
        ),
        (
            "    then: {verdict: forward, agreement_id: other}",
            ("expected agreement_id other, got mou-24-017",),
        ),
        (
            WITHOUT_A_CASE + "[CASE_NUMBER_MISSING], field: plate, message: plate}",
            ("expected field plate, got case_number", "expected a message with `plate`"),
        ),
    ],
)
def test_each_expectation_that_is_not_met_is_told(folder: Path, case: str, failures: tuple[str, ...]) -> None:
    (run,) = runs_of(with_case(folder, case))
    assert run.failures == failures


@pytest.mark.parametrize(("kind", "when"), [("fires", ""), ("passes", "    when: {case_number: null}\n")])
def test_a_case_shows_the_side_that_it_says(folder: Path, kind: str, when: str) -> None:
    then = "{verdict: hold, reasons: [CASE_NUMBER_MISSING]}" if when else "{verdict: forward}"
    text = f"code: CASE_NUMBER_MISSING\nscenarios:\n  - name: a\n    kind: {kind}\n{when}    then: {then}\n"
    (folder / "own.yaml").write_text(text, encoding="utf-8")
    (run,) = runs_of(folder)
    assert run.failures == (f"expected that CASE_NUMBER_MISSING {kind}",)


def test_the_books_may_be_those_of_files(tmp_path: Path) -> None:
    example = (EXAMPLES / "cases" / BASE).read_text(encoding="utf-8")
    (tmp_path / BASE).write_text(example.replace("books: ..", f"books: {EXAMPLES}"), encoding="utf-8")
    with_case(tmp_path, "    given: {agreement: {purposes: []}}\n    then: {verdict: block}")
    with pytest.raises(InputError, match=r"given.agreement: expected a change by its id"):
        runs_of(tmp_path)
    given = "given: {agreements: [{agreement_id: ex-pasadena-pd, version: 2, purposes: []}]}"
    with_case(
        tmp_path,
        f"    {given}\n    then: {{verdict: block, reasons: [PURPOSE_NOT_COVERED]}}",
    )
    (run,) = runs_of(tmp_path)
    assert run.failures == ()


def test_covered_is_what_a_case_gives_and_what_a_forward_uses(folder: Path) -> None:
    read = read_cases(with_case(folder, "    then: {verdict: forward}"))
    (run,) = runs_of(folder)
    coverage = coverage_of([run], read.ground)
    assert run.decision.verdict is Verdict.FORWARD
    assert coverage.given == frozenset()
    used = {("data type", "plate_read"), ("purpose", "criminal_investigation")}
    assert coverage.used == frozenset(Part("mou-24-017", *each) for each in used)
    assert (coverage.percent_of_rules, round(coverage.percent_of_agreements)) == (0, 33)
    # What is refused under an agreement uses nothing of it.
    (refused,) = runs_of(with_case(folder, "    when: {case_number: null}\n    then: {verdict: hold}"))
    held = coverage_of([refused], read.ground)
    assert (len(held.given), len(held.used)) == (1, 0)
