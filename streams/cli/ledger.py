"""`alpr-gate ledger`: proof that nothing left without a decision."""

import sys
from pathlib import Path

import click
import orjson
from rich.console import Console
from rich.table import Table

from streams.cli.ledger_contents import actions, open_command, order_shred, shred_command, vault
from streams.cli.ledger_proofs import VERIFIER, check, key, prove, sign, witness
from streams.cli.ledger_reconcile import plain_finding, reconcile, reconciled, told
from streams.cli.work import run
from streams.clock import SystemClock
from streams.codecs.whole_file import read_text
from streams.errors import LedgerError
from streams.gate.audit import Audit, audit
from streams.ledger.signed_note import Verifier
from streams.ledger.verify import ChainReport
from streams.notary.proving import Trees, check_trees
from streams.settings import load_settings
from streams.topics import Topics

# The first ones name the place to look at; --json has them all.
SHOWN_FINDINGS = 20


@click.group()
def ledger() -> None:
    """Verify the ledger, sign it, prove single decisions, open and shred what is sealed.

    \b
    Example: alpr-gate ledger verify
    """


COMMANDS = (
    reconcile,
    key,
    sign,
    witness,
    prove,
    check,
    vault,
    open_command,
    order_shred,
    shred_command,
    actions,
)
for command in COMMANDS:
    ledger.add_command(command)


@ledger.command("verify")
@click.option("--verifier", type=VERIFIER, help="Check the tree too, against what this key has signed.")
@click.option(
    "--checkpoint",
    "kept",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    multiple=True,
    help="A checkpoint that was kept elsewhere; needs --verifier, and may be given again.",
)
@click.option(
    "--witness",
    "witnesses",
    type=VERIFIER,
    multiple=True,
    help="A witness that must have cosigned the newest checkpoints; needs --verifier, may be given again.",
)
@click.option("--json", "form", flag_value="json", help="Print JSON instead of a table.")
@click.option("--table", "form", flag_value="table", default="table", hidden=True)
def verify_command(
    verifier: Verifier | None, kept: tuple[Path, ...], witnesses: tuple[Verifier, ...], form: str
) -> None:
    """Check the chains, and against them what came in and went out.

    It recomputes each hash and link from the first record on, compares the heads with what the gate
    committed, and looks for inputs without a record and forwards without a decision. It can run beside a
    gate. The exit code is 4 when anything is wrong.

    Whoever owns topics and offsets can rewrite them all so that they fit. With --verifier the ledger must
    also have the tree of every checkpoint that was published, and of those that you kept. Whoever has the
    notary's key too can sign another ledger, but not for a witness.

    \b
    Example: alpr-gate ledger verify --verifier "$(cat ledger.pub)" --checkpoint kept/0.checkpoint
    """
    settings = load_settings()
    topics = Topics.of(settings)
    files = [(path, read_text(path)) for path in kept]
    if (kept or witnesses) and verifier is None:
        raise click.UsageError("--checkpoint and --witness need --verifier")
    result = run(audit(settings, SystemClock().now()))
    trees = None if verifier is None else run(check_trees(settings, verifier, files, witnesses))
    if form == "json":
        plain = as_plain(result, topics) | ({} if trees is None else {"trees": trees.as_plain()})
        click.echo(orjson.dumps(plain, option=orjson.OPT_INDENT_2))
    else:
        console = Console(soft_wrap=not sys.stdout.isatty())
        print_audit(result, topics, console)
        if trees is not None:
            print_trees(trees, console)
    if not result.sound or (trees is not None and trees.problems):
        raise LedgerError("the ledger does not verify: keep the topics as they are, and see the runbook")


def as_plain(result: Audit, topics: Topics) -> dict[str, object]:
    """Return the audit as plain data; hashes are hex."""
    return {
        "sound": result.sound,
        "inputs": result.inputs,
        "forwards": result.forwards,
        "chains": [_plain_chain(chain) for chain in result.chains],
        "findings": [plain_finding(finding, topics) for finding in result.findings],
    }


def _plain_chain(chain: ChainReport) -> dict[str, object]:
    return {
        "partition": chain.partition,
        "records": chain.count,
        # In full: whoever keeps it elsewhere is a witness against a ledger written anew.
        "head": chain.head_hash.hex(),
        "kinds": {kind.value: count for kind, count in chain.kinds},
        "open_holds": len(chain.open_holds),
        "problem": None if chain.problem is None else str(chain.problem),
    }


def print_audit(result: Audit, topics: Topics, console: Console) -> None:
    """Print one line for each chain, then what differs, then the verdict."""
    table = Table(header_style="bold", box=None, pad_edge=False)
    for column in ("partition", "records", "open holds", "head", "chain"):
        table.add_column(column, justify="right" if column in {"records", "open holds"} else "left")
    for chain in result.chains:
        problem = "[green]verified[/]" if chain.problem is None else f"[red]{chain.problem}[/]"
        table.add_row(
            str(chain.partition),
            f"{chain.count:,}",
            f"{len(chain.open_holds):,}",
            # Enough to compare by eye; --json has the whole of it.
            chain.head_hash.hex()[:16],
            problem,
        )
    console.print(table)
    for finding in result.findings[:SHOWN_FINDINGS]:
        console.print(f"[red]✗[/] {told(finding, topics)}")
    if len(result.findings) > SHOWN_FINDINGS:
        console.print(f"… and {len(result.findings) - SHOWN_FINDINGS:,} more")
    if result.sound:
        console.print(reconciled(result.inputs, result.forwards))


def print_trees(trees: Trees, console: Console) -> None:
    """Print what is wrong with the trees, or how many checkpoints they agree with."""
    for problem in trees.problems:
        console.print(f"[red]✗[/] {problem}")
    if not trees.problems:
        console.print(f"[green]✓[/] the trees are those of {trees.checkpoints:,} signed checkpoints")
