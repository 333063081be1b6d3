"""`alpr-gate api`: the HTTP API for partner agencies."""

import secrets
from pathlib import Path

import click

from streams.adapters.api.service import serve_api
from streams.cli.requests import keyring_of
from streams.cli.work import run
from streams.clock import SystemClock
from streams.codecs.access_tokens import TOKEN_BYTES, add_token, new_token
from streams.codecs.keyring import Keyring
from streams.logs import configure_logs
from streams.policy.vocabulary import EntityId
from streams.settings import Settings, load_settings


@click.group()
def api() -> None:
    """Serve partner agencies over HTTP, or give one of them a token.

    \b
    Example: alpr-gate api serve
    """


@api.command()
@click.argument("entity_id")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def token(entity_id: str, file: Path) -> None:
    """Make a token for one entity, add its digest to FILE, print it.

    It is printed this once and kept nowhere: hand it to the agency by a way that nobody else reads. Whoever
    has it asks as ENTITY_ID. Delete its line from FILE to take it back; that counts at once.

    \b
    Example: alpr-gate api token us-ca-pasadena-pd tokens
    """
    made = new_token(secrets.token_bytes(TOKEN_BYTES))
    add_token(file, EntityId(entity_id), made)
    click.echo(made)
    click.echo(f"its digest is in {file}; name the file in ALPR_GATE_API_TOKENS", err=True)


@api.command()
def serve() -> None:
    """Serve the API until stopped.

    It authenticates agencies by their tokens, seals what they ask with the keyring that ALPR_GATE_KEYRING
    names, hands it to the gate, and hands out the answers. With ALPR_GATE_API_CERTIFICATE it speaks TLS, and
    with ALPR_GATE_API_CLIENTS it knows agencies by their client certificates. Without TLS it listens on this
    machine alone.

    \b
    Example: alpr-gate api serve
    """
    settings = load_settings()
    configure_logs(settings)
    run(_serve(settings, keyring_of(settings)))


async def _serve(settings: Settings, keyring: Keyring) -> None:
    async with serve_api(settings, keyring, SystemClock()) as serving:
        click.echo(f"listening on {settings.api_host}:{serving.port}, metrics on {serving.metrics_port}")
        # It ends only when the answers can be read no more, or by Ctrl-C.
        await serving.reading
