"""`alpr-gate bench`: the gate beside what a user would otherwise build, measured in one run."""

from importlib import import_module
from pathlib import Path

import click

from streams.cli.terminal import console
from streams.clock import SystemClock
from streams.errors import InputError
from streams.logs import quiet_libraries

USUAL = ("match", "latency", "decide", "parts")
ROUNDS = 5
FOLDER = Path("docs/benchmarks")
NAMES = (
    *USUAL, "backtest", "agreements", "partitions", "workers", "sizes", "recipients", "start", "revocation",
    "live", "soak",
)  # fmt: skip


@click.command()
@click.argument("names", nargs=-1, type=click.Choice(NAMES), metavar="[NAME]...")
@click.option("--all", "everything", is_flag=True, help="Run every bench; it takes about half an hour.")
@click.option(
    "--rounds", type=click.IntRange(min=1), default=ROUNDS, show_default=True, help="Rounds of the match."
)
@click.option(
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    default=FOLDER,
    show_default=True,
    help="Folder for latest.json and the chart.",
)
def bench(names: tuple[str, ...], everything: bool, rounds: int, output: Path) -> None:  # noqa: FBT001  # click's
    """Measure the gate beside its peers, on a Kafka of its own.

    \b
    match       throughput beside librdkafka, aiokafka, Quix Streams and stock Faust
    latency     request to recipient at 50 to 10,000 requests a second
    decide      the rules alone, with 10 to 10,000 agreements
    parts       decoding, encoding and the rest, without Kafka
    backtest    a replay of 400,000 recorded requests under changed books
    agreements, partitions, workers, sizes, recipients
                the gate with one of them varied
    start       from the start to CURRENT with 10,000 agreements
    revocation  from the revocation on record to its binding every partition
    live        one read to 300 recipients: deliveries a second
    soak        memory under full load, ten minutes

    Without a name it runs the first four, which takes about ten minutes. It needs the peers:
    pip install 'alpr-gate[bench]'.

    \b
    Example: alpr-gate bench match --rounds 3
    """
    quiet_libraries()
    try:
        benches = import_module("streams.bench.benches")
    except ModuleNotFoundError as error:
        raise InputError(f"the benchmark needs `{error.name}`: pip install 'alpr-gate[bench]'") from error
    chosen = NAMES if everything else names or USUAL
    benches.run_benches(chosen, SystemClock(), console(), rounds, output)
