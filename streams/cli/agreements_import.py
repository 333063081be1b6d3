"""`alpr-gate agreements import`: shares that a vendor shows, as drafts that grant nothing."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import click
import orjson

from streams.adapters.share_import import Found, Imported, Row, import_shares
from streams.adapters.share_lists import read_listed
from streams.books.loader import read_books
from streams.cli.agreements_lint import FILE
from streams.cli.books_output import grid, phrase
from streams.cli.request_input import books_of_files
from streams.cli.terminal import console
from streams.cli.work import run
from streams.clock import SystemClock
from streams.codecs.agreement_yaml import write_agreements
from streams.codecs.whole_file import read_text, write_whole
from streams.errors import InputError
from streams.policy.books import Books
from streams.settings import load_settings

TOLD: Mapping[Found, str] = {
    Found.IN_FORCE: "have an agreement in force",
    Found.NO_AGREEMENT: "have no agreement: a draft each",
    Found.EXTENSION: "have no agreement and need an extension for their class: a draft each",
    Found.PAPER_ONLY: "have a draft or a proposal on the books",
    Found.STOPPED: "have an agreement that is not in force: close the share, or refuse it",
    Found.NEVER: "could never receive: close the share, or refuse it",
    Found.UNRESOLVED: "are not in the registry: find out who they are, or close and refuse",
}
# What somebody has to act upon, the worst first.
LISTED = (Found.NEVER, Found.STOPPED, Found.UNRESOLVED, Found.EXTENSION, Found.NO_AGREEMENT)
# Of each the first ones; --json has them all.
SHOWN = 15
COMMENT = """Drafts of shares that run in a vendor's product and whose start is on nobody's record.
They grant nothing.
Before one is signed: evaluate the need, review the contract, write down its clause, term, data and purposes.
Read from: {names}"""


@click.command("import")
@click.argument("files", type=FILE, nargs=-1, required=True)
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), required=True,
              help="New file for the drafts.")  # fmt: skip
@click.option("--of", "source", help="Whose list, by the vendor's name, where a file has many.")
@click.option("--registry", type=FILE, help="Entities of a file instead of those on the books.")
@click.option("--agreements", "agreements_file", type=FILE, help="Agreements of a file, with --registry.")
@click.option("--json", "form", flag_value="json", help="Print JSON instead of a report.")
@click.option("--report", "form", flag_value="report", default="report", hidden=True)
def import_(  # click's
    files: tuple[Path, ...],
    output: Path,
    source: str | None,
    registry: Path | None,
    agreements_file: Path | None,
    form: str,
) -> None:
    """Draft an agreement for each share on a vendor's lists.

    FILES are CSV: the list of a transparency portal, or notices of share requests. A share that has an
    agreement already gets no draft. The report tells who has none, who is not in the registry and who could
    never receive. Nothing on the books changes, and a draft grants nothing.

    \b
    Example: alpr-gate agreements import portal.csv --of "Los Angeles CA PD" --output drafts.yaml
    """
    if output.exists():
        raise InputError(f"`{output}` is there already, and somebody may have worked on it; name a new file")
    now = SystemClock().now()
    books = _books(registry, agreements_file)
    listed = [one for file in files for one in read_listed(read_text(file), file.name, source)]
    imported = import_shares(listed, books, now)
    comment = COMMENT.format(names=", ".join(file.name for file in files))
    write_whole(output, write_agreements(imported.drafts, comment).encode())
    if form == "json":
        click.echo(orjson.dumps(_plain(imported, now), option=orjson.OPT_INDENT_2))
    else:
        _print(imported, output)


def _books(registry: Path | None, agreements: Path | None) -> Books:
    if registry is not None and agreements is not None:
        return books_of_files(registry, agreements)
    if registry is not None or agreements is not None:
        raise click.UsageError("--registry and --agreements go together")
    return run(read_books(load_settings()))


def _print(imported: Imported, output: Path) -> None:
    counts = Counter(row.found for row in imported.rows)
    click.echo(f"{len(imported.rows)} recipients are listed")
    for found, told in TOLD.items():
        click.echo(f"{counts[found]:>6} {told}")
    for found in LISTED:
        _print_rows([row for row in imported.rows if row.found is found])
    click.echo(f"{len(imported.drafts)} drafts in `{output}`")


def _print_rows(rows: list[Row]) -> None:
    if not rows:
        return
    table = grid(rows[0].found.value.replace("_", " "), "entity", "class", "why")
    for row in rows[:SHOWN]:
        table.add_row(*map(phrase, _cells(row)))
    if len(rows) > SHOWN:
        table.add_row(phrase(f"… and {len(rows) - SHOWN} more"))
    click.echo()
    console().print(table)


def _cells(row: Row) -> tuple[str, str, str, str]:
    if row.entity is None:
        return row.name, "-", "-", "-"
    return row.name, row.entity.entity_id, row.entity.entity_class.value, ", ".join(row.bars) or "-"


def _plain(imported: Imported, now: datetime) -> dict[str, object]:
    rows = [
        {
            "name": row.name,
            "found": row.found.value,
            "entity_id": row.entity and row.entity.entity_id,
            "class": row.entity and row.entity.entity_class.value,
            "bars": row.bars,
        }
        for row in imported.rows
    ]
    return {"read_at": now.isoformat(), "recipients": rows, "drafts": len(imported.drafts)}
