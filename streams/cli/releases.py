"""`alpr-gate releases`: the desk at which orders are carried out and images are fetched, and what it did."""

import click

from streams.adapters.releases.log import release_log
from streams.adapters.releases.service import serve_releases
from streams.chains.log import read_log
from streams.cli.books_options import form_option
from streams.cli.books_output import print_json, print_rows
from streams.cli.terminal import console
from streams.cli.work import run
from streams.clock import SystemClock
from streams.ledger.open_orders import OpenOrders
from streams.logs import configure_logs
from streams.settings import Settings, load_settings

# Columns of a narrow terminal.
FEW = 3


@click.group()
def releases() -> None:
    """Carry out release orders, and see which receipts are owed.

    \b
    Example: alpr-gate releases list
    """


@releases.command()
def serve() -> None:
    """Serve the desk of releases until stopped.

    The agency's own systems redeem orders there, once each, and close them with a receipt; recipients fetch
    the images that a release refers to. Each step asks the agreement again and is put on record first. Who
    comes in is known by the tokens that ALPR_GATE_API_TOKENS names. One desk at a time: a second one takes
    over from the first.

    \b
    Example: alpr-gate releases serve
    """
    settings = load_settings()
    configure_logs(settings)
    run(_serve(settings))


async def _serve(settings: Settings) -> None:
    async with serve_releases(settings, SystemClock()) as serving:
        click.echo(f"listening on {settings.releases_host}:{serving.port}")
        # It ends only when it cannot put anything on record any more, or by Ctrl-C.
        await serving.watching


@releases.command("list")
@form_option
def list_(form: str) -> None:
    """List the orders that were begun and have no receipt.

    The chain of all that was done with releases is verified on the way.

    \b
    Example: alpr-gate releases list
    """
    settings = load_settings()
    actions = run(read_log(settings, release_log(settings)))
    found = OpenOrders(actions).open()
    if form == "json":
        print_json({"acts": len(actions), "open": found})
    elif not found:
        console().print(f"no receipt is owed; the chain of {len(actions)} acts is whole")
    else:
        now = SystemClock().now()
        columns = {
            "decision": lambda one: one.decision_id,
            "recipient": lambda one: one.entity_id,
            "receipt due": lambda one: (
                "" if one.receipt_due is None else f"{one.receipt_due:%Y-%m-%d %H:%MZ}"
            ),
            "late": lambda one: "yes" if one.receipt_due is not None and one.receipt_due <= now else "",
        }
        print_rows(found, columns, FEW)
