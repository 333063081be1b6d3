"""The figures of the fault campaigns as they are published: a file, and a table in docs/reliability.md."""

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from tests.faults.campaigns import CAMPAIGNS
from tests.faults.outcome import Outcome

DOCS = Path(__file__).parents[2] / "docs"
START, END = "<!-- faults -->", "<!-- end of faults -->"
HEAD = ("fault", "times", "forwards without decision", "requests lost", "duplicates", "recovery p99, s")


@dataclass(frozen=True, slots=True)
class Ran:
    """One campaign that was run: its rows, and what makes the plan again."""

    campaign: str
    rows: tuple[Outcome, ...]
    seed: int
    scale: float
    seconds: float


def p99(seconds: Sequence[float]) -> float | None:
    """Return the 99th percentile by nearest rank, which is the longest of fewer than a hundred."""
    return sorted(seconds)[math.ceil(0.99 * len(seconds)) - 1] if seconds else None


def cells(row: Outcome) -> list[str]:
    """Return one row of the table as text."""
    longest = p99(row.recovery_s)
    return [
        row.fault,
        f"{row.times:,} {row.unit}",
        str(row.forwards_without_decision),
        str(row.requests_lost),
        str(row.duplicate_decisions),
        "-" if longest is None else f"{longest:.1f}",
    ]


def entries(ran: Ran, day: date) -> list[dict[str, Any]]:
    """Return the rows as they stand in the file."""
    return [
        {
            "campaign": ran.campaign,
            "fault": row.fault,
            "times": row.times,
            "unit": row.unit,
            "forwards_without_decision": row.forwards_without_decision,
            "requests_lost": row.requests_lost,
            "duplicate_decisions": row.duplicate_decisions,
            "recovery_s_p99": None if (longest := p99(row.recovery_s)) is None else round(longest, 1),
            "remark": row.remark,
            "seed": ran.seed,
            "scale": ran.scale,
            "seconds": round(ran.seconds),
            "date": day.isoformat(),
        }
        for row in ran.rows
    ]


def replaced(known: list[dict[str, Any]], rans: Iterable[Ran], day: date) -> list[dict[str, Any]]:
    """Return all rows: new ones of the campaigns that ran, those that are known of the others."""
    new = {ran.campaign: entries(ran, day) for ran in rans}
    kept = [row for row in known if row["campaign"] not in new]
    order = [each.name for each in CAMPAIGNS]
    rows = [*kept, *(row for each in new.values() for row in each)]
    return sorted(rows, key=lambda row: order.index(row["campaign"]))


def table(rows: Iterable[dict[str, Any]]) -> str:
    """Return the Markdown table of the rows in the file."""
    lines = [[*HEAD, "run"], ["---"] * (len(HEAD) + 1)]
    for row in rows:
        recovery = "-" if row["recovery_s_p99"] is None else f"{row['recovery_s_p99']:.1f}"
        lines.append(
            [
                f"{row['fault']}<br>*{row['remark']}*" if row["remark"] else row["fault"],
                f"{row['times']:,} {row['unit']}",
                str(row["forwards_without_decision"]),
                str(row["requests_lost"]),
                str(row["duplicate_decisions"]),
                recovery,
                f"`{row['campaign']}`, seed {row['seed']}, scale {row['scale']:g}, {row['date']}",
            ]
        )
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def write(rans: Iterable[Ran], day: date) -> None:
    """Write both files; the prose around the table stays as it is."""
    figures, page = DOCS / "reliability.json", DOCS / "reliability.md"
    known = json.loads(figures.read_text("utf-8")) if figures.exists() else []
    rows = replaced(known, rans, day)
    figures.write_text(json.dumps(rows, indent=2) + "\n", "utf-8")
    page.write_text(with_table(page.read_text("utf-8"), table(rows)), "utf-8")


def with_table(page: str, rows: str) -> str:
    """Return the page with another table between its two marks."""
    before, rest = page.split(START)
    _, after = rest.split(END)
    return f"{before}{START}\n\n{rows}\n\n{END}{after}"
