"""The agent of sharing requests: what waits in a partition is decided by the partition's writer.

The agent is how Faust takes part: its topic makes the worker join the group and get partitions. It sees
neither records nor decisions. A doorbell names a partition, and rung twice it does what it does rung once.
"""

from typing import Any

from streams.kafka.transport import BatchApp, Doorbell


def add_gate(app: BatchApp) -> None:
    """Add the agent to the app.

    Its topic is not acknowledged: the writer commits the offsets in the transaction that holds the
    decisions, so an event that Faust loses is read again, and one that fails is never skipped.
    """
    # Acknowledged events would make Faust commit offsets beside our transactions.
    requests = app.topic(app.writers.topic, value_type=bytes, acks=False)

    @app.agent(requests, name="gate")
    async def gate(doorbells: Any) -> None:
        # Without acknowledgements here too: a stream has a switch of its own, on by default.
        async for event in doorbells.noack().events():
            doorbell: Doorbell = event.value
            app.writers.ring(doorbell.partition)
