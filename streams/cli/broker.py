"""`alpr-gate broker`: the embedded Kafka as a program of its own."""

from pathlib import Path

import click

from streams.errors import UnavailableError
from streams.kafka.background import BackgroundKafka, default_folder
from streams.settings import load_settings

DEFAULT_PORT = 9092

data_option = click.option(
    "--data",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=default_folder,
    show_default="the user's data folder",
    help="Folder of the broker's data; each folder is a broker of its own.",
)


@click.group()
def broker() -> None:
    """Start, stop and see the embedded Kafka.

    The first start downloads Kafka, 45 MB, into the user's cache folder. To use a Kafka of your own instead,
    set KAFKA_BOOTSTRAP_SERVERS.

    \b
    Example: alpr-gate broker start
    """


@broker.command()
@data_option
@click.option("--port", type=click.IntRange(0, 65535), default=DEFAULT_PORT, show_default=True,
              help="Port for clients; 0 picks a free one.")  # fmt: skip
def start(folder: Path, port: int) -> None:
    """Start a broker in the background and print its bootstrap servers.

    It runs until `alpr-gate broker stop`, and its data stay in the folder. When one runs on the folder
    already, it is that one's address that is printed.

    \b
    Example: export KAFKA_BOOTSTRAP_SERVERS=$(alpr-gate broker start --port 0)
    """
    # The address alone goes to stdout, so that a shell can assign it; progress goes to stderr.
    started = BackgroundKafka.start(folder, port, load_settings().kafka_cache)
    click.echo(started.bootstrap_servers)


@broker.command()
@data_option
def status(folder: Path) -> None:
    """Tell whether the folder's broker runs, and where.

    The exit code is 69 when it does not.

    \b
    Example: alpr-gate broker status
    """
    running = BackgroundKafka.find(folder)
    if running is None:
        raise UnavailableError(f"no broker runs on `{folder}`; start one with `alpr-gate broker start`")
    click.echo(f"running at {running.bootstrap_servers}, process {running.pid}, data in {folder}")


@broker.command()
@data_option
def stop(folder: Path) -> None:
    """Stop the broker of the folder; its data stay.

    \b
    Example: alpr-gate broker stop
    """
    running = BackgroundKafka.find(folder)
    if running is None:
        # No error: what was asked for is so already.
        click.echo(f"no broker runs on {folder}")
        return
    running.stop(folder)
    click.echo(f"stopped, data kept in {folder}")
