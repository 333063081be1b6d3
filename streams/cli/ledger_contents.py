"""The commands of `alpr-gate ledger` about what its records hold sealed."""

import os
import sys
from datetime import datetime
from pathlib import Path

import click
import orjson

from streams.cli.books_options import by_option
from streams.cli.books_output import grid, phrase
from streams.cli.ledger_proofs import FILE, VERIFIER
from streams.cli.terminal import console
from streams.cli.work import run
from streams.clock import SystemClock
from streams.codecs.json_text import json_text
from streams.codecs.vault import add_keys, open_vault
from streams.codecs.whole_file import read_text
from streams.custody.action_log import read_actions
from streams.custody.opening import Opening, open_decision
from streams.custody.shredding import Shredding, shred
from streams.custody.signing_program import load_signer
from streams.errors import InputError
from streams.ledger.admin_action import AdminAction
from streams.ledger.sealed import months_from
from streams.ledger.shred_order import read_orders, shred_order
from streams.ledger.signed_note import Verifier, note_by
from streams.settings import Settings, load_settings


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option(
    "--months",
    type=click.IntRange(min=1, max=1200),
    default=24,
    show_default=True,
    help="How many months, from this one on.",
)
def vault(folder: Path, months: int) -> None:
    """Make keys in FOLDER that seal plates and names, by month.

    Keys that are there stay as they are, so run it again before the last month is over: without a key for
    the month the gate decides nothing. All workers need the same folder, and a backup of it is a copy of
    what is sealed.

    \b
    Example: alpr-gate ledger vault /etc/alpr-gate/vault --months 24
    """
    wanted = months_from(SystemClock().now(), months)
    made = add_keys(folder, wanted, os.urandom)
    click.echo(f"{len(made)} keys made in {folder}, up to {wanted[-1]}; name it in ALPR_GATE_VAULT")


@click.command("open")
@click.argument("decision_id")
@click.option("--reason", required=True, help="For what purpose; it stays on record.")
@by_option
def open_command(decision_id: str, reason: str, by: str) -> None:
    """Show who asked for what and why, and record that you looked.

    It needs the vault. Looking is an access of its own (Civ. Code 1798.90.52): first it is put on record,
    then the contents are shown, as JSON.

    \b
    Example: alpr-gate ledger open 4f0c… --reason "complaint 26-118" --by m.castro
    """
    settings = load_settings()
    opening = Opening(decision_id=decision_id, by=by, reason=reason)
    opened = run(open_decision(settings, open_vault(_folder(settings)), opening, SystemClock().now()))
    sys.stderr.write(f"on record as act {opened.act.seq} of {opened.act.at.isoformat()}\n")
    shown = {
        "decision_id": opened.record.decision_id,
        "request_id": opened.record.request_id,
        "verdict": opened.record.verdict,
        "decided_at": opened.record.decided_at,
        "access": orjson.Fragment(json_text(opened.access)),
    }
    click.echo(orjson.dumps(shown, option=orjson.OPT_INDENT_2))


@click.command("order-shred")
@click.argument("month")
@click.option("--key", "key_file", type=FILE, required=True, help="Your signing key, from `ledger key`.")
@click.option("--reason", required=True, help="Why; the same words for both who sign.")
def order_shred(month: str, key_file: Path, reason: str) -> None:
    """Sign an order to destroy the key of MONTH, and print it. Two people must sign one.

    \b
    Example: alpr-gate ledger order-shred 2021-11 --key castro.key --reason "retention is over" > castro.order
    """
    settings = load_settings()
    order = shred_order(settings.ledger_origin, month, reason)
    click.echo(str(note_by(load_signer(key_file, settings.signer_seconds), str(order))), nl=False)


@click.command("shred")
@click.argument("orders", nargs=-1, required=True, type=FILE)
@click.option(
    "--signer",
    "signers",
    type=VERIFIER,
    multiple=True,
    required=True,
    help="The verifier key of one who may order it; give two at least.",
)
@by_option
def shred_command(orders: tuple[Path, ...], signers: tuple[Verifier, ...], by: str) -> None:
    """Destroy the key of a month, as two people have ordered.

    ORDERS are the files that they signed. Then nobody can read any more what was sealed with that key; hashes
    and proofs still verify. It is refused while the month is retained, while an evidence hold is about reads
    from before its end, and while requests, releases or dead letters of it are left in plain. Copies of the
    vault are yours to destroy, and restart the workers: one that ran since may have the key in memory.

    \b
    Example: alpr-gate ledger shred a.order b.order --signer "$(cat a.pub)" --signer "$(cat b.pub)"
    """
    settings = load_settings()
    notes = tuple(read_text(path) for path in orders)
    shredding = Shredding(order=read_orders(notes, signers), notes=notes, by=by)
    act = run(shred(settings, _folder(settings), shredding, SystemClock().now()))
    click.echo(f"the key {act.key_id} is destroyed; on record as act {act.seq} of {act.at.isoformat()}")


@click.command()
@click.option("--json", "form", flag_value="json", help="Print JSON lines instead of a table.")
@click.option("--table", "form", flag_value="table", default="table", hidden=True)
def actions(form: str) -> None:
    """List who opened, shredded, looked at or passed over what.

    Their chain is checked first. The exit code is 4 when it is broken.

    \b
    Example: alpr-gate ledger actions --json | jq -r 'select(.act == "open").by' | sort | uniq -c
    """
    found = run(read_actions(load_settings()))
    if form == "json":
        for action in found:
            click.echo(json_text(action))
        return
    table = grid("act", "at", "what", "by", "reason", "record")
    for action in found:
        row = (str(action.seq), _minute(action.at), action.act, action.by, action.reason)
        table.add_row(*map(phrase, row), phrase(_what(action)))
    console().print(table)
    console().print(f"{len(found)} acts, their chain is whole")


def _what(action: AdminAction) -> str:
    """Return what it was done to."""
    if action.offset is not None:
        return f"mark {action.offset}"
    return action.decision_id or action.key_id or "-"


def _minute(instant: datetime) -> str:
    return f"{instant:%Y-%m-%d %H:%M}Z"


def _folder(settings: Settings) -> Path:
    if settings.vault is None:
        raise InputError("no vault: name its folder in ALPR_GATE_VAULT")
    return settings.vault
