"""The agent of sharing requests: what waits in a partition is decided by the partition's writer."""

from typing import Any

from streams.kafka.transport import BatchApp, Doorbell


def add_gate(app: BatchApp) -> None:
    """Add the agent to the app.

    Its topic is not acknowledged: the writer commits the offsets in the transaction that holds the
    decisions, so an event that Faust loses is read again, and one that fails is never skipped.
    """
    requests = app.topic(app.writers.topic, value_type=bytes, acks=False)

    @app.agent(requests, name="gate")
    async def gate(doorbells: Any) -> None:
        async for event in doorbells.noack().events():
            doorbell: Doorbell = event.value
            app.writers.ring(doorbell.partition)
