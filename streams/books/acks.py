"""Which revision binds which partition of which input: what the gate's writers have acknowledged.

A writer acknowledges in a transaction of its partition once none begun under less is open. Such transactions
are fenced, so the order of the topic is the order of ownership, and the last record of a partition is that of
its present owner, whatever worker wrote it; that one alone counts. (Its epoch, the place in the partition's
chain, rises in the same order, so the last record is also the one with the highest epoch.)
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from streams.books.source import PASSING_FAULTS, RawRecord, open_topic
from streams.codecs.books_ack import decode_books_ack
from streams.errors import CodecError, UnavailableError
from streams.policy.book_records import BooksAck
from streams.settings import Settings
from streams.topics import Topics

# The inputs whose writers let something out: where each of them has a partition of a number, all have to say
# that a revision binds it.
INPUTS = ("requests", "reads")
# Input and partition.
Place = tuple[str, int]
# Short, so that the deadline is looked at often; a revocation should bind within 250 ms.
READ_MS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class BoundReport:
    """How far a revision binds: the acknowledgement of each partition that has reached it, and the rest.

    That of a partition is the last one of all inputs.
    """

    revision: int
    acknowledged: Mapping[int, BooksAck]
    missing: tuple[int, ...]

    @property
    def everywhere(self) -> bool:
        """Return whether the revision binds every partition."""
        return not self.missing

    @property
    def last(self) -> BooksAck | None:
        """Return the acknowledgement that came last, or None when there is none."""
        return max(self.acknowledged.values(), key=lambda ack: ack.at, default=None)

    @property
    def bound_at(self) -> datetime | None:
        """Return when the revision came to bind everywhere, or None while it does not."""
        return self.last.at if self.everywhere and self.last is not None else None


def report(revision: int, partitions: int, latest: Mapping[Place, BooksAck]) -> BoundReport:
    """Return how far the revision binds, given the latest acknowledgement of each partition of each input.

    `partitions` is the number in the settings; a partition that has never acknowledged anything is missing.
    """
    reached: dict[int, BooksAck] = {}
    # One of a partition that the settings do not have is an older deployment's: it proves nothing.
    for partition in range(partitions):
        acks = [latest.get((name, partition)) for name in INPUTS]
        good = [ack for ack in acks if ack is not None and ack.revision >= revision]
        if len(good) == len(INPUTS):
            reached[partition] = max(good, key=lambda ack: ack.at)
    missing = tuple(partition for partition in range(partitions) if partition not in reached)
    return BoundReport(revision=revision, acknowledged=reached, missing=missing)


async def wait_bound(settings: Settings, revision: int, partitions: int, patience: float) -> BoundReport:
    """Wait until every partition has acknowledged the revision, at most `patience` seconds.

    The topic is read from its beginning each time: it is compacted, so that is one record for each partition
    and worker, and a revision that was acknowledged long ago is found like one of this moment.

    Raises:
        UnavailableError: the acknowledgements cannot be read; what binds is then not known.
    """
    topic = Topics.of(settings).books_acks.name
    loop = asyncio.get_running_loop()
    deadline = loop.time() + patience
    latest: dict[Place, BooksAck] = {}
    try:
        async with open_topic(settings, topic) as reader:
            while loop.time() < deadline and not report(revision, partitions, latest).everywhere:
                batch = await reader.read(READ_MS)
                # Committed records alone are read, so what an owner wrote that has lost its partition never
                # counts.
                acks = (ack for ack in map(_ack, batch.records) if ack is not None)
                latest.update(((ack.input, ack.partition), ack) for ack in acks)
    except PASSING_FAULTS as error:
        raise UnavailableError(
            f"could not read `{topic}` ({type(error).__name__}); check the broker, then run the command again"
        ) from error
    return report(revision, partitions, latest)


def _ack(record: RawRecord) -> BooksAck | None:
    """Return the acknowledgement, or None for what cannot be read: that acknowledges nothing."""
    try:
        return None if record.value is None else decode_books_ack(record.value)
    except CodecError:
        return None
