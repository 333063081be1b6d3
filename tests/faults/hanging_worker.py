"""A worker that stops itself (SIGSTOP) in the middle of a transaction, once the brokers have a mark of it.

`python -m tests.faults.hanging_worker` is `alpr-gate run` otherwise. The product has no such point:
its client is wrapped here.
"""

import os
import signal
import sys
from typing import Any

from aiokafka import AIOKafkaProducer

import streams.kafka.producer
from streams.cli import main
from streams.settings import Settings
from streams.topics import Topics

SAYS = "stopped within a transaction"


class HangingProducer(AIOKafkaProducer):  # type: ignore[misc]  # aiokafka has no types
    """A transactional producer that stops its process behind a mark."""

    async def send_batch(self, batch: Any, topic: str, *, partition: int) -> Any:
        delivery = await super().send_batch(batch, topic, partition=partition)
        if topic == Topics.of(Settings()).marks.name:
            # What is queued has not left yet: the broker shall have it.
            await delivery
            sys.stderr.write(f"{SAYS}\n")
            sys.stderr.flush()
            os.kill(os.getpid(), signal.SIGSTOP)
        return delivery


if __name__ == "__main__":
    # It is imported there by its name, and not told to others.
    streams.kafka.producer.AIOKafkaProducer = HangingProducer  # type: ignore[attr-defined]
    sys.argv = ["alpr-gate", "run"]
    main()
