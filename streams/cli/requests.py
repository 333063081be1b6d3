"""`alpr-gate requests`: be an intake, with requests from a file."""

import secrets
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

import click

from streams.adapters.intake import Authenticate, Intake, send_requests
from streams.adapters.share_notices import parse_notices
from streams.adapters.share_portals import parse_edges, request_of
from streams.cli.request_input import (
    is_for_people,
    name_of,
    read_requests,
    registry_of_file,
    text_of_file,
)
from streams.cli.work import run
from streams.codecs.keyring import KEY_BYTES, Keyring, load_keyring, new_keyring, write_keyring
from streams.errors import InputError
from streams.policy.request import SharingRequest
from streams.policy.vocabulary import EntityId
from streams.settings import Settings, load_settings
from streams.topics import Topics


@click.group()
def requests() -> None:
    """Send sharing requests, as an intake, or make the keyring that intakes seal with.

    \b
    Example: alpr-gate requests send request.json --as us-ca-pasadena-pd
    """


@requests.command()
@click.argument("file", type=click.Path(path_type=Path))
def keyring(file: Path) -> None:
    """Make a keyring of fresh random keys in a new FILE.

    Only you can read it, and whoever can seals requests that the gate takes for authenticated.

    \b
    Example: alpr-gate requests keyring keyring.json
    """
    made = new_keyring(secrets.token_bytes(2 * KEY_BYTES))
    write_keyring(made, file)
    click.echo(f"keyring with intake key {made.active_intake_key} in {file}; name it in ALPR_GATE_KEYRING")


def _json_requests(file: BinaryIO) -> Iterator[SharingRequest]:
    return read_requests(file)


def _notice_requests(file: BinaryIO) -> Iterator[SharingRequest]:
    return parse_notices(text_of_file(file), name_of(file))


def _portal_requests(file: BinaryIO) -> Iterator[SharingRequest]:
    # SB 34 binds agencies of California; a share of another state's portal is not one to judge by it.
    others = 0
    for edge in parse_edges(text_of_file(file), name_of(file)):
        if edge.is_from_california():
            yield request_of(edge)
        else:
            others += 1
    if others:
        click.echo(f"{others} shares of portals outside California left out", err=True)


FORMATS: dict[str, Callable[[BinaryIO], Iterator[SharingRequest]]] = {
    "json": _json_requests,
    "notices": _notice_requests,
    "portals": _portal_requests,
}


@requests.command()
@click.argument("file", type=click.File("rb"))
@click.option("--as", "entity_id", metavar="ENTITY_ID", help="The entity that this intake has authenticated.")
@click.option("--format", "form", type=click.Choice(list(FORMATS)), default="json", show_default=True,
              help="JSON, vendors' notices of share requests, or a crawl of portals.")  # fmt: skip
@click.option("--registry", type=click.Path(exists=True, dir_okay=False, path_type=Path),
              help="Entities that a notice or portal names; the shipped example if not given.")  # fmt: skip
def send(file: BinaryIO, entity_id: str | None, form: str, registry: Path | None) -> None:
    """Seal the requests in FILE and send them to the gate.

    FILE may be `-`, the standard input. This command is an intake: it vouches for `--as` with the keyring
    that ALPR_GATE_KEYRING names. Without `--as`, JSON requests go out with nobody vouched for, which the gate
    refuses on record; and a notice or a portal vouches for the entity whose exact name it states. Nothing is
    sent when one of them cannot be read.

    \b
    Example: alpr-gate requests send request.json --as us-ca-pasadena-pd
    """
    settings = load_settings()
    intake = Intake(keyring_of(settings), _authenticate(entity_id, form, registry))
    # All are read before the first is sent: half a file in the gate would be hard to send again.
    accepted = [intake.accept(request) for request in FORMATS[form](file)]
    sent = run(send_requests(settings, accepted, _tell if is_for_people() else _be_silent))
    click.echo(f"{sent} requests sent to {Topics.of(settings).requests.name} at {settings.bootstrap_servers}")


def keyring_of(settings: Settings) -> Keyring:
    """Return the keyring that the settings name.

    Raises:
        InputError: they name none, or it cannot be read.
    """
    if settings.keyring is None:
        raise InputError(
            "no keyring: name its file in ALPR_GATE_KEYRING, `alpr-gate requests keyring` makes one"
        )
    return load_keyring(settings.keyring)


def _authenticate(entity_id: str | None, form: str, registry: Path | None) -> Authenticate:
    """Return what this intake knows of who asks."""
    if entity_id is not None:
        return lambda _: EntityId(entity_id)
    # A file of JSON may come from anybody, so what it claims of its sender vouches for nobody.
    if form == "json":
        click.echo("no --as given: nobody is vouched for, and the gate will refuse", err=True)
        return lambda _: None
    books = registry_of_file(registry)

    def named(request: SharingRequest) -> EntityId | None:
        entity = books.resolve(request.requested_by.organisation)
        return None if entity is None else entity.entity_id

    return named


def _tell(sent: int) -> None:
    click.echo(f"{sent} sent", err=True)


def _be_silent(_sent: int) -> None:
    """Tell nobody: the number stands on the last line."""
