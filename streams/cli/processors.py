"""`alpr-gate processors`: who holds the agency's data under a contract, and is no recipient."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO

import click

from streams.books.entries import EntryKind
from streams.books.loader import read_books, read_index
from streams.books.register_plan import planned_processors
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
from streams.codecs.files import read_processors
from streams.policy.lint.processors import lint_processors
from streams.policy.processor import Processor
from streams.settings import load_settings

# Columns of a narrow terminal.
FEW = 5


@click.group()
def processors() -> None:
    """List, check and apply the register of processors.

    \b
    Example: alpr-gate processors apply processors.yaml
    """


@processors.command()
@file_argument
@by_option
@key_option
@why_option
def apply(file: BinaryIO, by: str, reason: str, key: Path | None) -> None:
    """Put the processors of FILE on the books, all of them or none.

    An id that stands in the register is no recipient's: nothing is forwarded to an entity of that id,
    whatever agreement it has.

    \b
    Example: alpr-gate processors apply processors.yaml --by "A. Custodian"
    """
    found = read_processors(text_of_file(file), name_of(file))
    apply_plan(planned_processors(found), author_of(by, reason, key))


@processors.command("list")
@form_option
def list_(form: str) -> None:
    """List every processor.

    \b
    Example: alpr-gate processors list --json > processors.json
    """
    found = run(read_books(load_settings())).processors.all()
    if form == "json":
        # Under the key that `apply` reads, so that the list can be edited and applied.
        print_json({"processors": found})
    else:
        print_rows(found, _COLUMNS, FEW)


_COLUMNS: Mapping[str, Callable[[Processor], str]] = {
    "processor": lambda one: one.processor_id,
    "kind": lambda one: one.kind,
    "status": lambda one: one.status,
    "reviewed": lambda one: "-" if one.clause_reviewed is None else day(one.clause_reviewed.at),
    "review due": lambda one: "-" if one.clause_reviewed is None else day(one.clause_reviewed.due),
    "contract": lambda one: one.contract_reference or "-",
    "holds": lambda one: ", ".join(one.holds) or "nothing",
    "name": lambda one: one.name,
}


@processors.command()
@within_option("reviews")
@click.option("--json", "form", flag_value="json", help="Print JSON instead of lines.")
@click.option("--lines", "form", flag_value="lines", default="lines", hidden=True)
def lint(within: int, form: str) -> None:
    """Check the register: contracts, clauses, reviews.

    It also tells which processor is a recipient with an agreement as well. The exit code is 2 when there is
    an error.

    \b
    Example: alpr-gate processors lint --within 90
    """
    index = run(read_index(load_settings()))
    broken = unreadable(index, EntryKind.PROCESSOR, "nobody knows who holds what; apply it again")
    found = lint_processors(index.books, SystemClock().now(), timedelta(days=within))
    tell_findings((*broken, *found), "processors", len(index.books.processors.all()) + len(broken), form)
