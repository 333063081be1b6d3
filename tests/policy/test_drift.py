"""What a vendor says is open, against the books: every scenario of `drift.yaml`."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from streams.policy.drift import Finding, drift_of
from streams.policy.reasons import ROWS
from streams.policy.share_memory import ShareMemory
from tests.policy.building import NOW, in_force, some_books
from tests.policy.vendor_record import change_of

SCENARIOS = yaml.safe_load(Path(__file__).with_name("drift.yaml").read_text(encoding="utf-8"))


def found(scenario: dict[str, Any]) -> tuple[Finding, ...]:
    memory = ShareMemory(change_of(line) for line in scenario["changes"])
    books = some_books(scenario.get("given"))
    return drift_of(memory.shares(), books, in_force(books), NOW)


def told(findings: tuple[Finding, ...]) -> Iterator[str]:
    for one in findings:
        scopes = f": {', '.join(one.scopes)}" if one.scopes else ""
        yield f"{one.reason.code} {one.severity} {one.network or '-'} {one.recipient_name}{scopes}"


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda one: str(one["name"]))
def test_scenario(scenario: dict[str, Any]) -> None:
    findings = found(scenario)
    assert list(told(findings)) == scenario["findings"]
    for one in findings:
        row = ROWS[one.reason.code]
        assert (one.reason.tier, one.reason.clause) == (row.tier, row.clause)
        assert one.reason.message
    # The same whenever it is found, and another for every other finding.
    assert findings == found(scenario)
    assert len({one.finding_id for one in findings}) == len(findings)


def test_the_same_finding_on_another_network_version_or_removal_is_another_one() -> None:
    ids = set()
    for network in ("north", "south"):
        for version in (3, 4):
            books = some_books({"agreement": {"version": version, "status": "revoked"}})
            memory = ShareMemory([change_of(f"2026-01-02 grant {network} Pasadena CA PD: search")])
            ids |= {one.finding_id for one in drift_of(memory.shares(), books, in_force(books), NOW)}
    for month in (3, 4):
        lines = ("2026-01-03 grant", f"2026-0{month}-02 removal", f"2026-0{month}-03 grant")
        memory = ShareMemory(change_of(f"{line} north Pasadena CA PD") for line in lines)
        books = some_books()
        ids |= {one.finding_id for one in drift_of(memory.shares(), books, in_force(books), NOW)}
    assert len(ids) == 6


def test_spellings_that_names_are_compared_by_are_one_finding() -> None:
    books, given = some_books(), change_of("2026-01-02 grant north Nobody PD: search")
    one, other = (
        drift_of(ShareMemory([change]).shares(), books, in_force(books), NOW)
        for change in (given, replace(given, recipient_name="  Nobody PD\u00a0"))
    )
    assert [each.finding_id for each in one] == [each.finding_id for each in other]
