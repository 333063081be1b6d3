"""What the intake of reads measures: payloads as they come in, what became of them, and what waits.

INVARIANT: a label value comes from a closed set, or is the name of a feed in the file of feeds, so nobody
outside can make a series.
"""

from collections.abc import Mapping
from datetime import datetime
from functools import partial

from prometheus_client import CollectorRegistry, Counter, Gauge, ProcessCollector
from prometheus_client.exposition import generate_latest

from streams import metric_names as names
from streams.adapters.reads.feed_file import FeedAccess
from streams.adapters.reads.spool import Backlog
from streams.adapters.reads.unread import UnreadReason
from streams.clock import Clock
from streams.metric_names import MetricSpec, NotTaken

# The label of payloads whose feed was taken out of the file while they lay in the spool.
REMOVED = "removed"


class ReadMeter:
    """The metrics of one intake, in a registry of their own."""

    def __init__(self, feeds: Mapping[str, FeedAccess], most_bytes: int, clock: Clock) -> None:
        self.registry = CollectorRegistry()
        self._clock = clock
        self._feeds = frozenset(feeds)
        labels = (*feeds, REMOVED)
        self._taken = _children(self._counter(names.READS_TAKEN), labels)
        self._written = _children(self._counter(names.READS_WRITTEN), labels)
        self._repeated = _children(self._counter(names.READS_REPEATED), labels)
        unread = self._counter(names.READS_UNREAD)
        self._unread = {
            (feed, reason): unread.labels(feed, reason) for feed in labels for reason in UnreadReason
        }
        not_taken = self._counter(names.READS_NOT_TAKEN)
        self._not_taken = {reason: not_taken.labels(reason) for reason in NotTaken}
        self._payloads, self._bytes = self._gauge(names.SPOOL_PAYLOADS), self._gauge(names.SPOOL_BYTES)
        self._age = self._gauge(names.SPOOL_AGE)
        self._gauge(names.SPOOL_LIMIT).set(most_bytes)
        self._watch(feeds)
        ProcessCollector(registry=self.registry)

    def _watch(self, feeds: Mapping[str, FeedAccess]) -> None:
        idle, allowed = self._gauge(names.FEED_IDLE), self._gauge(names.FEED_MAY_IDLE)
        # A feed that never comes must alert too, so all begin with the process.
        self._last = dict.fromkeys(feeds, self._clock.monotonic())
        for name, access in feeds.items():
            idle.labels(name).set_function(partial(self._idle, name))
            allowed.labels(name).set(access.silent_after.total_seconds())

    def taken(self, feed: str) -> None:
        """Count a payload that is on the disk."""
        self._taken[feed].inc()

    def not_taken(self, reason: NotTaken) -> None:
        """Count a payload that is not."""
        self._not_taken[reason].inc()

    def written(self, feed: str) -> None:
        """Count a read that is on its topic now."""
        self._written[self._label(feed)].inc()
        self._heard(feed)

    def repeated(self, feed: str) -> None:
        """Count a read that was there before."""
        self._repeated[self._label(feed)].inc()
        self._heard(feed)

    def unread(self, feed: str, reason: UnreadReason) -> None:
        """Count a part of a payload that is no read."""
        self._unread[self._label(feed), reason].inc()

    def render(self, backlog: Backlog) -> bytes:
        """Return all of it as Prometheus reads it, with what waits now."""
        self._payloads.set(backlog.payloads)
        self._bytes.set(backlog.size)
        self._age.set(0 if backlog.oldest is None else self._seconds_since(backlog.oldest))
        return generate_latest(self.registry)

    def _idle(self, feed: str) -> float:
        return self._clock.monotonic() - self._last[feed]

    def _heard(self, feed: str) -> None:
        if feed in self._last:
            self._last[feed] = self._clock.monotonic()

    def _label(self, feed: str) -> str:
        return feed if feed in self._feeds else REMOVED

    def _seconds_since(self, instant: datetime) -> float:
        return max(0.0, (self._clock.now() - instant).total_seconds())

    def _counter(self, spec: MetricSpec) -> Counter:
        return Counter(spec.name, spec.help, spec.labels, registry=self.registry)

    def _gauge(self, spec: MetricSpec) -> Gauge:
        return Gauge(spec.name, spec.help, spec.labels, registry=self.registry)


def _children(counter: Counter, labels: tuple[str, ...]) -> dict[str, Counter]:
    return {label: counter.labels(label) for label in labels}
