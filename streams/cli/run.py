"""`alpr-gate run`: one worker, until it is stopped."""

import asyncio
import signal

import click
import uvloop

from streams.app import GateApp, build, die
from streams.logs import configure_logs
from streams.settings import load_settings


@click.command()
def run() -> None:
    """Run a worker of the gate until it is stopped.

    Settings come from the environment: KAFKA_BOOTSTRAP_SERVERS, ALPR_GATE_KEYRING, ALPR_GATE_INSTANCE_ID and
    the others that the guide lists. SIGTERM finishes the transaction under way and leaves; every fatal
    fault ends in one line and an exit code that `alpr-gate --help` explains.

    \b
    Example: ALPR_GATE_KEYRING=keyring.json alpr-gate run
    """
    settings = load_settings()
    configure_logs(settings)
    app = build(settings)
    uvloop.run(work(app))
    # A crash must not look like a stop that was asked for: supervisors restart by the exit code.
    if app.crash_reason is not None:
        die(app.crash_reason)


async def work(app: GateApp) -> None:
    """Run the worker until SIGTERM or SIGINT comes, or until it crashes."""
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    starting = asyncio.create_task(app.start())
    stopping = asyncio.create_task(stopped.wait())
    # A signal may come while the worker still waits for a broker or for the books.
    await asyncio.wait((starting, stopping), return_when=asyncio.FIRST_COMPLETED)
    if starting.done():
        starting.result()
        await app.wait_first(stopping)
    await app.stop()
    starting.cancel()
