"""The chain of administrative acts: read whole and checked, and one act added to it at a time.

One writer at a time, like every chain here: whoever opens it to write fences all others, and the head is
committed as a consumer group's position beside each act. That position is a witness in another topic: a
chain that lost its end does not fit it.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace

from aiokafka.structs import TopicPartition

from streams.chains.note import Note
from streams.codecs.admin_action import link_action, read_action
from streams.errors import CodecError, LedgerError
from streams.kafka.admin import ensure_topics
from streams.kafka.producer import TransactionalProducer
from streams.kafka.reader import PartitionReader, committed_of
from streams.kafka.stage import Committed
from streams.ledger.admin_action import AdminAction
from streams.ledger.record import GENESIS_PREVIOUS
from streams.settings import Settings
from streams.topics import Topics

# Ample for a transaction's end to show in every partition.
SETTLING_SECONDS = 2.0


def _chain(settings: Settings) -> TopicPartition:
    return TopicPartition(Topics.of(settings).admin_actions.name, 0)


def _apart(settings: Settings) -> Settings:
    """Return the settings with a consumer group of its own: nothing here touches the gate's positions."""
    return settings.model_copy(update={"app_id": f"{settings.app_id}.admin-actions"})


async def read_actions(settings: Settings) -> tuple[AdminAction, ...]:
    """Return every act on record, in order; what looks wrong is looked at twice.

    Kafka says that a transaction is committed before its end is visible in every partition, and an act may be
    added while the chain is read.

    Raises:
        LedgerError: one was changed, dropped or inserted, or the end is missing.
        UnavailableError: no broker answers.
    """
    try:
        return await _read_once(settings)
    except LedgerError:
        await asyncio.sleep(SETTLING_SECONDS)
        return await _read_once(settings)


async def _read_once(settings: Settings) -> tuple[AdminAction, ...]:
    topics = Topics.of(settings)
    await ensure_topics(settings.bootstrap_servers, (topics.admin_actions,), settings.replication_factor)
    chain = _chain(settings)
    # Before the chain: what was committed by then must be in what is read after it.
    committed = await committed_of(_apart(settings), chain)
    async with PartitionReader(settings) as reader:
        first, end = await reader.bounds(chain)
        values = [record.value async for record in reader.read(chain, first, end)]
    actions = checked(values)
    if committed is not None:
        _check_head(actions, Note.read(committed.metadata))
    return actions


def _check_head(actions: Sequence[AdminAction], note: Note) -> None:
    if note.seq >= len(actions) or actions[note.seq].hash != note.hash:
        raise LedgerError(f"act {note.seq} of the administrative acts is not the one that was committed")
    if note.seq < len(actions) - 1:
        raise LedgerError(
            f"act {note.seq + 1} of the administrative acts was never committed: somebody wrote to its topic"
        )


def checked(values: Sequence[bytes | None]) -> tuple[AdminAction, ...]:
    """Return the acts that a whole chain holds.

    Raises:
        LedgerError: one is unreadable, was changed, or does not continue the one before.
    """
    actions: list[AdminAction] = []
    previous = GENESIS_PREVIOUS
    for place, value in enumerate(values):
        try:
            action, own_hash = read_action(value)
        except CodecError as error:
            raise LedgerError(f"act {place} of the administrative acts: {error}") from error
        if (action.seq, action.prev_hash, action.hash) != (place, previous, own_hash):
            raise LedgerError(
                f"the chain of administrative acts breaks at act {place}: somebody wrote to its topic"
            )
        actions.append(action)
        previous = own_hash
    return tuple(actions)


class ActionLog:
    """The chain, open to add to; `actions` are the acts up to its end."""

    def __init__(
        self, settings: Settings, producer: TransactionalProducer, actions: Sequence[AdminAction]
    ) -> None:
        self._chain = _chain(settings)
        self._producer = producer
        self.actions = tuple(actions)

    async def add(self, action: AdminAction, *copies: TopicPartition) -> AdminAction:
        """Put one act on record, linked to the last one; when this returns, it stands.

        `seq`, `prev_hash` and `hash` of the given act do not matter. `copies` are other partitions that get
        the same record, in the same transaction.

        Raises:
            FencedError: somebody else opened the chain meanwhile; nothing was written.
            UnavailableError: the broker does not answer; run the command again.
        """
        previous = self.actions[-1].hash if self.actions else GENESIS_PREVIOUS
        linked = replace(action, seq=len(self.actions), prev_hash=previous, hash=b"")
        value, own_hash = link_action(linked)
        key = str(linked.seq).encode()
        places = (self._chain, *copies)
        await self._producer.write({(one.topic, one.partition): [(key, value)] for one in places})
        note = Note(seq=linked.seq, hash=own_hash, revision=0)
        await self._producer.commit(Committed(offset=linked.seq + 1, metadata=str(note)))
        written = replace(linked, hash=own_hash)
        self.actions = (*self.actions, written)
        return written


@asynccontextmanager
async def open_actions(settings: Settings) -> AsyncIterator[ActionLog]:
    """Yield the chain, open to add to; whoever had it open before cannot write any more.

    Raises:
        LedgerError: it does not verify.
        UnavailableError: no broker answers.
    """
    topics = Topics.of(settings)
    await ensure_topics(settings.bootstrap_servers, (topics.admin_actions,), settings.replication_factor)
    producer = TransactionalProducer(_apart(settings), _chain(settings))
    await producer.start()
    try:
        # After the fence: nobody can add to what is read here but us.
        yield ActionLog(settings, producer, await read_actions(settings))
    finally:
        await producer.stop()
