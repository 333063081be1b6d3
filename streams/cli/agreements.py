"""`alpr-gate agreements`: what is agreed with whom, and the switch that ends it at once."""

import sys
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

import click

from streams.books.acks import BoundReport
from streams.books.custodian import Author
from streams.books.loader import read_books
from streams.books.plan import Planner, planned_agreements, planned_revocation, planned_revocations
from streams.books.revocation import Settled, settle
from streams.books.revocation import revoke as revoke_agreement
from streams.cli.agreements_diff import diff
from streams.cli.agreements_import import import_
from streams.cli.agreements_lint import lint
from streams.cli.books_options import (
    apply_plan,
    author_of,
    by_option,
    file_argument,
    form_option,
    given,
    key_option,
    tell,
    why_option,
)
from streams.cli.books_output import day, print_fields, print_json, print_rows, standing_words
from streams.cli.request_input import name_of, text_of_file
from streams.cli.terminal import console
from streams.cli.work import run
from streams.clock import SystemClock
from streams.codecs.files import read_agreements
from streams.errors import InputError, UnavailableError
from streams.policy.agreement import Agreement
from streams.policy.vocabulary import AgreementId, EntityClass
from streams.settings import load_settings

# By their words; click would go by the names of the members.
CLASSES = tuple(each.value for each in EntityClass)
# Columns of a narrow terminal.
FEW = 6


@click.group()
def agreements() -> None:
    """List, show, check, compare, import, apply and revoke agreements.

    \b
    Example: alpr-gate agreements apply agreements.yaml
    """


for command in (lint, diff, import_):
    agreements.add_command(command)


@agreements.command()
@file_argument
@by_option
@key_option
@why_option
def apply(file: BinaryIO, by: str, reason: str, key: Path | None) -> None:
    """Put the agreements of FILE on the books.

    A file with a mistake is refused as a whole. What widens waits for a second custodian, where changes are
    signed; what narrows counts at once.

    An agreement changes by a higher version alone. What would let through something that the statute forbids
    is refused (exit code 3) with a request that shows it.

    \b
    Example: alpr-gate agreements apply agreements.yaml --key castro.key --reason "council resolution 26-1"
    """
    apply_plan(
        planned_agreements(read_agreements(text_of_file(file), name_of(file))), author_of(by, reason, key)
    )


@agreements.command("list")
@form_option
def list_(form: str) -> None:
    """List the latest version of every agreement.

    \b
    Example: alpr-gate agreements list --json > agreements.json
    """
    found = tuple(run(read_books(load_settings())).agreements())
    if form == "json":
        # Under the key that `apply` reads, so that the list can be edited and applied.
        print_json({"agreements": found})
    else:
        ranked = sorted(found, key=lambda each: each.agreement_id)
        print_rows(ranked, _columns(SystemClock().now()), FEW)


def _columns(now: datetime) -> Mapping[str, Callable[[Agreement], str]]:
    """Return the columns, the most wanted first; dates are UTC."""
    return {
        "agreement": lambda one: one.agreement_id,
        "with": lambda one: one.entity_id,
        "version": lambda one: str(one.version),
        "standing": lambda one: standing_words(one, now),
        "until": lambda one: day(one.end),
        "live": lambda one: "yes" if one.live_feed else "no",
        "from": lambda one: day(one.start),
        "data": lambda one: " ".join(one.data_types) or "none",
    }


@agreements.command()
@click.argument("agreement_id", metavar="ID")
@form_option
def show(agreement_id: str, form: str) -> None:
    """Show all of the latest version of one agreement.

    \b
    Example: alpr-gate agreements show burbank-2026
    """
    found = run(read_books(load_settings())).agreement(AgreementId(agreement_id))
    if found is None:
        raise InputError(
            f"there is no agreement `{agreement_id}` that can be read; `alpr-gate agreements list` shows all"
        )
    if form == "json":
        print_json({"agreements": (found,)})
    else:
        print_fields(found)


@agreements.command()
@click.argument("agreement_id", metavar="[ID]", required=False)
@click.option("--entity", "entity_id", metavar="ID", help="All that this entity may receive.")
@click.option("--class", "entity_class", type=click.Choice(CLASSES), help="All of a class.")
@click.option("--all", "everybody", is_flag=True, help="All that anybody may receive.")
@click.option("--reason", required=True, help="Why; it stays on record.")
@by_option
@key_option
@click.option("--timeout", type=click.FloatRange(min=0), default=10.0, show_default=True,
              help="Longest wait for the gates, in seconds.")  # fmt: skip
def revoke(reason: str, by: str, key: Path | None, timeout: float, **which: str | bool | None) -> None:
    """Revoke one agreement, all of an entity or a class, or all.

    Waits until every partition has acknowledged that nothing more can leave under it, and deletes what its
    recipient has not fetched. When a partition does not answer in time the revocation is on the books all
    the same, but it is not known to bind there: exit code 69; run the command again to wait on.

    \b
    Example: alpr-gate agreements revoke burbank-2026 --reason "contract terminated" --key castro.key
    """
    run(_revoke(_planned(which), author_of(by, given(reason), key), timeout))


def _planned(which: Mapping[str, str | bool | None]) -> Planner:
    """Return the planner of what is named, in one way of the four."""
    match {name: value for name, value in which.items() if value}:
        case {"agreement_id": str(agreement_id), **others} if not others:
            return planned_revocation(AgreementId(agreement_id))
        case {"entity_id": entity_id, **others} if not others:
            return planned_revocations(lambda entity: entity.entity_id == entity_id)
        case {"entity_class": entity_class, **others} if not others:
            return planned_revocations(lambda entity: entity.entity_class == entity_class)
        case {"everybody": True, **others} if not others:
            return planned_revocations(lambda _: True)
        case _:
            raise click.UsageError("name one agreement, or give one of --entity, --class and --all")


async def _revoke(planner: Planner, author: Author, patience: float) -> None:
    settings, clock = load_settings(), SystemClock()
    revoked = await revoke_agreement(settings, clock, planner, author)
    # Before the wait, which may end in an error: the revocation stands, whatever becomes of it.
    tell(revoked.outcome)
    # What waits for a second person leaves the rest to bind now.
    if revoked.entities or not revoked.outcome.proposals:
        sys.stdout.flush()  # the revocation is made, and whoever reads a pipe may know it while we wait
        settled = await settle(settings, clock, revoked, patience)
        _tell_settled(settled)
        # An error although the books are changed: whoever scripts a revocation must not take silence for
        # safety.
        if not settled.bound.everywhere:
            raise UnavailableError(_not_bound(settled.bound, patience))
    if revoked.outcome.proposals:
        raise InputError(
            "not all is revoked yet: what is proposed widens something, and waits for a second person"
        )


def _tell_settled(settled: Settled) -> None:
    bound = settled.bound
    if bound.bound_at is not None:
        count = len(bound.acknowledged)
        console().print(
            f"[green]binds everywhere[/] since {bound.bound_at.isoformat(timespec='milliseconds')}: "
            f"{count} of {count} partitions"
        )
    for deleted in settled.deleted:
        console().print(f"undelivered records of `{deleted.entity_id}` deleted: {deleted.offsets} offsets")


def _not_bound(bound: BoundReport, seconds: float) -> str:
    silent = ", ".join(str(partition) for partition in bound.missing)
    return (
        f"the revocation stands at revision {bound.revision}, but partitions {silent} did not "
        f"acknowledge it within {seconds:g} s: either no gate runs for them, and nothing leaves there, or "
        "one is behind; run the command again to wait on"
    )
