"""The ground that a benchmark stands on: one broker of its own and one keyring, for as long as it lasts."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from streams.clock import Clock
from streams.codecs.keyring import KEY_BYTES, Keyring, new_keyring
from streams.kafka.own_broker import own_broker
from streams.settings import Settings


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
    keyring = new_keyring(secrets.token_bytes(2 * KEY_BYTES))
    with own_broker(keyring) as (settings, folder):
        # What is compared is the gate with others that sign nothing; nobody else reaches this broker.
        unsigned = settings.model_copy(
            update={"custodians": None, "books_owner": None, "unsigned_books": True}
        )
        yield Ground(settings=unsigned, keyring=keyring, folder=folder, clock=clock)
