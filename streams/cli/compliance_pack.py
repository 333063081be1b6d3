"""`alpr-gate compliance-pack`: what an auditor asks, answered from the record, with its verification."""

import io
from datetime import datetime
from pathlib import Path

import click
import orjson
from rich.console import Console

from streams.cli.ledger import as_plain, print_audit
from streams.cli.publish import as_of_option, folder_argument, policy_text_of, text_option, write_publication
from streams.cli.terminal import PIPE_WIDTH
from streams.cli.work import run
from streams.clock import SystemClock
from streams.codecs.whole_file import write_whole
from streams.errors import LedgerError
from streams.gate.audit import Audit, audit
from streams.publication.pack import evidence_of
from streams.publication.pack_page import pack_json, pack_page
from streams.publication.sources import read_sources
from streams.settings import load_settings
from streams.topics import Topics


@click.command("compliance-pack")
@folder_argument
@text_option
@as_of_option
def compliance_pack(folder: Path, text_file: Path, as_of: datetime | None) -> None:
    """Write what an auditor asks for into DIR.

    It answers point by point, in the order of the State Auditor's report 2019-118 and then of Civ. Code
    1798.90.51 to .55, and says what is not in the record. What is published is in it, and the verification
    of the ledger. Numbers are not hidden, so it is not for publication. When the ledger does not verify, the
    pack holds the verification alone (exit code 4).

    \b
    Example: alpr-gate compliance-pack pack --policy-text policy_text.yaml
    """
    text, settings = policy_text_of(text_file), load_settings()
    topics = Topics.of(settings)
    result = run(audit(settings, SystemClock().now()))
    transcript = _printed(result, topics)
    write_whole(folder / "verification.txt", transcript.encode())
    plain = orjson.dumps(as_plain(result, topics), option=orjson.OPT_INDENT_2)
    write_whole(folder / "verification.json", plain)
    if not result.sound:
        raise LedgerError(f"the ledger does not verify; `{folder / 'verification.txt'}` says where")
    evidence = evidence_of(run(read_sources(settings, as_of)), text)
    write_publication(evidence.publication, folder / "public")
    write_whole(folder / "index.html", pack_page(evidence, transcript))
    write_whole(folder / "pack.json", pack_json(evidence))
    click.echo(f"compliance pack as of {evidence.publication.as_of.isoformat()} in `{folder}`")


def _printed(result: Audit, topics: Topics) -> str:
    """Return what `ledger verify` prints."""
    out = io.StringIO()
    print_audit(result, topics, Console(file=out, width=PIPE_WIDTH, soft_wrap=True))
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines()) + "\n"
