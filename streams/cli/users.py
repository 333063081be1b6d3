"""`alpr-gate users`: who of the agency's own may push what the gate shares."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO

import click

from streams.adapters.user_rows import parse_users
from streams.books.entries import EntryKind
from streams.books.loader import read_books, read_index
from streams.books.register_plan import planned_users
from streams.cli.books_options import (
    apply_plan,
    author_of,
    by_option,
    file_argument,
    form_option,
    key_option,
    why_option,
)
from streams.cli.books_output import day, print_json, print_rows
from streams.cli.register_lint import tell_findings, unreadable, within_option
from streams.cli.request_input import name_of, text_of_file
from streams.cli.work import run
from streams.clock import SystemClock
from streams.codecs.files import read_users
from streams.policy.lint.users import lint_users
from streams.policy.user import User, lacks_of, reorientation_due
from streams.settings import load_settings

# Columns of a narrow terminal.
FEW = 4


@click.group()
def users() -> None:
    """List, check and apply the agency's own users.

    \b
    Example: alpr-gate users apply users.yaml
    """


@users.command()
@file_argument
@by_option
@key_option
@why_option
def apply(file: BinaryIO, by: str, reason: str, key: Path | None) -> None:
    """Put the users of FILE on the books, all of them or none.

    A FILE whose name ends in .csv is CSV with a header, any other is YAML or JSON. Who is not in it stays as
    they are; to stop somebody, apply them as suspended.

    \b
    Example: alpr-gate users apply accounts.csv --by "A. Custodian"
    """
    name, text = name_of(file), text_of_file(file)
    found = parse_users(text, name) if name.lower().endswith(".csv") else read_users(text, name)
    apply_plan(planned_users(found), author_of(by, reason, key))


@users.command("list")
@form_option
def list_(form: str) -> None:
    """List every user, and whether they may push now.

    \b
    Example: alpr-gate users list --json > users.json
    """
    found = run(read_books(load_settings())).users.all()
    if form == "json":
        # Under the key that `apply` reads, so that the list can be edited and applied.
        print_json({"users": found})
    else:
        print_rows(found, _columns(SystemClock().now()), FEW)


def _columns(now: datetime) -> Mapping[str, Callable[[User], str]]:
    """Return the columns, the most wanted first; dates are UTC."""
    return {
        "user": lambda one: one.user_id,
        "status": lambda one: one.status,
        "reorient by": lambda one: _day(reorientation_due(one, now)),
        "may push": lambda one: "; ".join(lacks_of(one, now)) or "yes",
        "trained": lambda one: _day(one.trained_at),
        "last active": lambda one: _day(one.last_active_at),
        "reoriented": lambda one: _day(one.reoriented_at),
        "authorised": lambda one: "-" if one.authorised is None else day(one.authorised.at),
        "until": lambda one: "-" if one.authorised is None else _day(one.authorised.until),
    }


def _day(instant: datetime | None) -> str:
    return "-" if instant is None else day(instant)


@users.command()
@within_option("reorientations and ends of authorisations")
@click.option("--json", "form", flag_value="json", help="Print JSON instead of lines.")
@click.option("--lines", "form", flag_value="lines", default="lines", hidden=True)
def lint(within: int, form: str) -> None:
    """Check the user book: training, authorisation, inactivity.

    It tells which active users cannot push and why, and who soon has to be reoriented. The exit code is 2
    when there is an error.

    \b
    Example: alpr-gate users lint --within 30
    """
    index = run(read_index(load_settings()))
    found = index.books.users.all()
    broken = unreadable(index, EntryKind.USER, "pushes of that user are blocked; apply them again")
    findings = lint_users(found, SystemClock().now(), timedelta(days=within))
    tell_findings((*broken, *findings), "users", len(found) + len(broken), form)
