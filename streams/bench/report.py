"""The report: tables for people, `latest.json` for tools, and what was aimed at.

A bench that is run alone replaces its own part of the file; each part says when and on what it was measured.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import orjson
from rich.console import Console
from rich.table import Table

from streams.bench.finding import Finding
from streams.codecs.whole_file import write_whole
from streams.errors import InputError

FILE = "latest.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What one figure should be: at most, or at least, `limit`. `path` leads to it in the file."""

    text: str
    path: Sequence[str]
    limit: float
    at_least: bool = False

    def met(self, value: float) -> bool:
        """Tell whether the figure is good enough."""
        return value >= self.limit if self.at_least else value <= self.limit


def _least(contender: str, limit: float) -> Target:
    return Target(
        text=f"throughput, gate ÷ {contender}", path=("ratios", contender), limit=limit, at_least=True
    )


def _most(contender: str, limit: float) -> Target:
    return Target(text=f"overhead, gate ÷ {contender}", path=("overhead_ratios", contender), limit=limit)


TARGETS = (
    _least("quix_streams", 1.5),
    _least("stock_faust", 8),
    _least("librdkafka_loop", 0.9),
    _most("quix_streams", 0.25),
    _most("stock_faust", 1 / 30),
    _most("librdkafka_loop", 1.5),
    Target(
        text="latency, Quix Streams ÷ gate, p50 at 50/s",
        path=("latency", "quix_streams_p50_over_gate_at_50"),
        limit=20,
        at_least=True,
    ),
    Target(text="decide, growth from 10 to 10,000 agreements", path=("decide", "growth"), limit=1.1),
    Target(
        text="decide, p99 µs at 10,000 agreements",
        path=("decide", "by_agreements", "10000", "p99_microseconds"),
        limit=20,
    ),
    Target(
        text="backtest, requests/s, one agreement narrower",
        path=("backtest", "one_agreement_narrower", "requests_per_second"),
        limit=100_000,
        at_least=True,
    ),
    Target(text="CURRENT, seconds", path=("start", "seconds"), limit=2),
    Target(text="revocation, p99 ms", path=("revocation", "p99_ms"), limit=250),
    Target(text="memory, MiB at the end of the soak", path=("soak", "last_mib"), limit=300),
)


def merged(
    folder: Path, findings: Mapping[str, Finding], machine: Mapping[str, object], now: datetime
) -> dict[str, object]:
    """Return the content of the file with these findings in the place of earlier ones.

    Raises:
        InputError: the file that is there is not JSON.
    """
    report = _earlier(folder / FILE)
    for name, finding in findings.items():
        measured = {"measured_at": now.isoformat(timespec="seconds"), "machine": dict(machine)}
        if name == "match":
            # At the top, where whoever compares looks for them.
            report |= measured | dict(finding.figures)
        else:
            report[name] = dict(finding.figures) | measured
    return report


def _earlier(path: Path) -> dict[str, object]:
    if not path.exists():
        return {}
    try:
        content = orjson.loads(path.read_bytes())
    except orjson.JSONDecodeError as error:
        raise InputError(f"{path}: expected the report of an earlier run; remove it") from error
    return dict(content)


def write_report(folder: Path, report: Mapping[str, object]) -> Path:
    """Write the file, and return where it is.

    Raises:
        InputError: the folder cannot be written.
    """
    path = folder / FILE
    write_whole(path, orjson.dumps(dict(report), option=orjson.OPT_INDENT_2) + b"\n")
    return path


def print_finding(finding: Finding, out: Console) -> None:
    """Print the table of a finding."""
    table = Table(title=finding.title, box=None, title_justify="left")
    for place, column in enumerate(finding.columns):
        table.add_column(column, justify="right" if place else "left")
    for row in finding.rows:
        table.add_row(*row)
    out.print(table)
    out.print()


def print_targets(report: Mapping[str, object], out: Console) -> None:
    """Print each target that the report has a figure for, met or missed."""
    table = Table(title="targets", box=None, title_justify="left")
    for column in ("", "measured", "target", ""):
        table.add_column(column, justify="right" if column else "left")
    for target in TARGETS:
        value = figure(report, target.path)
        if value is not None:
            sign = "≥" if target.at_least else "≤"
            word = "[green]met[/]" if target.met(value) else "[red]missed[/]"
            table.add_row(target.text, f"{value:.3g}", f"{sign} {target.limit:.3g}", word)
    out.print(table)


def figure(report: Mapping[str, object], path: Sequence[str]) -> float | None:
    """Return the number at the end of the path, or None when it was not measured."""
    value: object = report
    for key in path:
        value = value.get(key) if isinstance(value, Mapping) else None
    return float(value) if isinstance(value, int | float) else None
