"""What one fault campaign did and found: one row of docs/reliability.md."""

from collections.abc import Iterable
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How often a fault was injected, and what it cost.

    A campaign that finds a flaw says so in the numbers and goes on; the command fails at its end when one of
    the three counts is not zero. `recovery_s` are seconds from the injection (or its end, where nothing can
    be decided meanwhile) to the next decision of what was hit; empty where nothing had to recover.
    `unit` names what `times` counts: kills, inputs, edits, comparisons.
    """

    fault: str
    times: int
    unit: str
    forwards_without_decision: int
    requests_lost: int
    duplicate_decisions: int
    recovery_s: tuple[float, ...] = ()
    # What else a reader must know to read the row right, one sentence.
    remark: str = ""

    @property
    def sound(self) -> bool:
        """Tell whether every promise held."""
        return not (self.forwards_without_decision or self.requests_lost or self.duplicate_decisions)


def merged(outcomes: Iterable[Outcome]) -> tuple[Outcome, ...]:
    """Return one row for each fault, of what several trials of it found; unit and remark are the first's."""
    rows: dict[str, Outcome] = {}
    for each in outcomes:
        row = rows.get(each.fault)
        rows[each.fault] = (
            each
            if row is None
            else replace(
                row,
                times=row.times + each.times,
                forwards_without_decision=row.forwards_without_decision + each.forwards_without_decision,
                requests_lost=row.requests_lost + each.requests_lost,
                duplicate_decisions=row.duplicate_decisions + each.duplicate_decisions,
                recovery_s=row.recovery_s + each.recovery_s,
            )
        )
    return tuple(rows.values())
