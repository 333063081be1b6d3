"""The contenders: one file for each way in which a user could otherwise build the gate.

Each is written as its library's documentation does it, with the library's defaults where the work allows it.
Outputs go to partition 0, for a contender has one partition.
"""

from collections.abc import Callable
from importlib import import_module

from streams.bench.work import Work
from streams.settings import Settings

# name, which is also its module in this package -> what it is called in tables
CONTENDERS = {
    "librdkafka_loop": "confluent-kafka loop, transactions",
    "aiokafka_loop": "aiokafka loop, transactions",
    "quix_streams": "Quix Streams, exactly-once",
    "stock_faust": "stock Faust, at-least-once",
    "stock_faust_exactly_once": "stock Faust, exactly_once",
}


def loop_of(name: str) -> Callable[[Settings, Work], None]:
    """Return the function that runs the contender until it is killed.

    Its module is imported only here: a contender should not pay for the libraries of another.
    """
    run: Callable[[Settings, Work], None] = import_module(f"{__name__}.{name}").run
    return run
