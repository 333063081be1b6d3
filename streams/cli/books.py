"""`alpr-gate books`: what custodians have proposed, and the second person's word on it."""

from collections.abc import Mapping, Sequence
from operator import itemgetter
from pathlib import Path

import click

from streams.books.custodian import approve, reject
from streams.books.gains import gains
from streams.books.index import BooksIndex
from streams.books.loader import read_index
from streams.books.owner import BooksOwner
from streams.books.proposals import changes_of, proposal_id
from streams.books.signed_history import SignedHistory
from streams.cli.books_options import author_of, form_option, given, tell
from streams.cli.books_output import differing, grid, phrase, print_json, print_rows
from streams.cli.terminal import console
from streams.cli.work import run
from streams.clock import SystemClock
from streams.custody.signing_program import load_signer
from streams.errors import InputError
from streams.ledger.book_change import SignedChange, read_change, signers_of
from streams.logs import configure_logs
from streams.settings import load_settings

own_key = click.option(
    "--key",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    help="Your signing key.",
)
proposals_argument = click.argument("proposals", metavar="ID...", nargs=-1, required=True)


@click.group()
def books() -> None:
    """List, show, approve and reject proposals; sign as owner.

    \b
    Example: alpr-gate books proposals
    """


@books.command()
@own_key
@click.option(
    "--memory",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    help="File with what was signed last; without it earlier books look like the latest.",
)
def own(key: Path, memory: Path) -> None:
    """Sign where the books stand, as their owner, until stopped.

    Workers with ALPR_GATE_BOOKS_OWNER decide only while they read just what was signed a short while ago, so
    that books that end too early, or were exchanged, are noticed. Run it on a machine of its own.

    \b
    Example: alpr-gate books own --key owner.key --memory owner.head
    """
    settings = load_settings()
    configure_logs(settings)
    signer = load_signer(key, settings.signer_seconds)
    run(BooksOwner(settings, SystemClock(), signer, memory).run())


@books.command()
@form_option
def proposals(form: str) -> None:
    """List what waits for a second custodian.

    \b
    Example: alpr-gate books proposals
    """
    index = run(read_index(load_settings()))
    rows = sorted((_row(index, *each) for each in index.proposals.items()), key=lambda row: row["at"])
    if form == "json":
        print_json({"proposals": rows})
    else:
        if isinstance(index.history, SignedHistory):
            console().print(f"{index.history.count} changes are signed so far")
        print_rows(rows, {name: itemgetter(name) for name in _COLUMNS}, len(_COLUMNS))


_COLUMNS = ("proposal", "by", "at", "reason", "entries")


def _row(index: BooksIndex, name: str, proposal: SignedChange) -> Mapping[str, str]:
    read = read_change(proposal.note)
    return {
        "proposal": name,
        "by": _signers(index, proposal),
        "at": read.at.isoformat(timespec="seconds"),
        "reason": read.reason,
        "entries": str(len(read.entries)),
    }


def _signers(index: BooksIndex, proposal: SignedChange) -> str:
    history = index.history
    custodians = history.custodians if isinstance(history, SignedHistory) else ()
    try:
        return " ".join(one.name for one in signers_of(proposal.note, custodians)) or "nobody known"
    except InputError:
        return "a forged signature"


@books.command()
@click.argument("proposal", metavar="ID")
def show(proposal: str) -> None:
    """Show what a proposal changes, and what gets wider by it.

    \b
    Example: alpr-gate books show 3f9c2a
    """
    index = run(read_index(load_settings()))
    signed = index.proposals[proposal_id(index, proposal)]
    read = read_change(signed.note)
    console().print(phrase(f"proposed by {_signers(index, signed)}: {read.reason}"))
    table = grid("entry", "field", "was", "will be")
    wider: list[str] = []
    for change, entry, value in zip(
        changes_of(index, signed).changes, read.entries, signed.values, strict=True
    ):
        for field, (was, will_be) in differing(change.before, change.after).items():
            table.add_row(*map(phrase, (entry.key, field, was, will_be)))
        wider.extend(f"{entry.key}: {gain}" for gain in gains(entry, value))
    console().print(table)
    console().print(phrase(f"wider by it: {', '.join(wider) or 'nothing'}"))


@books.command("approve")
@proposals_argument
@own_key
def approve_(proposals: Sequence[str], key: Path) -> None:
    """Approve what another custodian has proposed, all of it or none.

    Nobody approves a proposal of their own. What the statute forbids is refused (exit code 3).

    \b
    Example: alpr-gate books approve 3f9c2a --key castro.key
    """
    author = author_of("", "approved", key)
    tell(run(approve(load_settings(), SystemClock(), proposals, author)))


@books.command("reject")
@click.argument("proposal", metavar="ID")
@own_key
@click.option("--reason", required=True, help="Why; it stays on record.")
def reject_(proposal: str, key: Path, reason: str) -> None:
    """Take a proposal away, your own or another's.

    \b
    Example: alpr-gate books reject 3f9c2a --key castro.key --reason "no clause"
    """
    author = author_of("", given(reason), key)
    run(reject(load_settings(), SystemClock(), proposal, author))
    console().print("[bold]rejected[/]: nothing is changed")
