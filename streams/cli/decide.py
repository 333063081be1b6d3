"""`alpr-gate decide`: the decision on requests from a file, without a broker."""

from datetime import datetime
from pathlib import Path
from textwrap import indent
from typing import BinaryIO

import click
from rich.console import Console
from rich.text import Text

from streams.cli.request_input import books_of_files, policy_of_file, read_requests
from streams.clock import SystemClock
from streams.codecs.decision_json import decision_to_json
from streams.codecs.yaml_kinds import DEFAULT_ZONE, read_instant
from streams.policy.decide import decide as decide_request
from streams.policy.decision import Decision
from streams.policy.explain import explain
from streams.policy.vocabulary import Verdict

COLOURS = {Verdict.FORWARD: "bold green", Verdict.HOLD: "bold yellow", Verdict.BLOCK: "bold red"}


class Instant(click.ParamType):
    """A time with offset, or a date that means its 00:00 in Los Angeles."""

    name = "time"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Return the instant in UTC, or fail with what was expected."""
        # click may convert once more what it has converted already.
        if isinstance(value, datetime):
            return value
        try:
            return read_instant(str(value), DEFAULT_ZONE)
        except ValueError as error:
            self.fail(str(error), param, ctx)


EXISTING = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.argument("file", type=click.File("rb"))
@click.option("--policy", type=EXISTING, help="The agency's policy; the shipped example if not given.")
@click.option("--registry", type=EXISTING, help="The entities; the shipped example if not given.")
@click.option("--agreements", type=EXISTING, help="The agreements; the shipped example if not given.")
@click.option("--at", type=Instant(), help="Decide as if it were this time, such as 2026-01-02T03:04:05Z.")
@click.option("--json", "form", flag_value="json", help="Print each decision as one line of JSON.")
@click.option("--text", "form", flag_value="text", default="text", hidden=True)
def decide(
    file: BinaryIO,
    policy: Path | None,
    registry: Path | None,
    agreements: Path | None,
    at: datetime | None,
    form: str,
) -> None:
    """Decide the requests in FILE, and say why; `-` is the standard input.

    FILE holds one request as JSON, or one in each line. Nothing is sent, recorded or remembered, so no
    request is a repeat here. There is no key to check a seal with either: whoever `authenticated_as` names
    is taken as vouched for, and a request without it is refused.

    The exit code is 0 whatever the verdicts; it is 2 at the first line that is no request, after the answers
    to those before it.

    \b
    Example: alpr-gate decide request.json --agreements agreements.yaml --at 2026-01-02T03:04:05Z
    """
    in_force = policy_of_file(policy)
    books = books_of_files(registry, agreements)
    show = _json if form == "json" else _text
    # One instant for the whole file: the order of its lines decides nothing.
    now = at or SystemClock().now()
    for request in read_requests(file):
        decision = decide_request(request, books, in_force, now)
        show(decision, explain(decision, request, books, in_force))


def _json(decision: Decision, explanation: str) -> None:
    click.echo(decision_to_json(decision, explanation))


def _text(decision: Decision, explanation: str) -> None:
    console = Console(highlight=False, soft_wrap=True)
    title = Text(decision.verdict.value.upper(), style=COLOURS.get(decision.verdict, ""))
    title.append(f"  {decision.request_id}", style="bold")
    console.print(title)
    console.print(Text(indent(explanation, "  ") + "\n"))
