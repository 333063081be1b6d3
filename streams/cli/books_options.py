"""What the commands on the books share: their options, and how a change is made and told."""

import getpass
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click
from rich.table import Table

from streams.books.custodian import Author, Outcome, change_books
from streams.books.entries import Entry
from streams.books.plan import Change, Planner
from streams.cli.books_output import grid, phrase
from streams.cli.terminal import console
from streams.cli.work import run
from streams.clock import SystemClock
from streams.custody.signing_program import load_signer
from streams.errors import InputError
from streams.policy.agreement import Agreement
from streams.policy.closure import Closure
from streams.policy.entity import Entity
from streams.policy.evidence_hold import EvidenceHold
from streams.policy.processor import Processor
from streams.policy.user import User
from streams.settings import load_settings

# A registry has hundreds of entries; the revision line counts them all.
SHOWN_CHANGES = 20


def _os_user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError) as error:
        # A container may have no account, and a change by nobody would prove nothing to an auditor.
        raise click.UsageError("who makes this change? give --by NAME") from error


file_argument = click.argument("file", type=click.File("rb"))
key_option = click.option(
    "--key",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Your signing key, where changes are signed.",
)
by_option = click.option("--by", default=_os_user, show_default="the OS user", help="Who makes it, unsigned.")
why_option = click.option("--reason", default="", help="Why; it stays on record.")


def form_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--json` to a command that prints a table otherwise."""
    as_json = click.option(
        "--json", "form", flag_value="json", help="Print JSON, in the form that apply reads."
    )
    # Hidden, because it is the default; with a flag for each, none is a switch that forks a function.
    as_table = click.option("--table", "form", flag_value="table", default="table", hidden=True)
    return as_json(as_table(command))


def author_of(by: str, reason: str, key: Path | None) -> Author:
    """Return who makes a change: the name of the key where there is one, for others can check that."""
    if key is None:
        return Author(by=by, reason=reason)
    signer = load_signer(key, load_settings().signer_seconds)
    return Author(by=signer.name, reason=reason, key=signer)


def given(reason: str) -> str:
    """Return the reason of a change of which nobody may wonder later why it was made.

    Raises:
        InputError: it is blank.
    """
    if not reason.strip():
        raise InputError("--reason is blank; say why, it stays on record")
    return reason


def apply_plan(planner: Planner, author: Author) -> None:
    """Change the books as planned, and tell what changed and at which revision."""
    outcome = run(change_books(load_settings(), SystemClock(), planner, author))
    tell(outcome)


def tell(outcome: Outcome) -> None:
    """Print what changed and the revision, and what waits for a second custodian."""
    changes, unchanged = outcome.plan.changes, outcome.plan.unchanged
    if changes:
        console().print(_changes(changes, "is"))
    if changes or not outcome.proposals:
        summary = f"[bold]revision {outcome.revision}[/]: {len(changes)} changed"
        console().print(f"{summary}, {len(unchanged)} unchanged")
    if outcome.proposals:
        console().print(_changes(outcome.proposed.changes, "will be"))
        _tell_proposed(outcome.proposals, "nothing" if not changes else "none of these")


def _tell_proposed(proposals: Sequence[str], what: str) -> None:
    """Print what has not changed yet, and how it will."""
    console().print(f"[bold yellow]proposed[/]: {what} is changed until a second custodian approves it:")
    # As it is, so that it can be copied: no line break of ours in it.
    click.echo(f"  alpr-gate books approve {' '.join(proposals)} --key FILE")


def _changes(changes: Sequence[Change], then: str) -> Table:
    table = grid("entry", "was", then)
    for change in changes[:SHOWN_CHANGES]:
        table.add_row(phrase(str(change.key)), _brief(change.before), _brief(change.after))
    if len(changes) > SHOWN_CHANGES:
        table.add_row(phrase(f"… and {len(changes) - SHOWN_CHANGES} more"), phrase(""), phrase(""))
    return table


def _brief(entry: Entry | None) -> Any:
    return phrase(_said(entry))


def _said(entry: Entry | None) -> str:
    said = "policy"
    match entry:
        case None:
            said = "-"
        case Agreement() | EvidenceHold():
            said = f"version {entry.version} {entry.status}"
        case Closure():
            said = f"{entry.how}, version {entry.version}" if entry.version else entry.how
        case Entity():
            said = f"{entry.entity_class} {entry.status}"
        case User():
            # Its key shows a digest; who makes the change has to see whom it is about.
            said = f"{entry.user_id} {entry.status}"
        case Processor():
            said = f"{entry.kind} {entry.status}"
    return said
