"""`alpr-gate reads`: take reads from cameras and vendors, or try what a payload would become."""

from dataclasses import asdict
from pathlib import Path
from typing import BinaryIO
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click

from streams.adapters.reads.delivery import Delivery, Feed
from streams.adapters.reads.formats import READ_FORMATS
from streams.adapters.reads.mapping_file import load_mapping
from streams.adapters.reads.read_format import ReadFormat
from streams.adapters.reads.service import serve_reads
from streams.cli.work import run
from streams.clock import SystemClock
from streams.codecs.json_text import json_text
from streams.codecs.yaml_kinds import DEFAULT_ZONE
from streams.logs import configure_logs
from streams.settings import Settings, load_settings

# What is tried gets references too; those of a deployment have its own key.
TRIAL_KEY = bytes(32)


class Zone(click.ParamType):
    """A time zone by its name."""

    name = "zone"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> ZoneInfo:
        """Return the zone, or fail with what was expected."""
        if isinstance(value, ZoneInfo):
            return value
        try:
            return ZoneInfo(str(value))
        except (ZoneInfoNotFoundError, ValueError, OSError):
            self.fail(f"expected a time zone such as {DEFAULT_ZONE}", param, ctx)


@click.group()
def reads() -> None:
    """Take reads from cameras and vendors, or try a payload.

    \b
    Example: alpr-gate reads serve
    """


@reads.command()
@click.argument("file", type=click.File("rb"))
@click.option("--format", "form", type=click.Choice(list(READ_FORMATS)), help="Whose payload it is.")
@click.option("--mapping", type=click.Path(exists=True, dir_okay=False, path_type=Path),
              help="File that describes its format.")  # fmt: skip
@click.option("--content-type", default="", help="Media type that it came with; a form needs its boundary.")
@click.option("--zone", type=Zone(), default=DEFAULT_ZONE, show_default=True,
              help="Where the camera's clock is, for times without an offset.")  # fmt: skip
def parse(file: BinaryIO, form: str | None, mapping: Path | None, content_type: str, zone: ZoneInfo) -> None:
    """Show what a payload would become.

    One line of JSON for each read in FILE, by one of the formats or by a mapping. Nothing is sent. A part
    that is no read says why.

    \b
    Example: alpr-gate reads parse event.json --format axis
    """
    delivery = Delivery(
        feed=Feed(name="trial", network="trial", zone=zone, reference_key=TRIAL_KEY),
        body=file.read(),
        content_type=content_type,
        received_at=SystemClock().now(),
    )
    for each in _form(form, mapping).parse(delivery):
        click.echo(json_text(asdict(each)))


def _form(form: str | None, mapping: Path | None) -> ReadFormat:
    if mapping is not None and form is None:
        return load_mapping(mapping)
    if form is None or mapping is not None:
        raise click.UsageError("say the payload's format: either --format or --mapping")
    return READ_FORMATS[form]


@reads.command()
def serve() -> None:
    """Take reads over HTTP, MQTT and from folders until stopped.

    A feed of the file that ALPR_GATE_FEEDS names sends to /v1/feeds/NAME, with its secret or signature, or
    to a topic of the MQTT broker at ALPR_GATE_MQTT_URL, or drops files into its folder.
    What is taken lies in the file that ALPR_GATE_SPOOL names until Kafka has it, so that neither a broker nor
    this command needs to be up all the time. It speaks HTTP without TLS: put a proxy that does before it.

    \b
    Example: alpr-gate reads serve
    """
    settings = load_settings()
    configure_logs(settings)
    run(_serve(settings))


async def _serve(settings: Settings) -> None:
    async with serve_reads(settings, SystemClock()) as serving:
        click.echo(f"listening on {settings.reads_host}:{serving.port}, metrics on {serving.metrics_port}")
        await serving.working
