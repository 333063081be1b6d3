"""A broker of one's own with its keys, and settings that lead there: for a demonstration or a benchmark."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from streams.clock import SystemClock
from streams.codecs.keyring import Keyring, write_keyring
from streams.codecs.vault import add_keys
from streams.kafka.embedded import EmbeddedKafka
from streams.ledger.sealed import months_from
from streams.settings import Settings, load_settings


@contextmanager
def own_broker(keyring: Keyring) -> Iterator[tuple[Settings, Path]]:
    """Start a broker on a free port; yield settings for it and its folder, which is gone with it afterwards.

    Other settings are those of the environment, so that what is shown can also be what they change.

    Raises:
        InputError: a setting is not what it must be.
        UnavailableError: the broker cannot be started.
    """
    given = load_settings()
    with EmbeddedKafka(cache=given.kafka_cache) as broker:
        keys = broker.folder / "keyring.json"
        write_keyring(keyring, keys)
        vault = broker.folder / "vault"
        # Two months, for a run that goes on past the end of the first.
        add_keys(vault, months_from(SystemClock().now(), 2), os.urandom)
        ours = {
            "bootstrap_servers": broker.bootstrap_servers,
            # One node cannot hold more copies, whatever the deployment of this environment has.
            "replication_factor": 1,
            # Its topics are gone in a minute; a registry would keep their subjects.
            "schema_registry": "",
            "keyring": keys,
            "vault": vault,
        }
        yield given.model_copy(update=ours), broker.folder
