"""`alpr-gate who-got`: which recipients got reads of one plate live, when and under which agreement."""

import sys
from datetime import datetime

import click
import orjson

from streams.cli.books_options import by_option
from streams.cli.books_output import grid, phrase
from streams.cli.decide import Instant
from streams.cli.terminal import console
from streams.cli.work import run
from streams.clock import SystemClock
from streams.codecs.vault import open_vault
from streams.custody.who_got import Found, Search, Sighting
from streams.custody.who_got import who_got as look_up
from streams.errors import InputError
from streams.settings import load_settings


@click.command("who-got")
@click.argument("plate")
@click.option("--from", "start", type=Instant(), required=True, help="First instant that reads went out.")
@click.option("--to", "end", type=Instant(), required=True, help="The instant at which the range is over.")
@click.option("--reason", required=True, help="For what purpose; it stays on record.")
@click.option("--json", "form", flag_value="json", help="Print JSON lines instead of a table.")
@click.option("--table", "form", flag_value="table", default="table", hidden=True)
@by_option
def who_got(plate: str, start: datetime, end: datetime, reason: str, form: str, by: str) -> None:
    """Show who got reads of PLATE live, and record that you looked.

    Give `-` for PLATE to be asked for it, or to pipe it in: what stands in a command line is seen by others.
    It needs the vault. Looking is an access of its own (Civ. Code 1798.90.52): first it is put on record,
    then the sealed lists of the range are opened. O and 0 count as the same, and so do I and 1.

    \b
    Example: alpr-gate who-got - --from 2026-11-01 --to 2026-12-01 --reason "complaint 26-118"
    """
    settings = load_settings()
    if settings.vault is None:
        raise InputError("no vault: name its folder in ALPR_GATE_VAULT")
    search = Search(plate=_plate(plate), start=start, end=end, by=by, reason=reason)
    found = run(look_up(settings, open_vault(settings.vault), search, SystemClock().now()))
    sys.stderr.write(f"on record as act {found.act.seq} of {found.act.at.isoformat()}\n")
    if form == "json":
        for sighting in found.sightings:
            click.echo(orjson.dumps(_plain(sighting)))
        return
    _print(found)


def _plate(given: str) -> str:
    if given != "-":
        return given
    asked = click.prompt("Plate", hide_input=True, err=True) if sys.stdin.isatty() else sys.stdin.readline()
    return str(asked).strip()


def _print(found: Found) -> None:
    table = grid("went out", "to", "agreement", "system", "answers for it", "read", "plate", "captured")
    for one in found.sightings:
        plain = _plain(one)
        agreement = f"{plain['agreement_id']} version {plain['agreement_version']}"
        row = (
            plain["went_out"], plain["entity_id"], agreement, plain["receiving_system"],
            plain["accountable_user"], plain["read_id"], plain["plate"], plain["captured_at"],
        )  # fmt: skip
        table.add_row(*(phrase(str(each)) for each in row))
    if found.sightings:
        console().print(table)
    recipients = {one.manifest.entity_id for one in found.sightings}
    console().print(
        f"{len(found.sightings)} deliveries of reads of that plate, to {len(recipients)} recipients"
    )
    if found.shredded:
        console().print(f"{found.shredded} lists open no more: the keys of their months are destroyed")


def _plain(one: Sighting) -> dict[str, object]:
    manifest = one.manifest
    return {
        "went_out": manifest.decided_at.isoformat(timespec="milliseconds"),
        "entity_id": manifest.entity_id,
        "agreement_id": manifest.agreement_id,
        "agreement_version": manifest.agreement_version,
        "purpose": manifest.purpose,
        "receiving_system": manifest.receiving_system,
        "accountable_user": one.user,
        "read_id": one.read.read_id,
        "plate": one.read.plate,
        "captured_at": one.read.captured_at.isoformat(),
        "partition": manifest.partition,
        "seq": manifest.seq,
    }
