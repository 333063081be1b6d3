"""`alpr-gate queries reconcile`: partners' searches against the agreements of their moment."""

import csv
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

import click

from streams.adapters.partner_rows import AT, ORGANISATION
from streams.adapters.queries.partners import partner_accesses
from streams.books.history import events_of
from streams.books.signed_history import history_of
from streams.books.timeline import BooksTimeline
from streams.cli.books_output import print_json, print_rows
from streams.cli.export_options import export_of, form_option, of_option
from streams.cli.terminal import console
from streams.cli.work import run
from streams.errors import DriftError, InputError
from streams.policy.partner_access import Explained, PartnerAccess, explained
from streams.settings import load_settings

# Columns of a narrow terminal.
FEW = 3
# Of rows that are no searches the first ones.
SHOWN = 15


@click.command()
@click.argument("file", type=click.File("rb"))
@form_option
@of_option
@click.option(
    "--csv", "out", type=click.Path(dir_okay=False, path_type=Path),
    help="Write who searched when, for `publish --partner-searches`.",
)  # fmt: skip
@click.option("--json", "output", flag_value="json", help="Print JSON instead of a table.")
@click.option("--table", "output", flag_value="table", default="table", hidden=True)
def reconcile(file: BinaryIO, form: str, organisation: str | None, out: Path | None, output: str) -> None:
    """Count partners' searches that no agreement explains.

    Each search in FILE is held against the books of its moment: an agreement that came later explains
    nothing, and one that was revoked since explains what was before. The agency's own searches are left out.
    The exit code is 6 when anything is unexplained, and 2 when a row could not be read.

    \b
    Example: alpr-gate queries reconcile audit.csv --format flock-network-audit
    """
    settings = load_settings()
    accesses, left_out = partner_accesses(export_of(file, form, organisation))
    if out is not None:
        _write(out, accesses)
    timeline = BooksTimeline(run(events_of(settings)), history_of(settings))
    found = tuple(explained(accesses, timeline.ground_at))
    unexplained = [one for one in found if one.reasons]
    _print(found, unexplained, output)
    for why in left_out[:SHOWN]:
        click.echo(why, err=True)
    if left_out:
        raise InputError(f"{len(left_out)} rows are no searches that can be held against anything")
    if unexplained:
        raise DriftError(f"{len(unexplained)} of {len(found)} searches of partners have no agreement")


def _print(found: Sequence[Explained], unexplained: Sequence[Explained], output: str) -> None:
    counts = Counter((one.access.organisation, one.reasons[0].code) for one in unexplained)
    rows = [
        {"organisation": who, "reason": code, "searches": count}
        for (who, code), count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    ]
    if output == "json":
        print_json({"searches": len(found), "unexplained": len(unexplained), "by": rows})
        return
    console().print(f"{len(found)} searches of partners, {len(unexplained)} that no agreement explains")
    if rows:
        columns = {name: lambda row, name=name: str(row[name]) for name in rows[0]}
        print_rows(rows, columns, FEW)


def _write(path: Path, accesses: Sequence[PartnerAccess]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow((ORGANISATION, AT))
        writer.writerows((one.organisation, one.at.isoformat()) for one in accesses)
