"""A chain that tools and services add to, one act at a time: read whole and checked, with one writer.

Whoever opens it to write fences all others, and the head is committed as a consumer group's position beside
each act. That position is a witness in another topic: a chain that lost its end does not fit it.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Generic, Protocol, TypeVar

from aiokafka.structs import TopicPartition

from streams.chains.note import Note
from streams.chains.recovery import SETTLING_SECONDS
from streams.codecs.event_headers import event_headers, first_headers
from streams.errors import CodecError, LedgerError
from streams.kafka.admin import ensure_topics
from streams.kafka.producer import TransactionalProducer
from streams.kafka.reader import PartitionReader, committed_of
from streams.kafka.stage import Committed, Outbox
from streams.ledger.links import Link
from streams.ledger.record import GENESIS_PREVIOUS, NO_HASH
from streams.settings import Settings
from streams.topics import TopicSpec


class Act(Link, Protocol):
    """A link of such a chain; a frozen dataclass with these fields."""

    __dataclass_fields__: ClassVar[dict[str, Any]]


ActT = TypeVar("ActT", bound=Act)


@dataclass(frozen=True, slots=True, kw_only=True)
class LogKind(Generic[ActT]):
    """One kind of chain: its topic of one partition, its consumer group, its name, its codec.

    `group` is put behind the app's id: nothing here touches the gate's positions. `link` gives the bytes of
    an act with its hash and that hash; `read_link` gives an act, and the hash that its bytes ought to carry.
    """

    topic: TopicSpec
    group: str
    name: str
    link: Callable[[ActT], tuple[bytes, bytes]]
    read_link: Callable[[bytes | None], tuple[ActT, bytes]]

    @property
    def partition(self) -> TopicPartition:
        """Return where the chain lies."""
        return TopicPartition(self.topic.name, 0)

    def apart(self, settings: Settings) -> Settings:
        """Return the settings with the consumer group of the chain."""
        return settings.model_copy(update={"app_id": f"{settings.app_id}.{self.group}"})

    def checked(self, values: Sequence[bytes | None]) -> tuple[ActT, ...]:
        """Return the acts that a whole chain holds.

        Raises:
            LedgerError: one is unreadable, was changed, or does not continue the one before.
        """
        acts: list[ActT] = []
        previous = GENESIS_PREVIOUS
        for place, value in enumerate(values):
            try:
                act, own_hash = self.read_link(value)
            except CodecError as error:
                raise LedgerError(f"act {place} of {self.name}: {error}") from error
            if (act.seq, act.prev_hash, act.hash) != (place, previous, own_hash):
                raise LedgerError(
                    f"the chain of {self.name} breaks at act {place}: somebody wrote to its topic"
                )
            acts.append(act)
            previous = own_hash
        return tuple(acts)

    def check_head(self, acts: Sequence[ActT], note: Note) -> None:
        """Compare the end of the chain with what was committed beside it.

        Raises:
            LedgerError: they are not the same.
        """
        if note.seq >= len(acts) or acts[note.seq].hash != note.hash:
            raise LedgerError(f"act {note.seq} of {self.name} is not the one that was committed")
        if note.seq < len(acts) - 1:
            raise LedgerError(
                f"act {note.seq + 1} of {self.name} was never committed: somebody wrote to its topic"
            )


async def read_log(settings: Settings, kind: LogKind[ActT]) -> tuple[ActT, ...]:
    """Return every act on record, in order; what looks wrong is looked at twice.

    Kafka says that a transaction is committed before its end is visible in every partition, and an act may be
    added while the chain is read.

    Raises:
        LedgerError: one was changed, dropped or inserted, or the end is missing.
        UnavailableError: no broker answers.
    """
    try:
        return await _read_once(settings, kind)
    except LedgerError:
        await asyncio.sleep(SETTLING_SECONDS)
        return await _read_once(settings, kind)


async def _read_once(settings: Settings, kind: LogKind[ActT]) -> tuple[ActT, ...]:
    await ensure_topics(settings.bootstrap_servers, (kind.topic,), settings.replication_factor)
    # Before the chain: what was committed by then must be in what is read after it.
    committed = await committed_of(kind.apart(settings), kind.partition)
    async with PartitionReader(settings) as reader:
        first, end = await reader.bounds(kind.partition)
        values = [record.value async for record in reader.read(kind.partition, first, end)]
    acts = kind.checked(values)
    if committed is not None:
        kind.check_head(acts, Note.read(committed.metadata))
    return acts


class ChainLog(Generic[ActT]):
    """The chain, open to add to; `acts` are those up to its end."""

    def __init__(self, kind: LogKind[ActT], producer: TransactionalProducer, acts: Sequence[ActT]) -> None:
        self._kind = kind
        self._producer = producer
        self.acts = tuple(acts)

    async def add(self, act: ActT, *copies: TopicPartition, beside: Outbox | None = None) -> ActT:
        """Put one act on record, linked to the last one; when this returns, it stands.

        `seq`, `prev_hash` and `hash` of the given act do not matter. `copies` are other partitions that get
        the same record, and `beside` is what else is written, in the same transaction.

        Raises:
            FencedError: somebody else opened the chain meanwhile; nothing was written.
            UnavailableError: the broker does not answer; try again.
        """
        previous = self.acts[-1].hash if self.acts else GENESIS_PREVIOUS
        linked = replace(act, seq=len(self.acts), prev_hash=previous, hash=NO_HASH)
        value, own_hash = self._kind.link(linked)
        key = str(linked.seq).encode()
        places = (self._kind.partition, *copies)
        shared = event_headers(type(act).__name__, self._kind.topic.name, None)
        headers = first_headers(shared, key.decode())
        rows = {(one.topic, one.partition): [(key, value, headers)] for one in places}
        await self._producer.write({**rows, **(beside or {})})
        note = Note(seq=linked.seq, hash=own_hash, revision=0)
        await self._producer.commit(Committed(offset=linked.seq + 1, metadata=str(note)))
        written = replace(linked, hash=own_hash)
        self.acts = (*self.acts, written)
        return written


@asynccontextmanager
async def open_log(settings: Settings, kind: LogKind[ActT]) -> AsyncIterator[ChainLog[ActT]]:
    """Yield the chain, open to add to; whoever had it open before cannot write any more.

    Raises:
        LedgerError: it does not verify.
        UnavailableError: no broker answers.
    """
    await ensure_topics(settings.bootstrap_servers, (kind.topic,), settings.replication_factor)
    producer = TransactionalProducer(kind.apart(settings), kind.partition)
    await producer.start()
    try:
        # After the fence: nobody can add to what is read here but us.
        yield ChainLog(kind, producer, await read_log(settings, kind))
    finally:
        await producer.stop()
