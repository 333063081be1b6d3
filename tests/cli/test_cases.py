"""`alpr-gate test` on the cases that are shipped, and on cases that fail."""

import json
import shutil
from pathlib import Path

import pytest

from streams.examples import example_path
from streams.settings import Settings
from tests.cli.books_runner import Ended, gate_on
from tests.policy.building import SCENARIOS

EXAMPLES = example_path("policy.yaml").parent


def run(folder: Path, *options: str) -> Ended:
    return gate_on(Settings())("test", str(folder), *options)


@pytest.mark.parametrize("folder", [EXAMPLES / "cases", SCENARIOS])
def test_the_cases_that_are_shipped_pass(folder: Path) -> None:
    ended = run(folder)
    assert (ended.exit_code, ended.error) == (0, "")
    count = sum(path.read_text(encoding="utf-8").count("- name: ") for path in folder.glob("*.yaml"))
    assert count >= 8
    assert ended.output.endswith(f"\n{count} cases, 0 fail\n")


def test_our_own_cases_give_every_reason() -> None:
    found = json.loads(run(SCENARIOS, "--json").output)
    assert found["rules"] == {"percent": 100.0, "missing": []}
    assert found["agreements"] == {"percent": 83.3, "missing": ["mou-24-017: scope hot_list"]}
    assert run(SCENARIOS, "--threshold", "83").exit_code == 0
    ended = run(SCENARIOS, "--threshold", "84")
    assert (ended.exit_code, ended.error) == (5, "83.3 % is covered, less than the threshold of 84 %")


def test_a_case_that_fails_is_told_with_what_came_and_why(tmp_path: Path) -> None:
    shutil.copytree(EXAMPLES, tmp_path / "books")
    cases = tmp_path / "books" / "cases" / "partners.yaml"
    cases.write_text(cases.read_text(encoding="utf-8").replace("verdict: hold", "verdict: forward"), "utf-8")
    ended = run(cases.parent)
    assert ended.exit_code == 5
    assert "a reason that mentions a screening word waits for a reviewer\n" in ended.output
    assert "    expected verdict forward, got hold\n" in ended.output
    assert "    hold REASON_NEEDS_REVIEW [reason_text]: " in ended.output
    assert ended.output.endswith("\n8 cases, 1 fail\n")
    (failed,) = json.loads(run(cases.parent, "--json").output)["failed"]
    assert (failed["file"], failed["verdict"]) == (str(cases), "hold")
    assert failed["failures"] == ["expected verdict forward, got hold"]


def test_a_wrong_file_is_told_by_its_line(tmp_path: Path) -> None:
    shutil.copytree(EXAMPLES, tmp_path / "books")
    cases = tmp_path / "books" / "cases" / "partners.yaml"
    cases.write_text(cases.read_text(encoding="utf-8").replace("verdict: hold", "verdict: held"), "utf-8")
    ended = run(cases.parent)
    assert (ended.exit_code, ended.output) == (2, "")
    assert ended.error.startswith(f"{cases}:")
