"""`alpr-gate disclosure`: what the agency discloses by legal process, drafted, signed and handed in."""

import hashlib
import secrets
import sys
from pathlib import Path

import click
import orjson

from streams.adapters.act_desk import SignedAct, submit_act
from streams.cli.books_options import by_option, given
from streams.cli.disclosure_output import disclosure_columns, print_disclosure, tell_disclosed
from streams.cli.ledger_proofs import FILE
from streams.cli.review import key_option, patience_option
from streams.cli.review_output import print_listed
from streams.cli.work import run
from streams.clock import SystemClock
from streams.codecs.disclosure_note import encode_disclosure_note, open_disclosure
from streams.codecs.file_disclosure import disclosure_draft, read_disclosure_file
from streams.codecs.json_text import json_text
from streams.codecs.vault import open_vault
from streams.codecs.whole_file import read_text, write_whole
from streams.custody.disclosures import find_disclosure, read_disclosures
from streams.custody.opening import Opening, open_decision
from streams.custody.signing_program import load_signer
from streams.errors import InputError
from streams.ledger.disclosure_note import DisclosureNote, disclosure_text, id_in
from streams.ledger.record import LedgerRecord
from streams.ledger.signed_note import note_by
from streams.policy.vocabulary import AuthorityKind
from streams.settings import load_settings

KINDS = click.Choice([kind.value for kind in AuthorityKind if kind is not AuthorityKind.UNKNOWN])
ID_BYTES = 8


@click.group()
def disclosure() -> None:
    """Draft, sign, submit, list and show disclosures by legal process.

    A subpoena, a warrant, a court order, discovery or a public-records request is disclosed under no
    agreement. Counsel signs which records exactly, by which document and for whom. The gate checks that,
    puts it on record, and orders the records officer to disclose just these.

    \b
    Example: alpr-gate disclosure draft warrant.yaml --kind search_warrant --document warrant.pdf
    """


@disclosure.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--kind", type=KINDS, required=True, metavar="KIND", help=f"One of {', '.join(KINDS.choices)}.")
@click.option("--document", type=FILE, required=True, help="The document itself; its digest is signed.")
def draft(file: Path, kind: str, document: Path) -> None:
    """Write a new FILE to fill in.

    It has an id and the digest of the document. The id is used once: what is refused is drafted anew.

    \b
    Example: alpr-gate disclosure draft warrant.yaml --kind search_warrant --document warrant.pdf
    """
    if file.exists():
        raise InputError(f"`{file}` is there already: a draft goes into a new file")
    try:
        digest = hashlib.sha256(document.read_bytes()).hexdigest()
    except OSError as error:
        raise InputError(f"document `{document}`: {error.strerror}") from error
    disclosure_id = f"d-{secrets.token_hex(ID_BYTES)}"
    write_whole(file, disclosure_draft(disclosure_id, AuthorityKind(kind), digest).encode())
    click.echo(f"{disclosure_id} drafted in {file}")


@disclosure.command()
@click.argument("file", type=FILE)
@key_option
def sign(file: Path, key_file: Path) -> None:
    """Sign the draft in FILE, and print it as it is signed.

    It needs no broker. Submit it within the time in which requests are answered (`request_max_age`).

    \b
    Example: alpr-gate disclosure sign warrant.yaml --key okafor.key > warrant.signed
    """
    settings, now = load_settings(), SystemClock().now()
    key = load_signer(key_file, settings.signer_seconds)
    drafted = read_disclosure_file(read_text(file), file.name, key.name, now)
    click.echo(str(note_by(key, disclosure_text(settings.ledger_origin, drafted))), nl=False)


@disclosure.command()
@click.argument("file", type=FILE)
@patience_option
def submit(file: Path, timeout: float) -> None:
    """Hand a signed FILE to the gate, and tell what became of it.

    It is ordered once. The same again is refused, goes on record and alerts.

    \b
    Example: alpr-gate disclosure submit warrant.signed
    """
    note = read_text(file)
    sent = DisclosureNote(disclosure_id=id_in(note), note=note)
    tell_disclosed(run(_submit(sent, timeout)))


async def _submit(sent: DisclosureNote, timeout: float) -> LedgerRecord:  # noqa: ASYNC109  # an option's name
    act = SignedAct(
        belongs_to=sent.disclosure_id,
        record="DisclosureNote",
        value=encode_disclosure_note(sent),
        what="disclosure",
        seen_by="alpr-gate disclosure list",
    )
    return await submit_act(load_settings(), act, timeout)


@disclosure.command("list")
@click.option("--json", "form", flag_value="json", help="Print JSON lines instead of a table.")
@click.option("--table", "form", flag_value="table", default="table", hidden=True)
def list_(form: str) -> None:
    """List what was disclosed or refused, the newest first. Nothing sealed is opened for it.

    \b
    Example: alpr-gate disclosure list --json | jq -r .decision_id
    """
    found = run(read_disclosures(load_settings()))
    print_listed(found, disclosure_columns(), form, "on record")


@disclosure.command()
@click.argument("decision_id", metavar="ID")
@click.option("--reason", help="Open what is sealed, for this purpose; that stays on record as an access.")
@by_option
def show(decision_id: str, reason: str | None, by: str) -> None:
    """Show one disclosure: why it was refused, or that it was ordered.

    With --reason what counsel signed is opened. You need the vault, and that you looked is an access of its
    own (Civ. Code 1798.90.52): first it is put on record, then it is shown, as JSON.

    \b
    Example: alpr-gate disclosure show 4f0c… --reason "motion to quash" --by m.castro
    """
    settings = load_settings()
    record = run(find_disclosure(settings, decision_id))
    if reason is None:
        print_disclosure(record)
        return
    if record.sealed_access is None:
        raise InputError("nobody of counsel has signed it under a new id: it is no access, and stays sealed")
    if settings.vault is None:
        raise InputError("no vault: name its folder in ALPR_GATE_VAULT")
    vault = open_vault(settings.vault)
    note = open_disclosure(record, vault)
    opening = Opening(decision_id=decision_id, by=by, reason=given(reason))
    opened = run(open_decision(settings, vault, opening, SystemClock().now()))
    sys.stderr.write(f"on record as act {opened.act.seq} of {opened.act.at.isoformat()}\n")
    shown = {
        "decision_id": decision_id,
        "access": orjson.Fragment(json_text(opened.access)),
        "note": note.note,
    }
    click.echo(orjson.dumps(shown, option=orjson.OPT_INDENT_2))
