"""`alpr-gate tasks`: the vendors' own shares that are still to be closed, because something stopped."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path

import click

from streams.adapters.share_record import read_record
from streams.books.closure_plan import planned_closure, planned_drift_closures
from streams.books.entries import EntryKind
from streams.books.loader import read_index
from streams.cli.books_options import apply_plan, author_of, by_option, key_option, why_option
from streams.cli.books_output import day, print_json, print_rows
from streams.cli.work import run
from streams.clock import SystemClock
from streams.errors import InputError
from streams.policy.tasks import Task, open_tasks
from streams.settings import load_settings
from streams.topics import Topics

# Columns of a narrow terminal.
FEW = 4
_HOUR = timedelta(hours=1)


@click.group()
def tasks() -> None:
    """List and confirm the vendors' own shares that are to be closed.

    The gate stops what is sent through it; a share inside a vendor's product is closed there. Whatever is
    revoked, suspended, over or switched off opens a task, and only a confirmation closes it.

    \b
    Example: alpr-gate tasks list
    """


@tasks.command("list")
@click.option("--older-than", type=click.FloatRange(min=0), metavar="HOURS",
              help="Exit code 2 when one is open for longer.")  # fmt: skip
@click.option("--json", "form", flag_value="json", help="Print JSON instead of a table.")
@click.option("--table", "form", flag_value="table", default="table", hidden=True)
def list_(older_than: float | None, form: str) -> None:
    """List the open tasks, the oldest first.

    \b
    Example: alpr-gate tasks list --older-than 72
    """
    index, now = run(read_index(load_settings())), SystemClock().now()
    found = open_tasks(index.books, now)
    if form == "json":
        print_json({"tasks": found})
    elif found:
        print_rows(found, _columns(now), FEW)
    else:
        click.echo("no open tasks")
    for key in sorted(index.faults, key=str):
        if key.kind is EntryKind.AGREEMENT:
            click.echo(f"`{key}` cannot be read: nobody can say whether it left a task", err=True)
    late = () if older_than is None else [one for one in found if now - one.opened_at > older_than * _HOUR]
    if late:
        count = f"{len(late)} {'task is' if len(late) == 1 else 'tasks are'}"
        raise InputError(f"{count} open for more than {older_than:g} hours")


def _columns(now: datetime) -> Mapping[str, Callable[[Task], str]]:
    """Return the columns, the most wanted first; dates are UTC."""
    return {
        "task": lambda one: one.subject,
        "share with": lambda one: one.entity_id,
        "because": lambda one: one.cause.value,
        "open for": lambda one: f"{int((now - one.opened_at) / _HOUR)} h",
        "since": lambda one: day(one.opened_at),
        "version": lambda one: str(one.version or "-"),
    }


@tasks.command()
@click.argument("task", metavar="TASK")
@click.option("--reference", required=True, help="Where it can be looked up, such as a ticket.")
@by_option
@key_option
@why_option
def confirm(task: str, reference: str, by: str, key: Path | None, reason: str) -> None:
    """Confirm that the vendor's share behind TASK is closed.

    Look at the vendor's page first: nothing here can see it. What starts again and stops again has a task
    again, whatever was confirmed before. One custodian is enough.

    \b
    Example: alpr-gate tasks confirm agreement/burbank-2026 --reference "vendor ticket 88213"
    """
    if not reference.strip():
        raise InputError("--reference is blank; say where it can be looked up, it stays on record")
    author = author_of(by, reason or f"the vendor's share is closed: {reference}", key)
    apply_plan(planned_closure(task, author.by, reference), author)


@tasks.command("confirm-removed")
@by_option
@key_option
@why_option
def confirm_removed(by: str, key: Path | None, reason: str) -> None:
    """Confirm what the record shows to be removed.

    The record is that of `alpr-gate drift --record`. A share that no list ever named is not taken for closed,
    and nobody's is while a pool is open, a unit of theirs has access, or a stranger came after the removal.

    \b
    Example: alpr-gate tasks confirm-removed --key castro.key
    """
    settings = load_settings()
    recorded = run(read_record(settings))
    if recorded.unread:
        raise InputError(f"{recorded.unread} records of the vendors' cannot be read, and may be grants")
    author = author_of(by, reason or "the vendor's record shows that it was removed", key)
    topic = Topics.of(settings).share_changes.name
    apply_plan(planned_drift_closures(tuple(recorded.memory.shares()), author.by, topic), author)
