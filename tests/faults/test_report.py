"""What is published says what was found, and keeps what others found before."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from tests.faults import report
from tests.faults.campaigns import CAMPAIGNS
from tests.faults.outcome import Outcome, merged
from tests.faults.report import Ran, entries, p99, replaced, table, with_table, write

DAY = date(2026, 3, 1)
CLEAN = Outcome(
    fault="a fault",
    times=3,
    unit="kills",
    forwards_without_decision=0,
    requests_lost=0,
    duplicate_decisions=0,
    recovery_s=(1.0, 3.0, 2.0),
)


def ran(campaign: str, *rows: Outcome) -> Ran:
    return Ran(campaign, rows, seed=7, scale=1.0, seconds=12.4)


@pytest.mark.parametrize(
    "flawed",
    [
        replace(CLEAN, forwards_without_decision=1),
        replace(CLEAN, requests_lost=1),
        replace(CLEAN, duplicate_decisions=1),
    ],
)
def test_any_count_that_is_not_zero_is_unsound(flawed: Outcome) -> None:
    assert CLEAN.sound
    assert not flawed.sound


def test_trials_of_one_fault_add_up() -> None:
    (row,) = merged([CLEAN, replace(CLEAN, requests_lost=2, recovery_s=(9.0,))])
    assert (row.times, row.requests_lost, row.recovery_s) == (6, 2, (1.0, 3.0, 2.0, 9.0))


@pytest.mark.parametrize(("many", "expected"), [(0, None), (1, 0.0), (100, 98.0), (101, 99.0), (200, 197.0)])
def test_p99_is_by_nearest_rank(many: int, expected: float | None) -> None:
    assert p99([float(number) for number in reversed(range(many))]) == expected


def test_the_rows_of_a_campaign_that_ran_take_the_place_of_its_old_ones_alone() -> None:
    first, second = (each.name for each in CAMPAIGNS[:2])
    before = replaced([], [ran(second, CLEAN), ran(first, CLEAN)], DAY)
    after = replaced(before, [ran(second, replace(CLEAN, times=5))], DAY)
    assert [(row["campaign"], row["times"]) for row in after] == [(first, 3), (second, 5)]


def test_the_table_tells_each_count_and_the_slowest_recovery() -> None:
    rows = entries(ran("steps", replace(CLEAN, requests_lost=2, remark="Told.")), DAY)
    assert table(rows).splitlines()[2] == (
        "| a fault<br>*Told.* | 3 kills | 0 | 2 | 0 | 3.0 | `steps`, seed 7, scale 1, 2026-03-01 |"
    )


def test_the_prose_around_the_table_stays() -> None:
    page = "# Title\n\n<!-- faults -->\nold\n<!-- end of faults -->\n\nMore.\n"
    assert with_table(page, "new") == "# Title\n\n<!-- faults -->\n\nnew\n\n<!-- end of faults -->\n\nMore.\n"


def test_both_files_are_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report, "DOCS", tmp_path)
    page = tmp_path / "reliability.md"
    page.write_text("<!-- faults --><!-- end of faults -->", "utf-8")
    write([ran("steps", CLEAN)], DAY)
    write([ran("random", CLEAN)], DAY)
    assert page.read_text("utf-8").count("a fault") == 2
    assert (tmp_path / "reliability.json").read_text("utf-8").count('"recovery_s_p99": 3.0') == 2
