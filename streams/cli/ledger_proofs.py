"""The commands of `alpr-gate ledger` that sign and prove."""

import asyncio
import secrets
from pathlib import Path

import click

from streams.cli.work import run
from streams.clock import SystemClock
from streams.codecs.ledger_record import decode_ledger_record
from streams.codecs.signing_key import load_signing_key, new_signing_key, write_signing_key
from streams.codecs.whole_file import read_text
from streams.custody.signing_program import write_signing_program
from streams.errors import InputError
from streams.ledger.proof import check_proof, read_proof
from streams.ledger.signed_note import COSIGNATURE, Verifier, read_verifier
from streams.logs import configure_logs
from streams.notary.cosigner import Cosigner
from streams.notary.notary import Notary
from streams.notary.proving import prove as prove_decision
from streams.notary.witness import Witness
from streams.notary.witness_pages import serve_witness
from streams.settings import load_settings

SEED_BYTES = 32
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


class VerifierKey(click.ParamType):
    """A public key in the text form `name+hash+key`."""

    name = "name+hash+key"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Verifier:
        """Return the verifier, or fail with what was expected."""
        if isinstance(value, Verifier):
            return value
        try:
            return read_verifier(str(value))
        except InputError as error:
            self.fail(str(error), param, ctx)


VERIFIER = VerifierKey()


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--name", help="Its owner's name, without blanks; the ledger's if not given.")
@click.option("--witness", "witness_name", metavar="NAME", help="Make the key of a witness with that name.")
@click.option("--program", metavar="COMMAND", help="Make no key: this program signs with one that it has.")
@click.option("--public", type=FILE, help="The public half of the program's key, in PEM.")
def key(
    file: Path, name: str | None, witness_name: str | None, program: str | None, public: Path | None
) -> None:
    """Make a signing key in a new FILE, and print its verifier key.

    Of a notary under the ledger's name, of a person under their own: two keys of one name are one person
    wherever two have to sign. Only you can read the file. The printed line is public: give it to whoever
    shall be able to check, and keep the file where no worker of the gate and no administrator of its Kafka
    can read it.

    \b
    Example: alpr-gate ledger key castro.key --name m.castro >> custodians
    """
    if name is not None and witness_name is not None:
        raise click.UsageError("give --name or --witness, not both")
    if program is not None:
        if name is None or public is None:
            raise click.UsageError("--program needs --name and --public")
        click.echo(str(write_signing_program(file, name, program, public.read_bytes())))
        return
    seed = secrets.token_bytes(SEED_BYTES)
    if witness_name is None:
        made = new_signing_key(name or load_settings().ledger_origin, seed)
    else:
        made = new_signing_key(witness_name, seed, COSIGNATURE)
    write_signing_key(made, file)
    click.echo(str(made.verifier))


@click.command()
@click.option("--key", "key_file", type=FILE, required=True, help="The signing key, from `ledger key`.")
@click.option(
    "--every",
    type=click.FloatRange(min=0.1),
    default=5.0,
    show_default=True,
    help="Seconds between two looks at the ledger.",
)
@click.option("--once", is_flag=True, help="Sign what there is now, then end.")
@click.option(
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder for the newest checkpoint of each partition, to publish or to keep elsewhere.",
)
@click.option(
    "--witness",
    "witnesses",
    type=(str, VERIFIER),
    multiple=True,
    metavar="URL KEY",
    help="A witness to ask for its cosignature, with its verifier key; may be given again.",
)
def sign(
    key_file: Path,
    every: float,
    once: bool,  # noqa: FBT001  # click's
    output: Path | None,
    witnesses: tuple[tuple[str, Verifier], ...],
) -> None:
    """Sign the tree of the ledger as it grows, until stopped.

    A checkpoint says how many records a partition has and what the root of their tree is. It is published to
    a topic and, with --output, to files. Nothing is signed that does not continue what was signed before. A
    witness remembers what it cosigned, so that not even this key can sign another ledger unseen.

    \b
    Example: alpr-gate ledger sign --key ledger.key --output checkpoints
    """
    settings = load_settings()
    configure_logs(settings)
    cosigners = [Cosigner(url, verifier) for url, verifier in witnesses]
    notary = Notary(settings, load_signing_key(key_file), output, cosigners)
    count = run(notary.run(None if once else every))
    click.echo(f"{count} checkpoints signed")


@click.command()
@click.option("--key", "key_file", type=FILE, required=True, help="Its key, from `ledger key --witness`.")
@click.option(
    "--verifier", "logs", type=VERIFIER, required=True, multiple=True, help="A notary's verifier key."
)
@click.option(
    "--state",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    help="Folder with what it saw last; without it a witness has forgotten.",
)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=7380, show_default=True, help="Port of the same."
)
def witness(key_file: Path, logs: tuple[Verifier, ...], state: Path, host: str, port: int) -> None:
    """Cosign the ledger of somebody else, until stopped.

    It needs no access to the ledger: the notary shows it that each checkpoint continues the one before. It
    refuses any other, so run it where neither the agency nor its administrators can change its files.

    \b
    Example: alpr-gate ledger witness --key clerk.key --verifier "$(cat ledger.pub)" --state seen
    """
    signing_key = load_signing_key(key_file)
    if signing_key.kind != COSIGNATURE:
        raise InputError(f"`{key_file}` is no witness's key: make one with `ledger key --witness NAME`")
    run(_witness(Witness(signing_key.name, signing_key.key, logs, state), host, port))


async def _witness(witness: Witness, host: str, port: int) -> None:
    async with serve_witness(witness, SystemClock(), host, port) as used:
        click.echo(f"listening on {host}:{used}")
        # Nobody sets it: Ctrl-C ends the wait.
        await asyncio.Event().wait()


@click.command()
@click.argument("decision_id")
@click.option("--verifier", type=VERIFIER, required=True, help="The key whose checkpoint the proof leads to.")
def prove(decision_id: str, verifier: Verifier) -> None:
    """Print a proof that the decision stands in the ledger.

    The proof holds the record with all that it says, so give it only to whoever may read that. It can be
    checked without the ledger, for ever: by `alpr-gate ledger check`, or by any tool of the format.

    \b
    Example: alpr-gate ledger prove 4f0c… --verifier "$(cat ledger.pub)" > decision.proof
    """
    click.echo(str(run(prove_decision(load_settings(), decision_id, verifier))), nl=False)


@click.command()
@click.argument("file", type=FILE)
@click.option("--verifier", type=VERIFIER, required=True, help="The key that must have signed.")
def check(file: Path, verifier: Verifier) -> None:
    """Check a proof, without a broker. The exit code is 4 when it does not hold.

    \b
    Example: alpr-gate ledger check decision.proof --verifier "$(cat ledger.pub)"
    """
    proof = read_proof(read_text(file))
    checkpoint = check_proof(proof, verifier)
    record = decode_ledger_record(proof.value)
    click.echo(
        f"decision {record.decision_id} ({record.verdict.value}, decided {record.decided_at.isoformat()}) is "
        f"number {proof.index} of `{checkpoint.origin}`, signed at {checkpoint.size} records"
    )
