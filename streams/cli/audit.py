"""`alpr-gate audit`: the periodic audit of decisions, from the sample to the report."""

from collections import Counter
from datetime import datetime
from pathlib import Path

import click
import orjson
from filelock import FileLock

from streams.cli.agreements_lint import FILE
from streams.cli.books_options import by_option
from streams.cli.books_output import grid, phrase
from streams.cli.publish import Instant
from streams.cli.terminal import console
from streams.cli.work import run
from streams.clock import SystemClock
from streams.codecs.whole_file import write_whole
from streams.errors import InputError, LedgerError
from streams.ledger.audit_log import AuditFinding, AuditLog, Outcome, added, begun, read_log
from streams.ledger.sampling import Frame, Sample, draw
from streams.policy.vocabulary import DecisionId, Verdict
from streams.publication.ledger_reading import read_ledger
from streams.settings import load_settings

OUTCOMES = [one.value for one in Outcome]
DECIDED = (Verdict.FORWARD, Verdict.BLOCK, Verdict.HOLD)
file_argument = click.argument("file", type=FILE)


@click.group()
def audit() -> None:
    """Draw a sample of decisions, record findings, report.

    \b
    Example: alpr-gate audit report audit.jsonl
    """


@audit.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--seed", required=True, help="Any text that nobody could choose after the decisions.")
@click.option("--size", type=click.IntRange(min=1), required=True, help="How many decisions.")
@click.option("--from", "start", type=Instant(), required=True, help="First instant of the period.")
@click.option("--until", "end", type=Instant(), required=True, help="The instant at which it is over.")
@click.option("--verdict", "verdicts", type=click.Choice([one.value for one in DECIDED]), multiple=True,
              help="Only these verdicts; may be given again.  [default: all]")  # fmt: skip
def sample(  # click's
    file: Path, seed: str, size: int, start: datetime, end: datetime, verdicts: tuple[str, ...]
) -> None:
    """Draw a sample of the ledger's decisions into a new FILE.

    The same seed and ledger give the same sample, so `audit check` can tell whether one was picked by hand.
    Take a seed from outside, such as a draw of the lottery after the period. Only requests pass the gate:
    searches inside a vendor's product have to be sampled there.

    \b
    Example: alpr-gate audit sample a.jsonl --seed 2026-draw --size 60 --from 2026-01-01 --until 2026-07-01
    """
    if file.exists():
        raise InputError(f"`{file}` is there already, and an audit is kept; name a new file")
    wanted = tuple(Verdict(one) for one in verdicts) or DECIDED
    frame = Frame(seed=seed, size=size, start=start, end=end, verdicts=wanted)
    found, line = begun(_drawn_from_ledger(frame))
    write_whole(file, line)
    click.echo(f"{len(found.sample.drawn)} of {found.sample.population:,} decisions drawn into `{file}`")


@audit.command()
@file_argument
@click.argument("decision_id")
@click.option("--outcome", type=click.Choice(OUTCOMES), required=True, help="What was found.")
@click.option("--method", required=True, help="How it was looked at.")
@click.option("--note", default="", help="More about it, without plates and names.")
@by_option
def record(  # click's
    file: Path, decision_id: str, outcome: str, method: str, note: str, by: str
) -> None:
    """Record what was found about one decision of the sample in FILE.

    A finding is never changed: record another one, and the last one counts.

    \b
    Example: alpr-gate audit record audit.jsonl 4f0c… --outcome in_order --method "compared with the case"
    """
    finding = AuditFinding(
        decision_id=DecisionId(decision_id),
        by=by,
        at=SystemClock().now(),
        method=method,
        outcome=Outcome(outcome),
        note=note,
    )
    # Two auditors may share the file, and neither's finding may be lost.
    with FileLock(f"{file}.lock"):
        text = file.read_bytes()
        found, line = added(read_log(text, str(file)), finding)
        write_whole(file, text + line)
    click.echo(f"{decision_id}: {outcome}; {len(found.open())} left")


@audit.command()
@file_argument
@click.option("--json", "form", flag_value="json", help="Print JSON instead of a report.")
@click.option("--report", "form", flag_value="report", default="report", hidden=True)
def report(file: Path, form: str) -> None:
    """Report what an audit found, after checking that FILE is whole.

    Keep the printed hash apart: with it anybody can tell later whether FILE is still the same. The exit code
    is 4 when a line was changed, dropped or moved.

    \b
    Example: alpr-gate audit report audit.jsonl --json > audit.json
    """
    found = read_log(file.read_bytes(), str(file))
    if form == "json":
        click.echo(orjson.dumps(_plain(found), option=orjson.OPT_INDENT_2))
    else:
        _print(found)


@audit.command()
@file_argument
def check(file: Path) -> None:
    """Draw the sample of FILE again from the ledger, and compare.

    The exit code is 4 when it is another one: it was picked by hand, or the ledger is another one.

    \b
    Example: alpr-gate audit check audit.jsonl
    """
    found = read_log(file.read_bytes(), str(file))
    if _drawn_from_ledger(found.sample.frame) != found.sample:
        raise LedgerError(f"`{file}` does not hold the sample that its seed draws from this ledger")
    click.echo(f"the sample is the one that its seed draws: {len(found.sample.drawn)} decisions")


def _drawn_from_ledger(frame: Frame) -> Sample:
    parts = run(read_ledger(load_settings(), None))
    return draw((one for part in parts for one in part.records), frame)


def _plain(found: AuditLog) -> dict[str, object]:
    return {
        "sample": found.sample,
        "examined": len(found.latest()),
        "open": found.open(),
        "outcomes": Counter(one.outcome.value for one in found.latest().values()),
        "findings": found.findings,
        "hash": found.head,
    }


def _print(found: AuditLog) -> None:
    frame, latest = found.sample.frame, found.latest()
    click.echo(
        f"{len(found.sample.drawn)} of {found.sample.population:,} decisions from {frame.start:%Y-%m-%d} "
        f"until {frame.end:%Y-%m-%d} UTC, by the seed `{frame.seed}`"
    )
    counts = Counter(one.outcome for one in latest.values())
    for outcome in Outcome:
        click.echo(f"{counts[outcome]:>6} {outcome.value.replace('_', ' ')}")
    click.echo(f"{len(found.open()):>6} not looked at yet")
    table = grid("decision", "outcome", "by", "how", "note")
    for one in latest.values():
        if one.outcome is not Outcome.IN_ORDER:
            table.add_row(*map(phrase, (one.decision_id, one.outcome, one.by, one.method, one.note)))
    if table.rows:
        console().print(table)
    click.echo(f"hash {found.head}")
