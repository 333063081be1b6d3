"""The writers of live shares: one for each partition of the reads that this worker owns."""

from aiokafka.structs import TopicPartition

from streams.kafka.partition_writer import PartitionWriter, StartAt
from streams.kafka.writers import Fatal, PartitionWriters
from streams.live.draft import LiveDraft
from streams.live.stage import LiveShares, LiveStage
from streams.topics import Topics


def live_writers(shares: LiveShares, fatal: Fatal) -> PartitionWriters:
    """Return the writers; `fatal` is called with what ends the worker."""
    runtime = shares.runtime

    # A stage for each assignment, as with the requests.
    def new_writer(source: TopicPartition, start_at: StartAt) -> PartitionWriter[LiveDraft]:
        return PartitionWriter(source, LiveStage(source.partition, shares), runtime, start_at)

    return PartitionWriters(Topics.of(runtime.settings).reads.name, new_writer, shares.metrics, fatal)
