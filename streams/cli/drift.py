"""`alpr-gate drift`: what vendors have open in their own products, set against the books."""

import asyncio
import sys
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

import click
import orjson

from streams.adapters.drift_page import DriftGauges, shown
from streams.adapters.share_record import Recorded, open_record, read_record
from streams.adapters.vendor_word import Statement, Word, take_in
from streams.books.loader import read_books
from streams.cli.drift_options import Asked, BookFiles, asked_of, book_options, vendor_options
from streams.cli.drift_output import Report, csv_of, plain_report, print_report
from streams.cli.request_input import books_of_files, policy_of_file
from streams.cli.work import run
from streams.clock import SystemClock
from streams.codecs.whole_file import write_whole
from streams.errors import DriftError, GateError, InputError
from streams.policy.books import Books
from streams.policy.drift import drift_of
from streams.policy.drift_tasks import closed_tasks
from streams.policy.policy_in_force import PolicyInForce
from streams.policy.share_memory import ShareMemory
from streams.policy.tasks import open_tasks
from streams.settings import load_settings


@dataclass(frozen=True, slots=True)
class Ground:
    """What a vendor's word is set against."""

    books: Books
    policy: PolicyInForce


@dataclass(frozen=True, slots=True)
class Heard:
    """A vendor's word beside what was on record of it before."""

    word: Word
    recorded: Recorded


@click.command()
@vendor_options
@book_options
@click.option(
    "--record", "keep", flag_value="record", help="Put on record what has changed since the last time."
)
@click.option("--no-record", "keep", flag_value="look", default="look", hidden=True)
@click.option("--every", type=click.FloatRange(min=1), metavar="SECONDS", help="Compare again and again.")
@click.option(
    "--metrics-port",
    type=click.IntRange(0, 65_535),
    metavar="PORT",
    help="With --every: serve what was found at /metrics.",
)
@click.option("--csv", "csv_file", type=click.Path(dir_okay=False, path_type=Path),
              help="File for a row of each finding.")  # fmt: skip
@click.option("--json", "form", flag_value="json", help="Print JSON instead of a report.")
@click.option("--report", "form", flag_value="report", default="report", hidden=True)
def drift(
    csv_file: Path | None, form: str, every: float | None, metrics_port: int | None, **given: Any
) -> None:
    """Compare what a vendor has open in its own product with the books.

    The gate stops what is sent through it; what is switched on at a vendor's it can only find. A list is CSV
    or JSON, of a portal or with the columns recipient, network and scopes. Without a list and a log it looks
    at what is on record of the vendor.

    With --record the next run knows what was there: a share that comes back is found, and one that is removed
    can close its task.

    The exit code is 6 when something is open that no agreement gives, or cannot be read. With --every it runs
    until it is stopped; a list that cannot be had is told, and tried again the next time.

    \b
    Example: alpr-gate drift --vendor-list portal.csv --of "Los Angeles CA PD" --csv drift.csv
    """
    asked = asked_of(given)
    keep = given.pop("keep")
    compare, tell = partial(_compared, asked, BookFiles(**given), keep), partial(_tell, csv_file, form)
    if every is not None:
        run(_watch(compare, tell, every, metrics_port))
    report = run(compare())
    tell(report)
    if report.problems:
        raise DriftError(f"{report.problems:,} to look at: what is open at a vendor's is closed there")


def _tell(csv_file: Path | None, form: str, report: Report) -> None:
    if csv_file is not None:
        write_whole(csv_file, csv_of(report.findings).encode())
    if form == "json":
        click.echo(orjson.dumps(plain_report(report), option=orjson.OPT_INDENT_2))
    else:
        print_report(report)


async def _watch(
    compare: Callable[[], Awaitable[Report]],
    tell: Callable[[Report], None],
    every: float,
    metrics_port: int | None,
) -> NoReturn:
    settings, gauges = load_settings(), DriftGauges()
    async with AsyncExitStack() as stack:
        if metrics_port is not None:
            port = await stack.enter_async_context(shown(gauges, settings.web_host, metrics_port))
            click.echo(f"metrics on {settings.web_host}:{port}", err=True)
        while True:
            try:
                report = await compare()
                tell(report)
                gauges.compared(report.findings, report.at)
            except GateError as error:
                # It may be there again the next time; until then the page says how old its numbers are.
                click.echo(f"alpr-gate: {error}", err=True)
            # What is printed is read through a pipe, by whoever keeps the log of it.
            sys.stdout.flush()
            await asyncio.sleep(every)


async def _compared(asked: Asked, files: BookFiles, keep: str) -> Report:
    statement, now = await asked.read(), SystemClock().now()
    if files.registry is not None:
        if keep == "record":
            raise click.UsageError("--record is for the books on Kafka, not for those of files")
        books = books_of_files(files.registry, files.agreements)
        ground = Ground(books, policy_of_file(files.policy))
        nothing = Recorded(ShareMemory(), 0)
        heard = Heard(take_in(statement, nothing.memory, now), nothing)
    else:
        ground = await _ground_on_kafka(files)
        heard = await _WAYS[keep](statement, now)
    return _report(heard, ground, now)


async def _ground_on_kafka(files: BookFiles) -> Ground:
    if files.agreements is not None or files.policy is not None:
        raise click.UsageError("--agreements and --policy go with --registry")
    books = await read_books(load_settings())
    policy = books.policy()
    if policy is None:
        raise InputError(
            "the books hold no policy, so nobody knows who may receive: `alpr-gate policy apply`"
        )
    return Ground(books, policy)


async def _look(statement: Statement, now: datetime) -> Heard:
    recorded = await read_record(load_settings())
    return Heard(take_in(statement, recorded.memory, now), recorded)


async def _record(statement: Statement, now: datetime) -> Heard:
    async with open_record(load_settings()) as record:
        word = take_in(statement, record.recorded.memory, now)
        await record.add(word.changes)
        return Heard(word, record.recorded)


_WAYS: Mapping[str, Callable[[Statement, datetime], Awaitable[Heard]]] = {"look": _look, "record": _record}


def _report(heard: Heard, ground: Ground, now: datetime) -> Report:
    books = ground.books
    return Report(
        at=now,
        shares=heard.word.shares,
        findings=drift_of(heard.word.shares, books, ground.policy, now),
        # By the word of all vendors: what one has closed another may have open.
        closed=closed_tasks(open_tasks(books, now), tuple(heard.recorded.memory.shares()), books),
        unread_rows=heard.word.unread,
        unread_records=heard.recorded.unread,
    )
