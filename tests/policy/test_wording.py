"""Every reason that a scenario gives, word for word: requesters are told it, and it stands in the ledger.

Who changes a message or a clause on purpose writes the file anew: `python -m tests.policy.test_wording`.
"""

from pathlib import Path

from tests.policy.test_scenarios import ALL, decided

GOLDEN = Path(__file__).parent / "wording.txt"


def wording() -> str:
    """Return the reasons of each scenario."""
    lines: list[str] = []
    for scenario in ALL:
        decision = decided(scenario)
        lines.append(f"# {scenario.code}: {scenario.name}")
        lines += [
            f"{one.verdict} {one.code} {one.tier} {one.clause} | {one.field} | {one.message}"
            for one in decision.reasons
        ]
    return "\n".join(lines) + "\n"


def test_every_reason_is_told_in_these_words() -> None:
    assert wording() == GOLDEN.read_text(encoding="utf-8")


if __name__ == "__main__":
    GOLDEN.write_text(wording(), encoding="utf-8")
