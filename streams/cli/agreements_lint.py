"""`alpr-gate agreements lint`: what is wrong with the agreements, or soon will be."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path

import click
import orjson
from rich.text import Text

from streams.books.entries import EntryKind
from streams.books.loader import read_index
from streams.books.usage import used_agreements
from streams.cli.request_input import books_of_files
from streams.cli.terminal import console
from streams.cli.work import run
from streams.clock import SystemClock
from streams.codecs.files import agreement_lines
from streams.codecs.whole_file import read_text
from streams.errors import InputError
from streams.policy.lint import lint as lint_books
from streams.policy.lint.finding import Finding, Level, unreadable
from streams.policy.vocabulary import AgreementId
from streams.settings import load_settings

STYLES = {Level.ERROR: "red", Level.WARNING: "yellow"}
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@dataclass(frozen=True, slots=True)
class Linted:
    """The findings, how many agreements were checked, and where in a file each begins."""

    findings: Sequence[Finding]
    count: int
    name: str
    lines: dict[tuple[str, int], int]

    def line(self, finding: Finding) -> int | None:
        """Return the line of the agreement that the finding is about, or None where there is no file."""
        return self.lines.get((finding.agreement_id, finding.version or 0))


@click.command()
@click.argument("file", type=FILE, required=False)
@click.option("--registry", type=FILE, help="The entities that the agreements of FILE are with.")
@click.option("--within", type=click.IntRange(min=0), default=60, show_default=True, metavar="DAYS",
              help="How far ahead ends and reviews are told.")  # fmt: skip
@click.option("--json", "form", flag_value="json", help="Print JSON instead of lines.")
@click.option("--lines", "form", flag_value="lines", default="lines", hidden=True)
def lint(file: Path | None, registry: Path | None, within: int, form: str) -> None:
    """Check the agreements of FILE, or those on the books.

    It finds what is unlawful, lacks evidence, is overdue or soon over, overlaps another or adds nothing to
    it. Of the books it also tells which agreements no decision of the ledger names. The exit code is 2 when
    there is an error: something wrong with an agreement that is active.

    \b
    Example: alpr-gate agreements lint agreements.yaml --registry registry.yaml --within 90
    """
    horizon = timedelta(days=within)
    linted = _of_books(horizon) if file is None else _of_file(file, registry, horizon)
    if form == "json":
        click.echo(orjson.dumps({"findings": _plain(linted)}, option=orjson.OPT_INDENT_2))
    else:
        _print(linted)
    errors = sum(one.level is Level.ERROR for one in linted.findings)
    if errors:
        raise InputError(
            f"{errors} {'error' if errors == 1 else 'errors'} in the agreements of {linted.name}"
        )


def _of_file(file: Path, registry: Path | None, horizon: timedelta) -> Linted:
    if registry is None:
        raise click.UsageError("FILE needs --registry: whom an agreement is with decides what is lawful")
    books = books_of_files(registry, file)
    return Linted(
        findings=lint_books(books, SystemClock().now(), horizon),
        count=len(tuple(books.agreements())),
        name=f"`{file}`",
        lines=agreement_lines(read_text(file), str(file)),
    )


def _of_books(horizon: timedelta) -> Linted:
    settings = load_settings()
    index = run(read_index(settings))
    used = run(used_agreements(settings))
    if used is None:
        click.echo("there is no ledger yet, so which agreements are used is not known", err=True)
    broken = [
        unreadable(AgreementId(key.name), why)
        for key, why in sorted(index.faults.items(), key=lambda item: item[0].name)
        if key.kind is EntryKind.AGREEMENT
    ]
    found = lint_books(index.books, SystemClock().now(), horizon, used)
    count = len(tuple(index.books.agreements())) + len(broken)
    return Linted(findings=(*broken, *found), count=count, name="the books", lines={})


def _plain(linted: Linted) -> list[dict[str, object]]:
    where = {"file": linted.name.strip("`")} if linted.lines else {}
    return [
        asdict(one) | where | ({} if linted.line(one) is None else {"line": linted.line(one)})
        for one in linted.findings
    ]


def _print(linted: Linted) -> None:
    out = console()
    for one in linted.findings:
        line = linted.line(one)
        where = "" if line is None else f"{linted.name.strip('`')}:{line}: "
        text = Text(where)
        text.append(one.level.value, style=STYLES[one.level])
        text.append(f": {one.agreement_id}: {one.check}: {one.message} [{one.field}]")
        # Never folded: editors jump to the place by the beginning of a line.
        out.print(text, soft_wrap=True)
    levels = [one.level for one in linted.findings]
    errors, warnings = levels.count(Level.ERROR), levels.count(Level.WARNING)
    click.echo(f"{linted.count} agreements checked: {errors} errors, {warnings} warnings")
