"""The seam between the writer of a partition, which knows Kafka, and the gate, which knows the policy.

Protocols only. The writer promises one draft at a time, none before `recover` has returned, and `adopt` after
each commit and never without one. The stage promises that a draft can be thrown away without a trace.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from streams.codecs.trace_context import Header
from streams.kafka.batch import Record

# Key, value and headers of a record to write; aiokafka takes its headers as a list and nothing else
Outgoing = tuple[bytes | None, bytes | None, list[Header]]
# (topic, partition) -> the records to write there, in order
Outbox = Mapping[tuple[str, int], Sequence[Outgoing]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Committed:
    """What the consumer group has on record for a partition: the next offset, and our note beside it.

    `metadata` is the text that Kafka keeps with a committed offset, at most 4096 bytes by default.
    """

    offset: int
    metadata: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """How long the steps of one transaction took, in seconds, and how many records still wait after it."""

    steps: Mapping[str, float]
    lag: int


class Draft(Protocol):
    """One transaction in the making: it decides record by record, and changes nothing until adopted.

    `take` each record in the order of the log, then `finish` once, then read `outbox` and `metadata`.
    """

    def take(self, record: Record) -> None:
        """Decide one record; never raises because of what the record holds."""
        ...

    def refuse(self, record: Record, cause: str) -> None:
        """Record that no transaction can hold the outcome of this record, instead of deciding it.

        `cause` is what the broker or the codec said; it names no content of the record.
        """
        ...

    def bury(self, record: Record, cause: str) -> None:
        """Record the bytes alone, because no transaction can hold even their refusal."""
        ...

    def finish(self) -> None:
        """Add what is due without input: the genesis, expired holds, the acknowledgement of a revision."""
        ...

    @property
    def outbox(self) -> Outbox:
        """Return all that the transaction writes."""
        ...

    @property
    def metadata(self) -> str:
        """Return the note to commit beside the offset."""
        ...


D = TypeVar("D", bound=Draft)


class Stage(Protocol[D]):
    """What the records of one partition become. The state it holds changes by `adopt` alone."""

    async def recover(self) -> int:
        """Rebuild the state from the log, and return the position to read on from.

        Raises:
            LedgerError: the log is not the continuation of what was committed.
        """
        ...

    async def ready(self) -> None:
        """Wait until deciding is allowed."""
        ...

    def obstacle(self) -> str | None:
        """Return why deciding is not allowed now, for people to read, or None."""
        ...

    def draft(self) -> D:
        """Begin a transaction on top of the state."""
        ...

    def prepare(self, record: Record) -> None:
        """Do beforehand what deciding the record needs and what the record alone determines.

        It may be called for any record that waits, once, often or never; nothing depends on it but time.
        """
        ...

    async def settled(self, draft: D) -> bool:
        """Wait for what the draft still misses; False when it has to be made again."""
        ...

    def holds_still(self, draft: D) -> bool:
        """Tell whether what the draft was decided on is still so, right before it is committed.

        It cannot wait, so nothing runs between its answer and the beginning of the commit.
        """
        ...

    def adopt(self, draft: D, timing: Timing) -> None:
        """Make the state that of the draft: its transaction is committed."""
        ...

    def seconds_to_duty(self) -> float:
        """Return in how many seconds something is due without input; 0 for now."""
        ...
