"""`alpr-gate backtest`: what a change of the books would have made of the requests that were asked."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

import click

from streams.cli.backtest_output import plain_backtest, print_backtest
from streams.cli.books_input import books_in_force
from streams.cli.books_output import print_json
from streams.cli.request_input import name_of
from streams.cli.trial_options import Since, amended
from streams.cli.work import run
from streams.clock import SystemClock
from streams.codecs.request_json import request_from_json
from streams.errors import InputError, RehearsalError
from streams.policy.comparison import compared
from streams.rehearsal.amendment import Amendment, sides_of
from streams.rehearsal.asked import BATCH, Asked, Lines, Rehearsal, Work
from streams.rehearsal.recorded import stretches
from streams.rehearsal.replaying import replay
from streams.rehearsal.tally import Tally
from streams.settings import load_settings

Advance = Callable[[int], object]
# What ends with exit code 5, as how many requests of a tally it is about.
FAILURES: dict[str, Callable[[Tally], int]] = {
    "change": lambda tally: tally.changed,
    "wider": lambda tally: tally.wider,
    "nothing": lambda _: 0,
}


@click.command()
@click.argument("file", type=click.File("rb"), required=False)
@amended
@click.option(
    "--against",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder with policy.yaml, registry.yaml and agreements.yaml, to compare with instead of Kafka.",
)
@click.option(
    "--since", type=Since(), help="Replay from then on, such as 90d or 2026-01-31; all if not given."
)
@click.option(
    "--fail-on",
    type=click.Choice(list(FAILURES)),
    default="change",
    show_default=True,
    help="What ends with exit code 5: any change, something forwarded that was not, or nothing.",
)
@click.option("--json", "form", flag_value="json", help="Print all of it as JSON.")
@click.option("--text", "form", flag_value="text", default="text", hidden=True)
def backtest(
    file: BinaryIO | None,
    amendment: Amendment,
    against: Path | None,
    since: datetime | None,
    fail_on: str,
    form: str,
) -> None:
    """Replay recorded requests under changed books, and tell which decisions change.

    Requests come from Kafka, or from FILE with a request as JSON in each line. The files are tried as `apply`
    would put them on the books, and what it would refuse is refused here; what is not given stays as it is in
    force. Each request is decided twice as at the time when it was decided, or when it was asked if no ledger
    tells. Nothing is written anywhere.

    Repeats and supplements need a memory and are left out. In a FILE whoever `authenticated_as` names is
    taken as vouched for.

    The exit code is 0 when no decision changes and 5 when one does (see --fail-on); 2 and 3 when the change
    could not be applied.

    \b
    Example: alpr-gate backtest --agreements narrower.yaml --since 90d
    """
    if file is not None and since is not None:
        raise click.UsageError("--since is for requests from Kafka, FILE is replayed as a whole")
    now = SystemClock().now()
    rehearsal = Rehearsal(compared(*sides_of(books_in_force(against), amendment, now)), now)
    tally = run(_kafka(rehearsal, since) if file is None else _file(file, rehearsal))
    if form == "json":
        print_json(plain_backtest(tally))
    else:
        print_backtest(tally)
    found = FAILURES[fail_on](tally)
    if found:
        raise RehearsalError(f"{found:,} decisions would change: this is what --fail-on {fail_on} is about")


async def _kafka(rehearsal: Rehearsal, since: datetime | None) -> Tally:
    wanted = await stretches(load_settings(), since)
    with progress(sum(stretch.extent for stretch in wanted)) as advance:
        return await replay(wanted, rehearsal, advance)


async def _file(file: BinaryIO, rehearsal: Rehearsal) -> Tally:
    with progress(_size_of(file)) as advance:
        tally = await replay(_lines(file), rehearsal, advance)
    # From a person's own file nothing is passed over: a line that cannot be read may be a slip of the file.
    for line, expected in tally.unreadable:
        raise InputError(f"{name_of(file)}:{line}: {expected}")
    return tally


def _lines(file: BinaryIO) -> Iterator[Work]:
    asked: list[Asked] = []
    extent = 0
    for number, line in enumerate(file, start=1):
        extent += len(line)
        if line.strip():
            asked.append(Asked(number, line))
        if len(asked) == BATCH:
            yield Lines(request_from_json, tuple(asked), extent)
            asked, extent = [], 0
    yield Lines(request_from_json, tuple(asked), extent)


def _size_of(file: BinaryIO) -> int | None:
    """Return how many bytes the file has, or None for a pipe."""
    return Path(file.name).stat().st_size if file.seekable() and Path(file.name).is_file() else None


@contextmanager
def progress(length: int | None) -> Iterator[Advance]:
    """Show a bar on stderr while somebody watches both streams, and nothing to who reads a pipe."""
    if not (sys.stdout.isatty() and sys.stderr.isatty()):
        yield _be_silent
        return
    shown: Any = click.progressbar(length=length, label="replaying", file=sys.stderr)
    with shown as bar:
        yield bar.update


def _be_silent(_steps: int) -> None:
    """Show nothing."""
