"""`alpr-gate ledger reconcile`: the ledger against what came in and what went out."""

import sys

import click
import orjson
from rich.console import Console

from streams.cli.work import run
from streams.clock import SystemClock
from streams.errors import LedgerError
from streams.gate.audit import audit
from streams.ledger.reconcile import RECORDS_OFFICER, Finding
from streams.settings import load_settings
from streams.topics import Topics


@click.command()
@click.option("--json", "form", flag_value="json", help="Print JSON instead of lines.")
@click.option("--lines", "form", flag_value="lines", default="lines", hidden=True)
def reconcile(form: str) -> None:
    """Name what came in or went out and does not fit the ledger.

    Every request has exactly one record, and whatever that decided, it is about what the request says. All
    that lies in a recipient's topic is a release whose decision says forward, to just this recipient, with
    the digest of just these bytes; and each such decision has its release. So it is with each order to
    disclose by legal process. It can run beside a gate.

    The exit code is 4 when anything is wrong, and also when a chain does not verify: what comes after its
    first bad record was not compared.

    \b
    Example: alpr-gate ledger reconcile
    """
    settings = load_settings()
    result, topics = run(audit(settings, SystemClock().now())), Topics.of(settings)
    broken = [chain for chain in result.chains if chain.problem is not None]
    if form == "json":
        found = {
            "reconciled": result.sound,
            "inputs": result.inputs,
            "forwards": result.forwards,
            "findings": [plain_finding(finding, topics) for finding in result.findings],
            "broken_chains": [chain.partition for chain in broken],
        }
        click.echo(orjson.dumps(found, option=orjson.OPT_INDENT_2))
    else:
        console = Console(soft_wrap=not sys.stdout.isatty())
        for finding in result.findings:
            console.print(f"[red]✗[/] {told(finding, topics)}", highlight=False)
        for chain in broken:
            console.print(
                f"[red]✗[/] the chain of partition {chain.partition} does not verify: {chain.problem}"
            )
        if result.sound:
            console.print(reconciled(result.inputs, result.forwards))
    if not result.sound:
        raise LedgerError(
            f"{len(result.findings):,} differences and {len(broken)} broken chains: keep the topics as they "
            "are, and see the runbook"
        )


def reconciled(inputs: int, forwards: int) -> str:
    """Return the line that says that everything fits."""
    both = f"{inputs:,} inputs have exactly one record each, {forwards:,} forwards have their decision"
    return f"[green]✓[/] {both}"


def told(finding: Finding, topics: Topics) -> str:
    """Return a finding as one line: what is wrong, where it lies, and which decision it is about."""
    decision = f"decision {finding.decision_id}" if finding.decision_id else ""
    where = ", ".join(filter(None, (_place_of(finding, topics), decision)))
    return f"{finding.difference.value}: {where}"


def plain_finding(finding: Finding, topics: Topics) -> dict[str, object]:
    """Return a finding as plain data."""
    return {
        "difference": finding.difference.value,
        "topic": _topic_of(finding, topics),
        "partition": finding.partition,
        "offset": finding.offset,
        "decision_id": finding.decision_id,
    }


def _topic_of(finding: Finding, topics: Topics) -> str:
    if finding.entity_id is None:
        return topics.requests.name
    if finding.entity_id == RECORDS_OFFICER:
        return topics.disclosures.name
    return topics.out(finding.entity_id).name


def _place_of(finding: Finding, topics: Topics) -> str:
    topic = _topic_of(finding, topics)
    if finding.offset is None:
        return f"topic {topic}"
    return f"topic {topic}, partition {finding.partition}, offset {finding.offset}"
