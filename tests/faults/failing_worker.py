"""A worker that kills itself at one step of its work: `python -m tests.faults.failing_worker STEP N`.

It dies by SIGKILL when it comes to the step for the N-th time, having said on stderr which partition it was
at work on. The product has no such points: its client and its recovery are wrapped here, then it runs as
`alpr-gate run` does.
"""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from typing import Any

from aiokafka import AIOKafkaProducer
from aiokafka.structs import TopicPartition

import streams.gate.recovery
import streams.gate.stage
import streams.kafka.producer
from streams.cli import main
from streams.gate.partition_state import PartitionState
from streams.kafka.batch import Record
from streams.kafka.reader import PartitionReader
from streams.settings import Settings

RECOVERY = (
    "before the fence",
    "after the fence",
    "before recovery",
    "while recovery reads",
    "after recovery",
)
BATCH = (
    "before begin",
    "after begin",
    "after a send",
    "before send-offsets",
    "after send-offsets",
    "before commit",
    "within commit",
    "after commit",
)
STEPS = (*BATCH, *RECOVERY)
SAYS = "killed at partition"
# A commit takes some milliseconds; each visit to it is cut off a little later.
COMMIT_STEP_SECONDS = 0.0007


class Fate:
    """Counts down the visits to one step."""

    def __init__(self, step: str, visits: int) -> None:
        self.step = step
        self.visits = self._left = visits

    def due(self, step: str) -> bool:
        """Tell whether it is time to die, at a visit to the step."""
        if step == self.step:
            self._left -= 1
        return step == self.step and self._left == 0

    def at(self, step: str, partition: int) -> None:
        """Die if it is time."""
        if self.due(step):
            die(partition)


def die(partition: int) -> None:
    """Die at once, after one line."""
    sys.stderr.write(f"{SAYS} {partition}\n")
    sys.stderr.flush()
    os.kill(os.getpid(), signal.SIGKILL)


FATE = Fate("never", 0)


class MortalProducer(AIOKafkaProducer):  # type: ignore[misc]  # aiokafka has no types
    """A transactional producer that may die at each of its steps."""

    @property
    def _source(self) -> int:
        # The last part of `<app>.<topic>.<partition>`.
        return int(self._txn_manager.transactional_id.rsplit(".", 1)[1])

    async def start(self) -> None:
        FATE.at("before the fence", self._source)
        await super().start()
        FATE.at("after the fence", self._source)

    async def begin_transaction(self) -> None:
        FATE.at("before begin", self._source)
        await super().begin_transaction()
        FATE.at("after begin", self._source)

    async def send_batch(self, *args: Any, **options: Any) -> Any:
        delivery = await super().send_batch(*args, **options)
        if FATE.due("after a send"):
            # What is queued has not left yet: the broker shall have it.
            await delivery
            die(self._source)
        return delivery

    async def send_offsets_to_transaction(self, *args: Any) -> None:
        FATE.at("before send-offsets", self._source)
        await super().send_offsets_to_transaction(*args)
        FATE.at("after send-offsets", self._source)

    async def commit_transaction(self) -> None:
        FATE.at("before commit", self._source)
        if FATE.due("within commit"):
            delay = FATE.visits * COMMIT_STEP_SECONDS
            asyncio.get_running_loop().call_later(delay, die, self._source)
        await super().commit_transaction()
        FATE.at("after commit", self._source)


class MortalReader(PartitionReader):
    """A reader for recovery that may die at a record."""

    async def read(self, partition: TopicPartition, start: int, end: int) -> AsyncIterator[Record]:
        async for record in super().read(partition, start, end):
            FATE.at("while recovery reads", partition.partition)
            yield record


async def mortal_recovery(partition: int, settings: Settings) -> PartitionState:
    """Recover, and die before or after it."""
    FATE.at("before recovery", partition)
    state = await streams.gate.recovery.recovered(partition, settings)
    FATE.at("after recovery", partition)
    return state


if __name__ == "__main__":
    step, visits = sys.argv[1:]
    if step not in STEPS:
        sys.exit(f"there is no step `{step}`")
    FATE = Fate(step, int(visits))
    # Each is imported there by its name, and not told to others.
    streams.kafka.producer.AIOKafkaProducer = MortalProducer  # type: ignore[attr-defined]
    streams.gate.recovery.PartitionReader = MortalReader  # type: ignore[attr-defined]
    streams.gate.stage.recovered = mortal_recovery  # type: ignore[attr-defined]
    sys.argv = ["alpr-gate", "run"]
    main()
