"""What the API measures: requests by operation, refusals by reason, and how long answering takes.

INVARIANT: a label value comes from a closed set. Neither an agency nor a request id nor a path becomes one,
so nobody outside can make a series.
"""

from collections.abc import Awaitable, Callable
from http import HTTPStatus

from aiohttp import web
from aiohttp.typedefs import Middleware
from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector
from prometheus_client.exposition import generate_latest

from streams import metric_names as names
from streams.clock import Clock
from streams.metric_names import Operation, Refused

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
# So that all series are there from the start; a status is told by its class alone.
CLASSES = ("2xx", "4xx", "5xx")


class Meter:
    """The metrics of one service, in a registry of their own."""

    def __init__(self, clock: Clock) -> None:
        self.registry = CollectorRegistry()
        self._clock = clock
        requests = self._counter(names.API_REQUESTS)
        self._requests = {
            (operation, status): requests.labels(operation, status)
            for operation in Operation
            for status in CLASSES
        }
        refused = self._counter(names.API_REFUSED)
        self._refused = {reason: refused.labels(reason) for reason in Refused}
        spec = names.API_SECONDS
        self._seconds = Histogram(spec.name, spec.help, registry=self.registry, buckets=spec.buckets)
        ProcessCollector(registry=self.registry)

    def _counter(self, spec: names.MetricSpec) -> Counter:
        return Counter(spec.name, spec.help, spec.labels, registry=self.registry)

    def refused(self, reason: Refused) -> None:
        """Count somebody who was turned away at the door."""
        self._refused[reason].inc()

    def render(self) -> bytes:
        """Return all of it as Prometheus reads it."""
        return generate_latest(self.registry)

    def middleware(self) -> Middleware:
        """Return what counts and times each request; what raises counts as 500, which it becomes."""

        @web.middleware
        async def measured(request: web.Request, handler: Handler) -> web.StreamResponse:
            begun = self._clock.monotonic()
            status = int(HTTPStatus.INTERNAL_SERVER_ERROR)
            try:
                response = await handler(request)
                status = response.status
                return response
            finally:
                self._requests[_operation_of(request), f"{status // 100}xx"].inc()
                self._seconds.observe(self._clock.monotonic() - begun)

        return measured


def _operation_of(request: web.Request) -> Operation:
    """Return which page was asked for, by the name of its route; what has none is another."""
    name = request.match_info.route.name
    return Operation(name) if name in set(Operation) else Operation.OTHER
