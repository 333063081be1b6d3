"""Workers that kill themselves, one after another, each at one step of its work.

`python -m tests.faults.failing_worker PLAN` takes a JSON list of `[step, n]`: a worker dies by SIGKILL when
it comes to the step for the n-th time, and the next of the plan takes its place. A last one lives. The
product has no such points: its client and its recovery are wrapped here, then each runs as `alpr-gate run`.

Each is a process of its own, forked from this one, which has done nothing but import: the start of Python
would take most of the time of hundreds of deaths.
"""

import asyncio
import ctypes
import json
import os
import signal
import sys
from collections.abc import AsyncGenerator
from typing import Any

from aiokafka import AIOKafkaProducer
from aiokafka.structs import TopicPartition

import streams.cli.run
import streams.gate.recovery
import streams.gate.stage
import streams.kafka.producer
from streams.cli import main
from streams.clock import SystemClock
from streams.codecs.vault import Vault
from streams.gate.partition_state import PartitionState
from streams.kafka.batch import Record
from streams.kafka.reader import PartitionReader
from streams.settings import Settings
from tests.faults.keeper import PASSING

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
SAYS = "killed: "
DONE = "the plan is done"
# A commit takes some milliseconds; each visit to it is cut off a little later.
COMMIT_STEP_SECONDS = 0.0007
# Of Linux's prctl.h.
PR_SET_PDEATHSIG = 1


class Fate:
    """Counts down the visits to one step."""

    def __init__(self) -> None:
        self.step = "never"
        self.visits = self._left = 0

    def decree(self, step: str, visits: int) -> None:
        """Say where this process dies."""
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
            self.die(partition)

    def die(self, partition: int) -> None:
        """Die at once, after one line that says where and when."""
        death = {"step": self.step, "partition": partition, "at": SystemClock().now().isoformat()}
        sys.stderr.write(f"{SAYS}{json.dumps(death)}\n")
        sys.stderr.flush()
        os.kill(os.getpid(), signal.SIGKILL)


FATE = Fate()


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
            FATE.die(self._source)
        return delivery

    async def send_offsets_to_transaction(self, *args: Any) -> None:
        FATE.at("before send-offsets", self._source)
        await super().send_offsets_to_transaction(*args)
        FATE.at("after send-offsets", self._source)

    async def commit_transaction(self) -> None:
        FATE.at("before commit", self._source)
        if FATE.due("within commit"):
            delay = FATE.visits * COMMIT_STEP_SECONDS
            asyncio.get_running_loop().call_later(delay, FATE.die, self._source)
        await super().commit_transaction()
        FATE.at("after commit", self._source)


class MortalReader(PartitionReader):
    """A reader for recovery that may die at a record."""

    async def read(self, partition: TopicPartition, start: int, end: int) -> AsyncGenerator[Record, None]:
        async for record in super().read(partition, start, end):
            FATE.at("while recovery reads", partition.partition)
            yield record


async def mortal_recovery(partition: int, settings: Settings, vault: Vault) -> PartitionState:
    """Recover, and die before or after it."""
    FATE.at("before recovery", partition)
    state = await streams.gate.recovery.recovered(partition, settings, vault)
    FATE.at("after recovery", partition)
    return state


def lived(step: str, visits: int) -> int:
    """Run one worker with that fate, and return its exit code, negative for a signal."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    # Whoever ends the plan ends its worker: Linux sends this when the parent goes.
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    FATE.decree(step, visits)
    try:
        main()
    except SystemExit as end:
        os._exit(end.code if isinstance(end.code, int) else 1)
    os._exit(0)


def all_lived(plan: list[tuple[str, int]]) -> int:
    """Carry the plan out; return early with the code of a worker that no restart helps."""
    for step, visits in plan:
        # Fenced, or without its broker: that is no death of the plan, which is still to come.
        while (code := lived(step, visits)) != -signal.SIGKILL:
            if code not in PASSING:
                return code
    sys.stderr.write(f"{DONE}\n")
    sys.stderr.flush()
    return lived("never", 0)


if __name__ == "__main__":
    planned = [(str(step), int(visits)) for step, visits in json.loads(sys.argv[1])]
    if unknown := {step for step, _ in planned} - set(STEPS):
        sys.exit(f"there are no steps {unknown}")
    # Each is imported there by its name, and not told to others.
    streams.kafka.producer.AIOKafkaProducer = MortalProducer  # type: ignore[attr-defined]
    streams.gate.recovery.PartitionReader = MortalReader  # type: ignore[attr-defined]
    streams.gate.stage.recovered = mortal_recovery  # type: ignore[attr-defined]
    sys.argv = ["alpr-gate", "run"]
    sys.exit(all_lived(planned))
