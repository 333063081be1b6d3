"""The agent of one topic: what waits in a partition is decided by the partition's writer.

The agent is how Faust takes part: its topic makes the worker join the group and get partitions. It sees
neither records nor decisions. A doorbell names a partition, and rung twice it does what it does rung once.
"""

from typing import Any

from streams.kafka.transport import BatchApp, Doorbell
from streams.kafka.writers import PartitionWriters


def add_agent(app: BatchApp, name: str, writers: PartitionWriters) -> None:
    """Add the agent that rings for these writers to the app.

    Its topic is not acknowledged: the writer commits the offsets in the transaction that holds the
    decisions, so an event that Faust loses is read again, and one that fails is never skipped.
    """
    # Acknowledged events would make Faust commit offsets beside our transactions.
    topic = app.topic(writers.topic, value_type=bytes, acks=False)

    @app.agent(topic, name=name)
    async def ring(doorbells: Any) -> None:
        # Without acknowledgements here too: a stream has a switch of its own, on by default.
        async for event in doorbells.noack().events():
            doorbell: Doorbell = event.value
            writers.ring(doorbell.partition)
