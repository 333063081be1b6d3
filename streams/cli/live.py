"""`alpr-gate live`: who gets reads live now, and whether all that went out is on record."""

from datetime import datetime

import click
import orjson

from streams.books.loader import read_books
from streams.cli.books_output import grid, phrase
from streams.cli.terminal import console
from streams.cli.work import run
from streams.clock import SystemClock
from streams.errors import BooksNotCurrentError, LedgerError
from streams.ledger.live_reconcile import LiveFinding
from streams.live.audit import audit_live
from streams.policy.books import Books
from streams.policy.live.share import reasons_against, shares_of
from streams.settings import load_settings


@click.group()
def live() -> None:
    """See live shares: who gets reads now, and what went out.

    \b
    Example: alpr-gate live list
    """


@live.command("list")
def list_command() -> None:
    """List who gets reads live now, and which live feeds send nothing.

    \b
    Example: alpr-gate live list
    """
    books, now = run(read_books(load_settings())), SystemClock().now()
    table = grid("recipient", "agreement", "system", "purpose", "time to", "places", "hot lists", "volume")
    policy = books.policy()
    if policy is None:
        raise BooksNotCurrentError("the books hold no policy, and without one nothing is shared")
    shares = shares_of(books, policy, now)
    for share in shares:
        limit = "-" if share.limit is None else str(share.limit.reads)
        row = (
            share.entity_id, f"{share.agreement_id} version {share.version}", share.live.receiving_system,
            share.live.purpose, share.live.time_coarseness or "-",
            "-" if share.live.place_decimals is None else str(share.live.place_decimals),
            ", ".join(share.live.hot_lists) or "-", limit,
        )  # fmt: skip
        table.add_row(*map(phrase, row))
    if shares:
        console().print(table)
    console().print(f"{len(shares)} live shares")
    for line in _idle(books, now):
        console().print(line, highlight=False)


def _idle(books: Books, now: datetime) -> list[str]:
    policy = books.policy()
    if policy is None:
        return []
    return [
        f"[yellow]![/] {terms.agreement_id} sends nothing: {reasons[0].message}"
        for terms in books.all_terms()
        if terms.live_feed and (reasons := reasons_against(terms, books, policy, now))
    ]


@live.command()
@click.option("--json", "form", flag_value="json", help="Print JSON instead of lines.")
@click.option("--lines", "form", flag_value="lines", default="lines", hidden=True)
def reconcile(form: str) -> None:
    """Name what went out live and does not fit its manifests.

    The chains of live shares are verified first. Then every read that came in belongs to one batch, and what
    lies in a recipient's topic is what its manifests count, to the byte. It can run beside a gate. The exit
    code is 4 when anything is wrong.

    \b
    Example: alpr-gate live reconcile
    """
    result = run(audit_live(load_settings(), SystemClock().now()))
    broken = [(number, chain) for number, chain in enumerate(result.chains) if chain.problem is not None]
    if form == "json":
        found = {
            "reconciled": result.sound,
            "inputs": result.inputs,
            "deliveries": result.deliveries,
            "findings": [_plain(finding) for finding in result.findings],
            "broken_chains": [number for number, _ in broken],
        }
        click.echo(orjson.dumps(found, option=orjson.OPT_INDENT_2))
    else:
        for finding in result.findings:
            place = finding.entity_id or f"partition {finding.partition}, offset {finding.offset}"
            batch = f", batch {finding.batch_id}" if finding.batch_id else ""
            console().print(f"[red]✗[/] {finding.difference.value}: {place}{batch}", highlight=False)
        for number, chain in broken:
            console().print(f"[red]✗[/] the chain of partition {number} does not verify: {chain.problem}")
        if result.sound:
            both = (
                f"{result.inputs:,} reads are accounted for, {result.deliveries:,} deliveries have manifests"
            )
            console().print(f"[green]✓[/] {both}")
    if not result.sound:
        raise LedgerError(
            f"{len(result.findings):,} differences and {len(broken)} broken chains: keep the topics as they "
            "are, and see the runbook"
        )


def _plain(finding: LiveFinding) -> dict[str, object]:
    return {
        "difference": finding.difference.value,
        "entity_id": finding.entity_id,
        "batch_id": finding.batch_id or None,
        "partition": finding.partition,
        "offset": finding.offset,
    }
