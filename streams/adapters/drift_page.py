"""What a watch over a vendor's list has found, as a page of metrics on a port of its own."""

from collections import Counter
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import datetime
from functools import partial

from prometheus_client import CollectorRegistry, Gauge, ProcessCollector
from prometheus_client.exposition import generate_latest

from streams import metric_names as names
from streams.policy.drift import DRIFT_CODES, Finding
from streams.web import listening, metrics_application


class DriftGauges:
    """The last comparison that succeeded: what it found, and when it was; 0 before the first."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._found = _gauge(names.DRIFT_OPEN, self.registry)
        self._compared = _gauge(names.DRIFT_COMPARED, self.registry)
        self._tell(())
        ProcessCollector(registry=self.registry)

    def compared(self, findings: Iterable[Finding], at: datetime) -> None:
        """Tell what was found at `at` (UTC)."""
        self._tell(findings)
        self._compared.set(at.timestamp())

    def _tell(self, findings: Iterable[Finding]) -> None:
        counts = Counter(finding.reason.code for finding in findings)
        for code in DRIFT_CODES:
            self._found.labels(code).set(counts[code])


def _gauge(spec: names.MetricSpec, registry: CollectorRegistry) -> Gauge:
    return Gauge(spec.name, spec.help, spec.labels, registry=registry)


@asynccontextmanager
async def shown(gauges: DriftGauges, host: str, port: int) -> AsyncIterator[int]:
    """Serve the gauges while the context lasts; its value is the port, also when 0 asked for a free one.

    Raises:
        UnavailableError: the address cannot be listened on.
    """
    app = metrics_application(partial(generate_latest, gauges.registry))
    async with listening(app, host, port, "give --metrics-port a port that is free") as used:
        yield used
