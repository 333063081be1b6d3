"""The `alpr-gate` command: one file per group of commands, loaded when asked for.

Each error that is expected ends in one line on stderr and the exit code of its class in `streams.errors`.
"""

import sys
from importlib import import_module
from typing import Any

import click

from streams.errors import GateError

# 128 and the number of SIGINT.
INTERRUPTED = 130
# command -> (module below streams.cli, attribute, one line of help)
COMMANDS = {
    "run": ("run", "run", "Run a worker of the gate until it is stopped."),
    "demo": ("demo", "demo", "Show the whole gate at work on a Kafka of its own, then end."),
    "requests": ("requests", "requests", "Send sharing requests, as an intake."),
    "api": ("api", "api", "Serve partner agencies over HTTP."),
    "reads": ("reads", "reads", "Take reads from cameras and vendors, or try a payload."),
    "live": ("live", "live", "List live shares, reconcile what went out live."),
    "who-got": ("who_got", "who_got", "Show who got reads of a plate live; it is on record."),
    "releases": ("releases", "releases", "Carry out release orders, with receipts."),
    "queries": ("queries", "queries", "Screen vendors' exports of searches, record, verify and open them."),
    "decide": ("decide", "decide", "Decide requests from files, without a broker."),
    "backtest": ("backtest", "backtest", "Replay recorded requests under changed books."),
    "explain": ("explain", "explain", "Explain one decision of the ledger, rule by rule."),
    "shadow": ("shadow", "shadow", "Follow the gate with changed books, deciding nothing."),
    "test": ("cases", "test", "Run an agency's own cases against its books."),
    "agreements": ("agreements", "agreements", "List, check, compare, import, apply and revoke agreements."),
    "entities": ("entities", "entities", "List, show and apply entities."),
    "policy": ("policy", "policy", "Show and apply the agency's policy."),
    "books": ("books", "books", "List, show, approve and reject proposals; sign as owner."),
    "evidence": ("evidence", "evidence", "List, show, apply, verify and release evidence holds."),
    "tasks": ("tasks", "tasks", "List and confirm the vendors' shares that are to be closed."),
    "drift": ("drift", "drift", "Compare what a vendor has open with the books."),
    "processors": ("processors", "processors", "List, check and apply the register of processors."),
    "users": ("users", "users", "List, check and apply the agency's own users."),
    "review": ("review", "review", "List, show, approve, deny and return held requests."),
    "marks": ("marks", "marks", "List and pass over marks that nobody can read."),
    "disclosure": ("disclosure", "disclosure", "Draft, sign, submit and list legal disclosures."),
    "tail": ("tail", "tail", "Follow decisions, alerts, answers or holds as they come."),
    "ledger": ("ledger", "ledger", "Verify and reconcile the ledger."),
    "publish": ("publish", "publish", "Write the public list of recipients, the process and the policy."),
    "compliance-pack": (
        "compliance_pack",
        "compliance_pack",
        "Write what an auditor asks for, by point.",
    ),
    "audit": ("audit", "audit", "Draw a sample of decisions, record findings, report."),
    "broker": ("broker", "broker", "Start, stop and see the embedded Kafka."),
    "bench": ("bench", "bench", "Measure the gate beside its peers, on a Kafka of its own."),
    "flow": ("flow", "flow", "Print the map of topics and stages."),
}


class LazyGroup(click.Group):
    """A group that imports a command's file only when that command is used."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; Ctrl-C ends it without a word and with the exit code that shells expect."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            sys.exit(INTERRUPTED)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands in the order of the table."""
        return list(COMMANDS)

    # Faust and the Kafka client are slow to import, and many commands need neither.
    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return one command, or None when there is no such name."""
        if cmd_name not in COMMANDS:
            return None
        module, attribute, _ = COMMANDS[cmd_name]
        command = getattr(import_module(f"streams.cli.{module}"), attribute)
        if not isinstance(command, click.Command):
            # A slip in the table above, which must not look like a command that is not there.
            raise TypeError(cmd_name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands from the table, without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, _, text) in COMMANDS.items()])


# A wide terminal is used, but lines that are too long to read are not made.
HELP_WIDTH = 100


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": HELP_WIDTH},
)
@click.version_option(package_name="alpr-gate")
def cli() -> None:
    """Let ALPR data out only under an agreement in force, and keep a record that proves it.

    \b
    Example: alpr-gate demo

    \b
    Exit codes:
      0   done
      1   an error of the gate
      2   bad input or usage
      3   an unlawful change of the books, refused
      4   the ledger does not verify
      5   what was tried comes out otherwise: decisions change, a case fails
      6   a vendor has shares open that no agreement gives
      69  something needed is not there: broker, network, Java
      70  a fatal fault of the worker; restart it
      75  fenced: another worker took over
      130 interrupted
    """


def main() -> None:
    """Run the command; an expected error is one line on stderr and an exit code that says its kind."""
    try:
        # Wrong usage click tells itself, with exit code 2; only errors of the gate come this far.
        cli(standalone_mode=True)
    except GateError as error:
        click.echo(f"alpr-gate: {error}", err=True)
        sys.exit(error.exit_code)
