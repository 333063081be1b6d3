"""The desk of signed acts: it hands a review or a disclosure to the gate, and waits for what comes of it."""

import asyncio
import hashlib
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass

from aiokafka.errors import KafkaError
from aiokafka.structs import TopicPartition

from streams.adapters.intake import SOURCE, open_producer, require_topic
from streams.codecs.event_headers import event_headers, first_headers
from streams.codecs.ledger_record import decode_ledger_record
from streams.errors import UnavailableError
from streams.kafka.partitioner import partition_of
from streams.kafka.reader import PartitionReader
from streams.ledger.record import LedgerRecord
from streams.settings import Settings
from streams.topics import Topics

LOOK_AGAIN_SECONDS = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedAct:
    """A signed act as it is sent: the id that says in which partition it belongs, and its framed bytes.

    `record` is the name of its schema, `what` is what it is called, and `seen_by` the command that shows
    later whether it counted.
    """

    belongs_to: str
    record: str
    value: bytes
    what: str
    seen_by: str


async def submit_act(settings: Settings, act: SignedAct, patience: float) -> LedgerRecord:
    """Send the act, and return the ledger record that the gate makes of it within `patience` seconds.

    Raises:
        UnavailableError: there is no topic, or no broker takes it, and then nothing was sent; or no gate has
            decided in time, and then it will when it runs.
    """
    topics = Topics.of(settings)
    home = partition_of(act.belongs_to, topics.partitions)
    ledger = TopicPartition(topics.decisions.name, home)
    async with PartitionReader(settings) as reader:
        # Before it is sent: its record can only come after.
        _, end = await reader.bounds(ledger)
        offset = await _send(settings, act, home)
        try:
            async with asyncio.timeout(patience):
                return await _record_of(reader, ledger, end, offset)
        except TimeoutError:
            raise UnavailableError(
                f"the {act.what} is sent, and no gate has recorded it within {patience:g} s: is one running? "
                f"It counts when the gate comes to it; look at `{act.seen_by}`"
            ) from None


async def _send(settings: Settings, act: SignedAct, home: int) -> int:
    """Send the act to its partition, and return its offset."""
    topic = Topics.of(settings).requests.name
    async with open_producer(settings) as producer:
        await require_topic(producer, topic)
        try:
            sent = await producer.send_and_wait(
                topic,
                key=act.belongs_to.encode(),
                value=act.value,
                partition=home,
                headers=first_headers(event_headers(act.record, SOURCE, None), _event_id(act)),
            )
        except KafkaError as error:
            raise UnavailableError(f"topic `{topic}` did not take it: {type(error).__name__}") from error
    offset: int = sent.offset
    return offset


def _event_id(act: SignedAct) -> str:
    return hashlib.sha256(act.value).hexdigest()


async def _record_of(
    reader: PartitionReader, ledger: TopicPartition, start: int, offset: int
) -> LedgerRecord:
    async with aclosing(_followed(reader, ledger, start)) as records:
        async for record in records:
            if record.source_offset == offset:
                return record
    raise UnavailableError(f"{ledger.topic} ends")  # pragma: no cover  # it is followed without end


async def _followed(
    reader: PartitionReader, ledger: TopicPartition, start: int
) -> AsyncGenerator[LedgerRecord, None]:
    """Yield the records of a partition of the ledger as they come, without end."""
    while True:
        _, end = await reader.bounds(ledger)
        async for record in reader.read(ledger, start, end):
            yield decode_ledger_record(record.value)
        start = max(start, end)
        await asyncio.sleep(LOOK_AGAIN_SECONDS)
