"""The ground that a benchmark stands on: one broker of its own and one keyring, for as long as it lasts."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from streams.clock import Clock
from streams.codecs.keyring import KEY_BYTES, Keyring, new_keyring, write_keyring
from streams.kafka.embedded import EmbeddedKafka
from streams.settings import Settings, load_settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """Where everything runs. `settings` name broker and keyring; `folder` is gone afterwards."""

    settings: Settings
    keyring: Keyring
    folder: Path
    clock: Clock


@contextmanager
def ground(clock: Clock) -> Iterator[Ground]:
    """Start a broker on a free port of this machine; it is gone with its data when the context ends.

    Raises:
        InputError: a setting of the environment is not what it must be.
        UnavailableError: the broker cannot be started.
    """
    given = load_settings()
    with EmbeddedKafka(cache=given.kafka_cache) as broker:
        keyring = new_keyring(secrets.token_bytes(2 * KEY_BYTES))
        path = broker.folder / "keyring.json"
        write_keyring(keyring, path)
        ours = {
            "bootstrap_servers": broker.bootstrap_servers,
            # One node cannot hold more copies.
            "replication_factor": 1,
            "keyring": path,
        }
        yield Ground(
            settings=given.model_copy(update=ours), keyring=keyring, folder=broker.folder, clock=clock
        )
