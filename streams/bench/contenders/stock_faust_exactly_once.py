"""The same agent with `processing_guarantee="exactly_once"`.

Faust then commits offsets in transactions, but writes to topics that it does not consume outside of them.
"""

from streams.bench.contenders import stock_faust
from streams.bench.work import Work
from streams.settings import Settings


def run(settings: Settings, work: Work) -> None:
    """Run until killed."""
    stock_faust.run(settings, work, "exactly_once")
