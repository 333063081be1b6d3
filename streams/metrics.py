"""What the gate measures, set once per batch and never once per event.

INVARIANT: a label value comes from a closed set or is the number of a partition, so no plate, name or text
from outside can become one. All of it is called from the event loop that also serves `/metrics`; nothing
here takes a lock.

Names, help texts and buckets are in `streams.metric_names`. Times are seconds, positions are those of Kafka.
What a batch did is counted after its commit; an aborted transaction counts as a transaction and nothing more.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import NamedTuple, Self, TypeVar

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector
from prometheus_client.core import HistogramMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
from prometheus_client.registry import Collector

from streams import metric_names as names
from streams.clock import Clock, SystemClock
from streams.ledger.query_access import AccessKind
from streams.live_metrics import LiveMetrics
from streams.metric_names import Input, MetricSpec, Outcome, Step
from streams.policy.decision import Decision
from streams.policy.drift import DRIFT_CODES
from streams.policy.query_screening import FINDABLE
from streams.policy.reasons import ROWS
from streams.policy.share_change import ShareChangeKind
from streams.policy.vocabulary import ReasonCode, RecordKind, Tier, Verdict
from streams.stream_metrics import StreamMetrics

CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4
# A label must have some value; an empty one would be the same series as none.
NONE = "none"
Child = TypeVar("Child", Counter, Gauge, Histogram)


class Counted(NamedTuple):
    """What decisions are counted by; all three are closed sets, so the series are few."""

    verdict: Verdict
    reason: ReasonCode | None
    tier: Tier | None

    @classmethod
    def of(cls, decision: Decision) -> Self:
        """Return the verdict with the leading reason and its tier; a forward has neither."""
        leading = next((r for r in decision.reasons if r.code is decision.leading_reason), None)
        return cls(decision.verdict, decision.leading_reason, leading.tier if leading else None)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenHolds:
    """The holds of one partition: how many, since when, and the deadline that comes first.

    The instants are in UTC, and None when no hold is open. `for_review` wait for a reviewer, `exigent` for an
    answer in minutes.
    """

    count: int = 0
    oldest_opened_at: datetime | None = None
    next_deadline: datetime | None = None
    for_review: int = 0
    exigent: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchSummary:
    """What one committed batch did; the times in `request_seconds` come one per request, in any order.

    `seq` is the chain's newest record, `lag` what waits still, in records; `steps` are in seconds.
    """

    partition: int
    seq: int
    records: int
    lag: int
    decisions: Mapping[Counted, int] = field(default_factory=dict)
    kinds: Mapping[RecordKind, int] = field(default_factory=dict)
    steps: Mapping[Step, float] = field(default_factory=dict)
    request_seconds: Sequence[float] = ()
    dead_letters: int = 0
    rerouted: int = 0
    holds: OpenHolds = field(default_factory=OpenHolds)


class BulkHistogram(Collector):
    """A histogram that takes many observations at once, at a fraction of the cost of one call for each.

    A batch has hundreds of requests. One sort and one search for each bucket stand for as many calls.
    """

    def __init__(self, spec: MetricSpec) -> None:
        self._spec = spec
        self._cumulative = [0] * (len(spec.buckets) + 1)
        self._sum = 0.0

    def observe(self, values: Sequence[float]) -> None:
        """Count all the values; what is below zero counts as zero."""
        ordered = sorted(values)
        # Prometheus counts what is less than or equal to a bound, which is what lies left of `bisect_right`.
        for index, bound in enumerate(self._spec.buckets):
            self._cumulative[index] += bisect_right(ordered, bound)
        self._cumulative[-1] += len(ordered)
        # A sender's clock may be ahead of ours; a sum that went back would read as a restart.
        self._sum += sum(ordered[bisect_right(ordered, 0.0) :])

    def collect(self) -> Iterator[HistogramMetricFamily]:
        """Yield the histogram as Prometheus reads it."""
        bounds = (*map(str, self._spec.buckets), "+Inf")
        counts = list(zip(bounds, map(float, self._cumulative), strict=True))
        yield HistogramMetricFamily(self._spec.name, self._spec.help, buckets=counts, sum_value=self._sum)


class Metrics:
    """The metrics of one worker, in a registry of their own, with every child bound before it is used.

    Looking up a child by its labels costs more than counting does, hence the tables of bound ones. Two of
    these in one process, as in tests, share nothing.
    """

    def __init__(self, registry: CollectorRegistry | None = None, clock: Clock | None = None) -> None:
        self.registry = registry if registry is not None else CollectorRegistry()
        self._clock = clock if clock is not None else SystemClock()
        self._decisions = self._counter(names.DECISIONS)
        self._counted = {counted: self._bind(counted) for counted in _expected()}
        self._dead_letters = self._counter(names.DEAD_LETTERS)
        self._rerouted = self._counter(names.REROUTED)
        self._holes = self._counter(names.HOLES)
        self._kinds = _by_label(self._counter(names.LEDGER_RECORDS), RecordKind)
        self._transactions = _by_label(self._counter(names.TRANSACTIONS), Outcome)
        self._steps = _by_label(self._histogram(names.STEP_SECONDS), Step)
        self._batch_records = self._histogram(names.BATCH_RECORDS)
        self._request_seconds = BulkHistogram(names.REQUEST_SECONDS)
        self._books_states = _by_label(self._gauge(names.BOOKS_STATE), names.BOOKS_STATES)
        self._books_revision = self._gauge(names.BOOKS_REVISION)
        self._books_age = self._gauge(names.BOOKS_AGE)
        self._books_unreadable = self._gauge(names.BOOKS_UNREADABLE)
        self._books_refused = self._gauge(names.BOOKS_REFUSED)
        self._marks_unread = self._gauge(names.MARKS_UNREAD)
        self._evidence_overdue = self._gauge(names.EVIDENCE_OVERDUE)
        self._agreements_overdue = self._gauge(names.AGREEMENTS_OVERDUE)
        self._agreements_stopped = self._gauge(names.AGREEMENTS_STOPPED)
        self._tasks_open = self._gauge(names.TASKS_OPEN)
        self._tasks_late = self._gauge(names.TASKS_LATE)
        self._vault_months = self._gauge(names.VAULT_MONTHS)
        self.live = LiveMetrics(self.registry)
        self._input_lag = self._gauge(names.INPUT_LAG)
        self._input_position = self._gauge(names.INPUT_POSITION)
        self._query_records = _by_label(self._counter(names.QUERY_RECORDS), AccessKind)
        findings = self._counter(names.QUERY_FINDINGS)
        self._query_findings = {code: findings.labels(code, ROWS[code].severity or NONE) for code in FINDABLE}
        self._share_changes = _by_label(self._counter(names.SHARE_CHANGES), ShareChangeKind)
        self._drift_findings = _by_label(self._counter(names.DRIFT_FINDINGS), DRIFT_CODES)
        self._partitioned = {
            spec: self._gauge(spec) for spec in names.METRICS if spec.labels == ("partition",)
        }
        self._bound: dict[int, dict[MetricSpec, Gauge]] = {}
        self.registry.register(self._request_seconds)
        ProcessCollector(registry=self.registry)

    def _counter(self, spec: MetricSpec) -> Counter:
        return Counter(spec.name, spec.help, spec.labels, registry=self.registry)

    def _gauge(self, spec: MetricSpec) -> Gauge:
        return Gauge(spec.name, spec.help, spec.labels, registry=self.registry)

    def _histogram(self, spec: MetricSpec) -> Histogram:
        return Histogram(spec.name, spec.help, spec.labels, registry=self.registry, buckets=spec.buckets)

    def observe_batch(self, summary: BatchSummary) -> None:
        """Count what one committed batch did."""
        for counted, times in summary.decisions.items():
            # Not every pair of verdict and reason can be foreseen; what is new is bound on its first use.
            if counted not in self._counted:
                self._counted[counted] = self._bind(counted)
            self._counted[counted].inc(times)
        for kind, times in summary.kinds.items():
            self._kinds[kind].inc(times)
        for step, seconds in summary.steps.items():
            self._steps[step].observe(seconds)
        self._dead_letters.inc(summary.dead_letters)
        self._rerouted.inc(summary.rerouted)
        self._batch_records.observe(summary.records)
        self._request_seconds.observe(summary.request_seconds)
        gauges = self._gauges_of(summary.partition)
        gauges[names.LAG].set(summary.lag)
        gauges[names.CHAIN_POSITION].set(summary.seq)
        self._set_holds(gauges, summary.holds)

    def observe_queries(self, kinds: Mapping[AccessKind, int], findings: Mapping[ReasonCode, int]) -> None:
        """Count what one committed batch of searches did; what could not be read is a dead letter too."""
        for kind, times in kinds.items():
            self._query_records[kind].inc(times)
        for code, times in findings.items():
            self._query_findings[code].inc(times)
        self._dead_letters.inc(kinds.get(AccessKind.MALFORMED, 0))

    def observe_drift(
        self, kinds: Iterable[ShareChangeKind], findings: Mapping[ReasonCode, int], unread: int
    ) -> None:
        """Count what one committed batch of share changes showed; what could not be read is a dead letter."""
        for kind in kinds:
            self._share_changes[kind].inc()
        for code, times in findings.items():
            self._drift_findings[code].inc(times)
        self._dead_letters.inc(unread)

    def of_input(self, source: Input) -> StreamMetrics:
        """Return what tells about one input beside the requests."""
        return StreamMetrics(source, self._input_lag, self._input_position, self._transactions)

    def transaction_ended(self, outcome: Outcome) -> None:
        """Count one transaction; a committed one too."""
        self._transactions[outcome].inc()

    def hole_found(self) -> None:
        """Count one gap between two batches."""
        self._holes.inc()

    def set_books(self, state: str, revision: int, age_seconds: float) -> None:
        """Tell the state of the books (one of `BOOKS_STATES`), their revision and their freshness."""
        for name, gauge in self._books_states.items():
            gauge.set(name == state)
        self._books_revision.set(revision)
        self._books_age.set(age_seconds)

    def set_vault(self, months: int) -> None:
        """Tell for how many months, this one and those that follow, there is a key."""
        self._vault_months.set(months)

    def set_refused(self, records: int) -> None:
        """Tell how many records of the books count for nothing since the worker has read them."""
        self._books_refused.set(records)

    def set_unread_marks(self, records: int) -> None:
        """Tell how many records among the marks cannot be read and are not passed over."""
        self._marks_unread.set(records)

    def set_neglected(self, unreadable_keys: int, overdue_evidence: int) -> None:
        """Tell which entries of the books somebody has to see to: how many of each kind."""
        self._books_unreadable.set(unreadable_keys)
        self._evidence_overdue.set(overdue_evidence)

    def set_owed(self, overdue: int, stopped: int, open_tasks: int, late_tasks: int) -> None:
        """Tell how many agreements are overdue and stopped, and how many tasks are open and late."""
        self._agreements_overdue.set(overdue)
        self._agreements_stopped.set(stopped)
        self._tasks_open.set(open_tasks)
        self._tasks_late.set(late_tasks)

    def set_lag(self, partition: int, records: int) -> None:
        """Tell how many requests of a partition wait, also while no batch is decided."""
        self._gauges_of(partition)[names.LAG].set(records)

    def forget_partition(self, partition: int) -> None:
        """Remove what was told of a partition that another worker owns now.

        Left standing, its last lag would look like requests that wait for ever.
        """
        if self._bound.pop(partition, None) is not None:
            for gauge in self._partitioned.values():
                gauge.remove(str(partition))

    def render(self) -> bytes:
        """Return all of it as Prometheus reads it; `CONTENT_TYPE` is its type."""
        return generate_latest(self.registry)

    def _bind(self, counted: Counted) -> Counter:
        labels = (counted.verdict, counted.reason or NONE, counted.tier or NONE)
        return self._decisions.labels(*labels)

    def _gauges_of(self, partition: int) -> Mapping[MetricSpec, Gauge]:
        if partition not in self._bound:
            label = str(partition)
            self._bound[partition] = {spec: gauge.labels(label) for spec, gauge in self._partitioned.items()}
        return self._bound[partition]

    def _set_holds(self, gauges: Mapping[MetricSpec, Gauge], holds: OpenHolds) -> None:
        gauges[names.HOLDS_OPEN].set(holds.count)
        gauges[names.HOLDS_FOR_REVIEW].set(holds.for_review)
        gauges[names.HOLDS_EXIGENT].set(holds.exigent)
        # Ages are worked out when they are read: they grow while no batch comes.
        gauges[names.HOLDS_OLDEST].set_function(partial(self._seconds_since, holds.oldest_opened_at))
        gauges[names.HOLDS_OVERDUE].set_function(partial(self._seconds_since, holds.next_deadline))

    def _seconds_since(self, instant: datetime | None) -> float:
        return 0.0 if instant is None else max(0.0, (self._clock.now() - instant).total_seconds())


def _expected() -> Iterator[Counted]:
    """Yield what will be counted: a series that starts at 1, not at 0, hides its first event from alerts."""
    yield Counted(Verdict.FORWARD, None, None)
    for code, row in ROWS.items():
        # What tells of legal process counts no request that was forwarded.
        if row.verdict is not Verdict.FORWARD:
            yield Counted(row.verdict, code, row.tier)
        # A rule may refuse harder than its row says, and a hold that is not cleared becomes a block.
        yield Counted(Verdict.BLOCK, code, row.tier)


def _by_label(metric: Child, values: Iterable[str]) -> dict[str, Child]:
    return {value: metric.labels(value) for value in values}
