"""`alpr-gate marks`: what stands among the marks of held requests and cannot be read."""

import click

from streams.cli.books_options import by_option, form_option
from streams.cli.books_output import print_json, print_rows
from streams.cli.terminal import console
from streams.cli.work import run
from streams.clock import SystemClock
from streams.custody.passing_over import PassingOver, pass_over, unread_marks
from streams.settings import load_settings

# Columns of a narrow terminal.
FEW = 3


@click.group()
def marks() -> None:
    """List and pass over marks that nobody can read.

    \b
    Example: alpr-gate marks list
    """


@marks.command("list")
@form_option
def list_(form: str) -> None:
    """List what cannot be read, and so stops the gate.

    Each may be a mark that would hold somebody. While there is one, no worker decides anything.

    \b
    Example: alpr-gate marks list
    """
    found = run(unread_marks(load_settings()))
    if form == "json":
        print_json({"unread": found})
    elif not found:
        console().print("all marks can be read")
    else:
        columns = {
            "offset": lambda one: str(one.offset),
            "written": lambda one: f"{one.written_at:%Y-%m-%d %H:%M:%S}Z",
            "bytes": lambda one: str(one.size),
            "why": lambda one: one.why,
        }
        print_rows(found, columns, FEW)
        console().print("nothing is decided before each of them is passed over: `alpr-gate marks pass-over`")


@marks.command("pass-over")
@click.argument("offset", type=click.IntRange(min=0))
@click.option("--reason", required=True, help="Why nobody needs to be held for it; it stays on record.")
@by_option
def pass_over_command(offset: int, reason: str, by: str) -> None:
    """Pass over the record at OFFSET, and let the gate decide again.

    First find out what it is: what was held may pass now if it is asked for again. The act goes on record
    beside those on the ledger's contents, and the workers go on by themselves.

    \b
    Example: alpr-gate marks pass-over 4711 --reason "written by hand, ticket 88"
    """
    passing = PassingOver(offset=offset, by=by, reason=reason)
    act = run(pass_over(load_settings(), passing, SystemClock().now()))
    console().print(
        f"the record at {act.offset} is passed over; on record as act {act.seq} of {act.at.isoformat()}"
    )
