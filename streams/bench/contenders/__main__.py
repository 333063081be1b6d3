"""`python -m streams.bench.contenders NAME NOW AGREEMENTS ENTITIES`: run one contender until it is killed.

NOW is the world's time in ISO 8601. Brokers, topics and keyring come from the settings, as for a worker.
"""

import sys
from datetime import datetime

from streams.bench.contenders import loop_of
from streams.bench.work import Work
from streams.bench.world import World
from streams.clock import SystemClock
from streams.codecs.keyring import load_keyring
from streams.errors import InputError
from streams.settings import load_settings
from streams.topics import Topics


def main(name: str, now: str, agreements: str, entities: str) -> None:
    """Make the books, then run the loop."""
    settings = load_settings()
    if settings.keyring is None:
        raise InputError("a contender needs ALPR_GATE_KEYRING")
    world = World(now=datetime.fromisoformat(now), agreements=int(agreements), entities=int(entities))
    work = Work(world, load_keyring(settings.keyring), Topics.of(settings), SystemClock().now())
    loop_of(name)(settings, work)


main(*sys.argv[1:])
