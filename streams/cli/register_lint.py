"""What the lints of the registers share: unreadable entries, and how findings are told."""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any

import click
import orjson
from rich.text import Text

from streams.books.entries import EntryKind
from streams.books.index import BooksIndex
from streams.cli.terminal import console
from streams.errors import InputError
from streams.policy.lint.finding import Level
from streams.policy.lint.register_finding import RegisterCheck, RegisterFinding, error

Command = Callable[..., Any]
STYLES = {Level.ERROR: "red", Level.WARNING: "yellow"}


def within_option(what: str) -> Callable[[Command], Command]:
    """Return the option of how far ahead something is told."""
    return click.option(
        "--within", type=click.IntRange(min=0), default=60, show_default=True, metavar="DAYS",
        help=f"How far ahead {what} are told.",
    )  # fmt: skip


def unreadable(index: BooksIndex, kind: EntryKind, means: str) -> tuple[RegisterFinding, ...]:
    """Return a finding for each entry of a kind that cannot be read, and what that means."""
    return tuple(
        error(RegisterCheck.UNREADABLE, str(key), "value", f"it cannot be read ({why}), so {means}")
        for key, why in sorted(index.faults.items(), key=lambda item: str(item[0]))
        if key.kind is kind
    )


def tell_findings(findings: Sequence[RegisterFinding], what: str, count: int, form: str) -> None:
    """Print the findings about `count` entries of a register, named by what they are.

    Raises:
        InputError: there is an error among them.
    """
    errors = sum(one.level is Level.ERROR for one in findings)
    if form == "json":
        plain = {"findings": [asdict(one) for one in findings]}
        click.echo(orjson.dumps(plain, option=orjson.OPT_INDENT_2))
    else:
        for one in findings:
            text = Text(one.level.value, style=STYLES[one.level])
            text.append(f": {one.name}: {one.check}: {one.message} [{one.field}]", style="none")
            console().print(text, soft_wrap=True)
        click.echo(f"{count} {what} checked: {errors} errors, {len(findings) - errors} warnings")
    if errors:
        raise InputError(f"{errors} {'error' if errors == 1 else 'errors'} in the {what} of the books")
