"""`alpr-gate queries`: searches as vendors' exports tell of them, and the access records of searches."""

from collections.abc import Iterable, Iterator
from typing import BinaryIO

import click

from streams.adapters.queries.rejected import Rejected
from streams.adapters.queries.sending import send_queries
from streams.cli.books_options import by_option
from streams.cli.export_options import export_of, form_option, of_option
from streams.cli.queries_options import Screening, screened
from streams.cli.queries_output import Tally, chains_json, opened_json, print_chains, print_report, tally_json
from streams.cli.queries_reconcile import reconcile
from streams.cli.work import run
from streams.clock import SystemClock
from streams.codecs.vault import open_vault
from streams.custody.opening import Opening
from streams.custody.searches import open_search
from streams.errors import InputError, LedgerError
from streams.policy.query_event import QueryEvent
from streams.queries.audit import audit_queries
from streams.settings import load_settings
from streams.topics import Topics


@click.group()
def queries() -> None:
    """Screen vendors' exports of searches, record, verify and open them.

    \b
    Example: alpr-gate queries screen audit.csv --format flock-organization-audit
    """


queries.add_command(reconcile)


@queries.command()
@click.argument("file", type=click.File("rb"))
@form_option
@of_option
@screened
@click.option("--json", "output", flag_value="json", help="Print JSON instead of a report.")
@click.option("--report", "output", flag_value="report", default="report", hidden=True)
def screen(file: BinaryIO, form: str, organisation: str | None, screening: Screening, output: str) -> None:
    """Tell what is found about the searches in FILE.

    Counts by finding, and every row that is no search with its line and why; never a plate or a user. Nothing
    is sent. The exit code is 2 when a row could not be read, whatever is found.

    \b
    Example: alpr-gate queries screen audit.csv --format flock-organization-audit
    """
    now, tally = SystemClock().now(), Tally()
    export = export_of(file, form, organisation)
    for row in export:
        tally.add(row, () if isinstance(row, Rejected) else screening.findings(row, now))
    if output == "json":
        click.echo(tally_json(tally, export.unread))
    else:
        print_report(tally, export.unread)
    _tell_rejected(tally)


@queries.command("import")
@click.argument("file", type=click.File("rb"))
@form_option
@of_option
def import_(file: BinaryIO, form: str, organisation: str | None) -> None:
    """Send the searches in FILE to be screened and recorded.

    To import a file again, or one that overlaps with it, does no harm: what is told once more of a search is
    recorded as a repeat. Rows that are no searches are told with their line and why; the exit code is 2 then,
    and all others are sent.

    \b
    Example: alpr-gate queries import audit.csv --format flock-organization-audit
    """
    settings = load_settings()
    export, tally = export_of(file, form, organisation), Tally()
    sent = run(send_queries(settings, _counted(export, tally)))
    print_report(tally, export.unread)
    click.echo(f"{sent} searches sent to {Topics.of(settings).queries.name} at {settings.bootstrap_servers}")
    _tell_rejected(tally)


@queries.command()
@click.option("--json", "output", flag_value="json", help="Print JSON instead of a table.")
@click.option("--table", "output", flag_value="table", default="table", hidden=True)
def verify(output: str) -> None:
    """Check the access records of searches.

    It recomputes each hash and link from the first record on, compares the ends of the chains with what was
    committed, and looks for searches without a record. It can run beside a gate. The exit code is 4 when
    anything is wrong.

    \b
    Example: alpr-gate queries verify
    """
    chains = run(audit_queries(load_settings()))
    if output == "json":
        click.echo(chains_json(chains))
    else:
        print_chains(chains)
    if any(chain.problems for chain in chains):
        raise LedgerError(
            "the access records do not verify: keep the topics as they are, and see the runbook"
        )


@queries.command("open")
@click.argument("access_id")
@click.option("--reason", required=True, help="For what purpose; it stays on record.")
@by_option
def open_command(access_id: str, reason: str, by: str) -> None:
    """Show what was told of a search, and record that you looked.

    It needs the vault. Looking is an access of its own (Civ. Code 1798.90.52): first it is put on record,
    `alpr-gate ledger actions` lists it, then the contents are shown, as JSON. Alerts name the id.

    \b
    Example: alpr-gate queries open 4f0c… --reason "complaint 26-118" --by m.castro
    """
    settings = load_settings()
    if settings.vault is None:
        raise InputError("no vault: name its folder in ALPR_GATE_VAULT")
    opening = Opening(decision_id=access_id, by=by, reason=reason)
    opened = run(open_search(settings, open_vault(settings.vault), opening, SystemClock().now()))
    click.echo(f"on record as act {opened.act.seq} of {opened.act.at.isoformat()}", err=True)
    click.echo(opened_json(opened))


def _counted(rows: Iterable[QueryEvent | Rejected], tally: Tally) -> Iterator[QueryEvent]:
    """Yield the searches, and count all rows."""
    for row in rows:
        tally.add(row, ())
        if isinstance(row, QueryEvent):
            yield row


def _tell_rejected(tally: Tally) -> None:
    lost = sum(not rejected.reason.is_noise for rejected in tally.rejected)
    if lost:
        raise InputError(f"{lost} of {tally.rows} rows could not be read; the report names each")
