"""The record of what vendors opened and closed: `alpr.share-changes`, read whole and added to.

One at a time adds to it. Starting the producer fences whoever began before; only then is the record read, so
that a difference is one to all that was committed.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aiokafka import AIOKafkaProducer

from streams.adapters.intake import request_headers
from streams.codecs.record_codec import INPUT_LIMIT
from streams.codecs.share_change import decode_share_change, encode_share_change
from streams.errors import CodecError
from streams.kafka.admin import ensure_topics
from streams.kafka.faults import reaching, sorted_faults
from streams.kafka.partitioner import partition_of
from streams.kafka.tailing import tail_topic
from streams.policy.share_change import ShareChange
from streams.policy.share_memory import ShareMemory
from streams.settings import Settings
from streams.topics import Topics


@dataclass(frozen=True, slots=True)
class Recorded:
    """What is on record, and how many records of it nobody can read."""

    memory: ShareMemory
    unread: int


async def read_record(settings: Settings) -> Recorded:
    """Return what is on record by now; nothing where no such topic was yet, which is made.

    Raises:
        UnavailableError: no broker answers.
        InputError: the topic has another number of partitions than the settings say.
    """
    spec = Topics.of(settings).share_changes
    await ensure_topics(settings.bootstrap_servers, (spec,), settings.replication_factor)
    memory, unread = ShareMemory(), 0
    async for raw in tail_topic(settings, spec.name, begin="first", end="now"):
        try:
            memory.apply(decode_share_change(raw.value))
        except CodecError:
            unread += 1
    return Recorded(memory, unread)


class ShareRecord:
    """The record, open for one writer; made by `open_record`."""

    def __init__(self, settings: Settings, producer: AIOKafkaProducer, recorded: Recorded) -> None:
        self.recorded = recorded
        self._topic = Topics.of(settings).share_changes
        self._producer = producer

    async def add(self, changes: Sequence[ShareChange]) -> None:
        """Add the changes, all of them or none; the memory is left to who added them.

        Raises:
            FencedError: another writer came in between; nothing was written.
            UnavailableError: the broker is not there, or does not answer in time.
        """
        if not changes:
            return
        async with self._producer.transaction():
            sent = []
            for change in changes:
                # Of one network in one partition, for only there the order of changes is kept.
                key = change.network or change.vendor
                sent.append(
                    await self._producer.send(
                        self._topic.name,
                        encode_share_change(change),
                        key=key.encode(),
                        partition=partition_of(key, self._topic.partitions),
                        headers=request_headers("ShareChange", change.at, change.change_id),
                    )
                )
            # aiokafka commits although a send has failed, unless each of them is awaited.
            await asyncio.gather(*sent)


@asynccontextmanager
async def open_record(settings: Settings) -> AsyncIterator[ShareRecord]:
    """Yield the record; whoever had it open before cannot add any more.

    Raises:
        FencedError: another writer came in between.
        UnavailableError: the broker is not there, or does not answer in time.
    """
    spec = Topics.of(settings).share_changes
    await ensure_topics(settings.bootstrap_servers, (spec,), settings.replication_factor)
    producer = AIOKafkaProducer(
        bootstrap_servers=settings.servers,
        transactional_id=f"{settings.app_id}.drift",
        acks="all",
        max_request_size=INPUT_LIMIT,
        transaction_timeout_ms=int(settings.transaction_timeout * 1000),
        request_timeout_ms=int(settings.transaction_timeout * 1000),
    )
    with sorted_faults("write what a vendor changed"), reaching(settings.bootstrap_servers):
        try:
            await producer.start()
            yield ShareRecord(settings, producer, await read_record(settings))
        finally:
            await producer.stop()
