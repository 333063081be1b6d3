"""`alpr-gate demo`: the whole gate at work on a Kafka of its own."""

import asyncio
import secrets
from pathlib import Path

import click
import uvloop
from rich.console import Console

from streams.cli.terminal import console
from streams.clock import SystemClock
from streams.codecs.keyring import KEY_BYTES, Keyring, new_keyring
from streams.demo.material import Material, real_requests, simulated_day
from streams.demo.playground import owner, playground, worker
from streams.demo.story import fill_books, play
from streams.demo.summary import print_next_steps, print_summary
from streams.errors import LedgerError
from streams.logs import quiet_libraries

# More than one, so that the order is visibly per partition; few, so that a laptop keeps up.
PARTITIONS = 4
READABLE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.option(
    "--requests", type=READABLE, help="Real input: notices of share requests, or a crawl of portals."
)
@click.option("--registry", type=READABLE, help="The entities for it; the shipped example if not given.")
@click.option(
    "--count",
    type=click.IntRange(min=1),
    default=20_000,
    show_default=True,
    help="Simulated requests, when there is no file.",
)
@click.option("--keep", "end", flag_value="keep", help="Leave everything running until Ctrl-C.")
@click.option("--stop", "end", flag_value="stop", default="stop", hidden=True)
def demo(requests: Path | None, registry: Path | None, count: int, end: str) -> None:
    """Show the whole gate at work, then end.

    It starts a Kafka, has two custodians fill the books with an example, starts their owner and a worker,
    sends a simulated day of requests (honest, careless, abusive and garbage), revokes an agreement meanwhile,
    and audits the ledger. Everything runs for real and on this machine alone; nothing of it is left.

    \b
    Example: alpr-gate demo --requests notices.csv --registry registry.yaml
    """
    quiet_libraries()
    try:
        uvloop.run(_demo(console(), requests, registry, count, end))
    except KeyboardInterrupt:
        if end != "keep":  # with it, this is how a demonstration is meant to end
            raise


async def _demo(out: Console, requests: Path | None, registry: Path | None, count: int, end: str) -> None:
    clock = SystemClock()

    def told(step: str) -> None:
        out.print(f"[cyan]●[/] {step}", soft_wrap=True)

    # Read first: what is wrong with a file is told before anything is started.
    keyring = new_keyring(secrets.token_bytes(2 * KEY_BYTES))
    material = _material(keyring, requests, registry, count)
    told("starting a Kafka of its own")
    async with playground(PARTITIONS, keyring) as ground:
        await fill_books(ground, clock, material, told)
        told("starting the owner of the books: alpr-gate books own")
        told("starting a worker: alpr-gate run")
        async with owner(ground), worker(ground, clock):
            told(f"sending {len(material.messages):,} requests")
            played = await play(ground, clock, material, told)
            print_summary(played, out)
            if end == "keep":
                print_next_steps(ground, out)
                # Nobody sets it: Ctrl-C ends the wait, and the contexts around it clean up.
                await asyncio.Event().wait()
    # Last, when all is shown and stopped: a demonstration that does not verify must fail a pipeline.
    if not played.audit.sound:
        raise LedgerError("the ledger does not verify")
    out.print("\nlook next: README.md, `alpr-gate --help`, `alpr-gate demo --keep`")


def _material(keyring: Keyring, requests: Path | None, registry: Path | None, count: int) -> Material:
    if requests is None:
        return simulated_day(keyring, SystemClock().now(), count)
    return real_requests(requests, registry, keyring)
