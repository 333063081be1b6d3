"""Every bench by its name, and the run of some of them on one broker."""

from collections.abc import Callable, Sequence
from pathlib import Path

from rich.console import Console

from streams.bench import books_benches, match, sweeps
from streams.bench.backtests import backtests
from streams.bench.chart import draw
from streams.bench.deciding import deciding
from streams.bench.finding import Finding
from streams.bench.ground import Ground, ground
from streams.bench.latency import latencies
from streams.bench.live import live
from streams.bench.machine import machine
from streams.bench.parts import parts
from streams.bench.report import merged, print_finding, print_targets, write_report
from streams.bench.soak import soak
from streams.bench.world import World
from streams.clock import Clock

Bench = Callable[[Ground, Callable[[str], None]], Finding]

BENCHES: dict[str, Bench] = {
    "latency": latencies,
    "decide": lambda on, _: deciding(on),
    "parts": lambda on, _: parts(on),
    "backtest": backtests,
    "agreements": sweeps.agreements,
    "partitions": sweeps.partitions,
    "workers": sweeps.workers,
    "sizes": sweeps.sizes,
    "recipients": sweeps.recipients,
    "start": books_benches.start,
    "revocation": books_benches.revocation,
    "live": live,
    "soak": soak,
}


def run_benches(names: Sequence[str], clock: Clock, out: Console, rounds: int, folder: Path) -> None:
    """Run the benches in their order, print what they found, and write the report and the chart.

    Raises:
        TrialError: a contender lost, doubled or changed something; nothing is written then.
        UnavailableError: the broker or a contender is not there.
        InputError: the folder cannot be written.
    """

    def told(step: str) -> None:
        out.print(f"[cyan]●[/] {step}", soft_wrap=True)

    def play(on: Ground, told: Callable[[str], None]) -> Finding:
        return match.finding_of(match.play(on, World(now=clock.now()), rounds, told))

    benches = {"match": play} | BENCHES
    with ground(clock) as on:
        findings = {name: benches[name](on, told) for name in names}
    report = merged(folder, findings, machine(), clock.now())
    out.print()
    for finding in findings.values():
        print_finding(finding, out)
    print_targets(report, out)
    paths = [write_report(folder, report)]
    if "match" in findings:
        paths += draw(report, folder)
    out.print("\nwritten: " + ", ".join(map(str, paths)))
