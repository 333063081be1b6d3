"""`alpr-gate shadow`: changed books beside the live gate, deciding nothing."""

import contextlib
from collections.abc import Callable, Coroutine
from functools import partial

import click

from streams.cli.backtest_output import plain_backtest, print_backtest, told
from streams.cli.books_output import plain
from streams.cli.follow_options import follow_options
from streams.cli.tail import line_of
from streams.cli.terminal import console
from streams.cli.trial_options import amended
from streams.cli.work import run
from streams.clock import SystemClock
from streams.codecs.json_text import json_text
from streams.rehearsal.amendment import Amendment
from streams.rehearsal.shadow import Disagreement, Shadow, watch
from streams.rehearsal.shadow_page import shown
from streams.settings import load_settings


@click.command()
@amended
@follow_options
@click.option(
    "--metrics-port",
    type=click.IntRange(0, 65_535),
    help="Serve counts for Prometheus at /metrics on this port; no page if not given.",
)
@click.option("--json", "form", flag_value="json", help="Print JSON lines, the counts last.")
@click.option("--text", "form", flag_value="text", default="text", hidden=True)
def shadow(amendment: Amendment, begin: str, end: str, metrics_port: int | None, form: str) -> None:
    """Follow the gate's decisions, and tell which ones changed books would make otherwise.

    A line for each disagreement as it comes, live decision first; Ctrl-C stops, and the counts are printed.
    The files are tried as `apply` would put them on the books. When the books in force change, the trial goes
    on with the changed ones. Nothing is decided, committed or written, so the gate is not touched by it.

    The exit code is 0 whatever the decisions are; `backtest` has one for pipelines.

    \b
    Example: alpr-gate shadow --policy stricter.yaml
    """
    settings = load_settings()
    beside = Shadow(settings, amendment, SystemClock())
    show = _json if form == "json" else _text
    follow = partial(watch, beside, settings, show, begin=begin, end=end)
    with contextlib.suppress(KeyboardInterrupt):
        run(follow() if metrics_port is None else _counted(follow, beside, settings.web_host, metrics_port))
    if form == "json":
        click.echo(json_text(plain(plain_backtest(beside.tally))))
    else:
        print_backtest(beside.tally)


async def _counted(
    follow: Callable[[], Coroutine[None, None, None]], beside: Shadow, host: str, port: int
) -> None:
    async with shown(beside.tally, host, port):
        await follow()


def _text(found: Disagreement) -> None:
    record, compared = found.record, found.compared
    cells = (
        f"{record.decided_at:%H:%M:%S.%f}"[:-3],
        f"{record.partition}/{record.seq}",
        told(compared.before),
        "→",
        told(compared.after),
        compared.entity_id or "-",
        "-" if found.request.purpose_code is None else found.request.purpose_code.value,
        record.decision_id,
    )
    console().print(line_of(cells), soft_wrap=True)


def _json(found: Disagreement) -> None:
    record, compared = found.record, found.compared
    line = {
        "decision_id": record.decision_id,
        "decided_at": record.decided_at,
        "before": compared.before._asdict(),
        "after": compared.after._asdict(),
        "entity_id": compared.entity_id,
        "purpose": found.request.purpose_code,
    }
    click.echo(json_text(line))
