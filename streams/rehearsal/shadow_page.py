"""What a shadow has counted, as a page of metrics on a port of its own.

Read from its tally when somebody asks, so nothing is counted twice. Labels are verdicts and kinds of records,
which are closed sets.
"""

from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from functools import partial

from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client.core import CounterMetricFamily
from prometheus_client.exposition import generate_latest
from prometheus_client.registry import Collector

from streams import metric_names as names
from streams.policy.vocabulary import RecordKind, Verdict
from streams.rehearsal.tally import Tally
from streams.web import listening, metrics_application


class ShadowCounts(Collector):
    """The counts of one tally, as Prometheus reads them."""

    def __init__(self, tally: Tally) -> None:
        self._tally = tally

    def collect(self) -> Iterator[CounterMetricFamily]:
        """Yield the counters; each pair of verdicts is 0 at the start, for an alert to see the first."""
        judged = names.SHADOW_JUDGED
        yield CounterMetricFamily(judged.name, judged.help, value=self._tally.compared)
        moved = Counter[tuple[Verdict, Verdict]]()
        for move, count in self._tally.moves.items():
            moved[move.before.verdict, move.after.verdict] += count
        disagreements = _labelled(names.SHADOW_DISAGREEMENTS)
        for live in Verdict:
            for shadow in Verdict:
                disagreements.add_metric([live, shadow], moved[live, shadow])
        yield disagreements
        left_out = _labelled(names.SHADOW_LEFT_OUT)
        for kind in RecordKind:
            left_out.add_metric([kind], self._tally.left_out[kind])
        yield left_out


def _labelled(spec: names.MetricSpec) -> CounterMetricFamily:
    return CounterMetricFamily(spec.name, spec.help, labels=spec.labels)


@asynccontextmanager
async def shown(tally: Tally, host: str, port: int) -> AsyncIterator[int]:
    """Serve the counts while the context lasts; its value is the port, also when 0 asked for a free one.

    Raises:
        UnavailableError: the address cannot be listened on.
    """
    registry = CollectorRegistry()
    registry.register(ShadowCounts(tally))
    ProcessCollector(registry=registry)
    app = metrics_application(partial(generate_latest, registry))
    async with listening(app, host, port, "give --metrics-port a port that is free") as used:
        yield used
