"""What the writers of one input other than the requests tell: how much waits, and how long their chain is.

The requests have names of their own, which are older than the other inputs and a promise by now.
"""

from collections.abc import Mapping

from prometheus_client import Counter, Gauge

from streams.metric_names import Input, Outcome


class StreamMetrics:
    """The gauges of one input, by partition; `Metrics.of_input` makes one."""

    def __init__(
        self, source: Input, lag: Gauge, position: Gauge, transactions: Mapping[str, Counter]
    ) -> None:
        self._source = source
        self._lag = lag
        self._position = position
        self._transactions = transactions
        self._told: set[int] = set()

    def set_lag(self, partition: int, records: int) -> None:
        """Tell how many records of a partition wait, also while no batch is taken."""
        self._told.add(partition)
        self._lag.labels(self._source, partition).set(records)

    def set_position(self, partition: int, seq: int) -> None:
        """Tell the sequence number of the newest record of the partition's chain."""
        self._told.add(partition)
        self._position.labels(self._source, partition).set(seq)

    def forget_partition(self, partition: int) -> None:
        """Remove what was told of a partition that another worker owns now."""
        if partition in self._told:
            self._told.remove(partition)
            for gauge in (self._lag, self._position):
                # Either may never have been told.
                gauge.remove_by_labels({"input": self._source, "partition": str(partition)})

    def transaction_ended(self, outcome: Outcome) -> None:
        """Count one transaction; a committed one too."""
        self._transactions[outcome].inc()
