"""`alpr-gate evidence`: reads that are kept beyond their time because a case needs them."""

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

import click

from streams.books.evidence_plan import planned_evidence_holds, planned_release, planned_verification
from streams.books.loader import read_books
from streams.cli.books_options import (
    apply_plan,
    author_of,
    by_option,
    file_argument,
    form_option,
    given,
    key_option,
    why_option,
)
from streams.cli.books_output import day, print_fields, print_json, print_rows
from streams.cli.request_input import name_of, text_of_file
from streams.cli.work import run
from streams.clock import SystemClock
from streams.codecs.files import read_evidence_holds
from streams.errors import InputError
from streams.policy.evidence_hold import EvidenceHold, is_overdue
from streams.policy.vocabulary import EvidenceHoldId
from streams.settings import load_settings

# Columns of a narrow terminal.
FEW = 5
# What is done to one hold stays on record with its reason.
given_reason = click.option("--reason", required=True, help="Why; it stays on record.")
hold_argument = click.argument("hold_id", metavar="ID")


@click.group()
def evidence() -> None:
    """List, show, apply, verify and release evidence holds.

    \b
    Example: alpr-gate evidence apply evidence_holds.yaml
    """


@evidence.command()
@file_argument
@by_option
@key_option
@why_option
def apply(file: BinaryIO, by: str, reason: str, key: Path | None) -> None:
    """Put the evidence holds of FILE on the books.

    A file with a mistake is refused as a whole. What widens waits for a second custodian, where changes are
    signed; what narrows counts at once.

    A hold changes by a higher version alone. It lets reads of its case be released although they are old,
    and forbids to destroy them.

    \b
    Example: alpr-gate evidence apply evidence_holds.yaml --key castro.key --reason "case 26-1234"
    """
    apply_plan(
        planned_evidence_holds(read_evidence_holds(text_of_file(file), name_of(file))),
        author_of(by, reason, key),
    )


@evidence.command("list")
@form_option
def list_(form: str) -> None:
    """List the latest version of every evidence hold.

    \b
    Example: alpr-gate evidence list --json > evidence_holds.json
    """
    books = run(read_books(load_settings()))
    found = books.evidence.all()
    if form == "json":
        # Under the key that `apply` reads, so that the list can be edited and applied.
        print_json({"evidence_holds": found})
    else:
        print_rows(found, _columns(SystemClock().now()), FEW)
    for hold_id in sorted(books.unreadable_evidence_holds()):
        click.echo(f"`{hold_id}` cannot be read: it lifts nothing and still forbids to destroy", err=True)


def _columns(now: datetime) -> Mapping[str, Callable[[EvidenceHold], str]]:
    """Return the columns, the most wanted first; dates are UTC."""
    return {
        "hold": lambda one: one.hold_id,
        "case": lambda one: one.case_number,
        "version": lambda one: str(one.version),
        "status": lambda one: "overdue" if is_overdue(one, now) else one.status.value,
        "verify by": lambda one: day(one.reverify_due),
        "from": lambda one: day(one.window_from),
        "until": lambda one: day(one.window_to),
        "names": lambda one: f"{len(one.plates)} plates, {len(one.read_ids)} reads",
    }


@evidence.command()
@hold_argument
@form_option
def show(hold_id: str, form: str) -> None:
    """Show all of the latest version of one evidence hold.

    \b
    Example: alpr-gate evidence show evidence-26-001234
    """
    found = run(read_books(load_settings())).evidence.get(EvidenceHoldId(hold_id))
    if found is None:
        raise InputError(
            f"there is no evidence hold `{hold_id}` that can be read; `alpr-gate evidence list` shows all"
        )
    if form == "json":
        print_json({"evidence_holds": (found,)})
    else:
        print_fields(found)


@evidence.command()
@hold_argument
@given_reason
@by_option
@key_option
def verify(hold_id: str, reason: str, by: str, key: Path | None) -> None:
    """Note that an evidence hold was verified now.

    It is due again two years from now.

    \b
    Example: alpr-gate evidence verify evidence-26-001234 --reason "trial is set for May"
    """
    apply_plan(planned_verification(EvidenceHoldId(hold_id)), author_of(by, given(reason), key))


@evidence.command()
@hold_argument
@given_reason
@by_option
@key_option
def release(hold_id: str, reason: str, by: str, key: Path | None) -> None:
    """Release an evidence hold.

    What it names is old again, and may be destroyed.

    \b
    Example: alpr-gate evidence release evidence-26-001234 --reason "case closed"
    """
    apply_plan(planned_release(EvidenceHoldId(hold_id)), author_of(by, given(reason), key))
