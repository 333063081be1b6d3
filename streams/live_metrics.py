"""What live shares tell: how many deliveries went out, and which reads did not, by why."""

from collections.abc import Mapping

from prometheus_client import CollectorRegistry, Counter

from streams import metric_names as names
from streams.metric_names import MetricSpec
from streams.policy.live.withheld import Withheld
from streams.policy.vocabulary import ReasonCode

# What keeps a delivery back from one recipient.
KEPT_BACK = (ReasonCode.VOLUME_EXCEEDED, ReasonCode.RECIPIENT_UNAVAILABLE)


class LiveMetrics:
    """The counters of live shares; every series is there from the start, at zero."""

    def __init__(self, registry: CollectorRegistry) -> None:
        def counter(spec: MetricSpec) -> Counter:
            return Counter(spec.name, spec.help, spec.labels, registry=registry)

        withheld, kept_back = counter(names.LIVE_WITHHELD), counter(names.LIVE_KEPT_BACK)
        self._delivered = counter(names.LIVE_DELIVERIES)
        self._withheld = {why: withheld.labels(why) for why in Withheld}
        self._kept_back = {why: kept_back.labels(why) for why in KEPT_BACK}

    def observe(
        self, delivered: int, withheld: Mapping[Withheld, int], kept_back: Mapping[ReasonCode, int]
    ) -> None:
        """Count what one committed batch did."""
        self._delivered.inc(delivered)
        for why, count in withheld.items():
            self._withheld[why].inc(count)
        for reason, count in kept_back.items():
            self._kept_back[reason].inc(count)
