"""`alpr-gate tail`: what the gate writes, as it comes."""

import contextlib
from collections.abc import Callable
from dataclasses import dataclass

import click
from rich.console import Console
from rich.text import Text

from streams.cli.follow_options import follow_options
from streams.cli.work import run
from streams.codecs.alert import decode_alert
from streams.codecs.answer import decode_answer
from streams.codecs.json_text import json_text
from streams.codecs.ledger_record import decode_ledger_record
from streams.codecs.sealed_hold import decode_sealed_hold
from streams.kafka.tailing import tail_topic
from streams.ledger.record import LedgerRecord
from streams.ledger.sealed_hold import SealedHold
from streams.policy.alert import Alert
from streams.policy.answer import Answer
from streams.settings import load_settings
from streams.topics import Topics

COLOURS = {
    "forward": "green",
    "block": "red",
    "hold": "yellow",
    "critical": "bold red",
    "high": "red",
    "medium": "yellow",
    "low": "blue",
}
Row = tuple[str, ...]


def _decision_row(record: LedgerRecord) -> Row:
    return (
        f"{record.decided_at:%H:%M:%S.%f}"[:-3],
        f"{record.partition}/{record.seq}",
        record.kind,
        record.verdict,
        record.leading_reason or "-",
        record.entity_id or "-",
        record.decision_id,
    )


def _alert_row(alert: Alert) -> Row:
    return (
        f"{alert.window_to:%H:%M:%S.%f}"[:-3],
        alert.severity,
        alert.kind,
        alert.organisation,
        alert.summary,
        alert.alert_id,
    )


def _answer_row(answer: Answer) -> Row:
    until = "-" if answer.deadline is None else f"until {answer.deadline:%Y-%m-%d %H:%M}"
    missing = ", ".join(answer.missing) or "-"
    return (
        f"{answer.answered_at:%H:%M:%S.%f}"[:-3],
        answer.kind,
        answer.verdict,
        answer.organisation,
        missing,
        until,
        answer.explanation,
    )


def _hold_row(hold: SealedHold) -> Row:
    return (
        f"{hold.opened_at:%H:%M:%S.%f}"[:-3],
        "hold",
        f"until {hold.deadline:%Y-%m-%d %H:%M}",
        hold.decision_id,
    )


@dataclass(frozen=True, slots=True)
class Tailed:
    """One topic that can be followed: where it is, how a value is read, and how it looks on a line."""

    topic: Callable[[Topics], str]
    read: Callable[[bytes], object]
    row: Callable[..., Row]


TAILED = {
    "decisions": Tailed(lambda topics: topics.decisions.name, decode_ledger_record, _decision_row),
    "alerts": Tailed(lambda topics: topics.alerts.name, decode_alert, _alert_row),
    "answers": Tailed(lambda topics: topics.answers.name, decode_answer, _answer_row),
    "holds": Tailed(lambda topics: topics.holds.name, decode_sealed_hold, _hold_row),
}


def line_of(row: Row) -> Text:
    """Return one line, with its words in the colour of what they mean."""
    line = Text(no_wrap=True, overflow="ellipsis")
    for cell in row:
        line.append(cell, style=COLOURS.get(cell, ""))
        line.append("  ")
    return line


@click.command()
@click.argument("what", type=click.Choice(list(TAILED)))
@follow_options
@click.option("--json", "form", flag_value="json", help="Print JSON lines, for pipes.")
@click.option("--text", "form", flag_value="text", default="text", hidden=True)
def tail(what: str, begin: str, end: str, form: str) -> None:
    """Follow decisions, alerts, answers or holds as they come; Ctrl-C stops.

    Records of open transactions are not shown: what you see has happened. A line of holds without a value
    says that the hold was resolved.

    \b
    Example: alpr-gate tail decisions --from-start --until-now --json | jq -r .leading_reason | sort | uniq -c
    """
    with contextlib.suppress(KeyboardInterrupt):
        run(_tail(TAILED[what], begin, end, form))


async def _tail(tailed: Tailed, begin: str, end: str, form: str) -> None:
    settings = load_settings()
    console = Console(highlight=False, soft_wrap=True)
    async for record in tail_topic(settings, tailed.topic(Topics.of(settings)), begin=begin, end=end):
        # A tombstone: of these topics only the compacted one of holds has them.
        if record.value is None:
            # The key alone is left of it: the id of the decision that held.
            key = (record.key or b"").decode(errors="replace")
            row: Row = ("-", "resolved", key)
            value: object = {"key": key, "resolved": True}
        else:
            value = tailed.read(record.value)
            row = tailed.row(value)
        if form == "json":
            click.echo(json_text(value))
        else:
            console.print(line_of(row))
