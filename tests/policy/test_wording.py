"""Every reason that a scenario gives, what is explained of it and what is alerted, word for word.

Requesters and the security team are told it, and it stands in the ledger. Who changes a message or a clause
on purpose writes the file anew: `python -m tests.policy.test_wording`.
"""

from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

from streams.policy.alert import Alert
from streams.policy.alerts import alerts_of
from streams.policy.decision import Decision
from streams.policy.explain import explain
from streams.rehearsal.case_files import Case as Scenario
from tests.policy.building import NOW, in_force, some_books
from tests.policy.test_scenarios import ALL, decided, requested

GOLDEN = Path(__file__).parent / "wording.txt"


def wording() -> str:
    """Return what is told of each scenario."""
    lines: list[str] = []
    for scenario in ALL:
        decision = decided(scenario)
        lines.append(f"# {scenario.code}: {scenario.name}")
        lines += [
            f"{one.verdict} {one.code} {one.tier} {one.clause} | {one.field} | {one.message}"
            for one in decision.reasons
        ]
        lines += _told(scenario, decision)
    return "\n".join(lines) + "\n"


def _told(scenario: Scenario, decision: Decision) -> Iterator[str]:
    """Yield the explanation without the lines of the reasons, what would clear each, and the alerts."""
    books, request = some_books(scenario.given), requested(scenario)
    explained = explain(decision, request, books, in_force(books)).splitlines()
    for line in explained:
        yield f"> {line.rpartition('; ')[2] if line.startswith('- ') else line}"
    for alert in alerts_of(decision, request, NOW, lambda name: f"p{len(name)}"):
        yield f"! {' '.join(_shown(alert))}"


def _shown(alert: Alert) -> Iterator[str]:
    for field in fields(alert):
        if field.name not in {"alert_id", "decision_ids"}:
            yield f"{field.name}={getattr(alert, field.name)}"


def test_every_reason_is_told_in_these_words() -> None:
    assert wording() == GOLDEN.read_text(encoding="utf-8")


if __name__ == "__main__":
    GOLDEN.write_text(wording(), encoding="utf-8")
