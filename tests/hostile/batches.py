"""Record batches made by hand, as a producer that follows no rule sends them."""

import struct
from collections.abc import Callable
from dataclasses import dataclass

from aiokafka import AIOKafkaProducer
from aiokafka.errors import for_code
from aiokafka.protocol.produce import ProduceRequest
from aiokafka.record.default_records import DefaultRecordBatchBuilder
from aiokafka.record.util import calc_crc32c
from aiokafka.structs import TopicPartition

NONE, GZIP, SNAPPY, LZ4, ZSTD, UNKNOWN = range(6)
# The layout of a batch of format 2 (KIP-98): where its length, checksum, attributes and records stand.
LENGTH_AT, CRC_AT, ATTRIBUTES_AT, RECORDS_AT = 8, 17, 21, 61
TIMESTAMP = 1_700_000_000_000
WAIT_MS = 10_000


@dataclass(frozen=True, slots=True)
class Spoilt:
    """A codec, and what is done to the compressed bytes; `named` is the codec that the batch says it has."""

    codec: int
    spoil: Callable[[bytes], bytes] = bytes
    named: int | None = None


def batch_of(values: list[bytes], how: Spoilt) -> bytes:
    """Return a batch with these values and a true checksum, whatever is behind it."""
    builder = DefaultRecordBatchBuilder(
        magic=2, compression_type=how.codec, is_transactional=0, producer_id=-1, producer_epoch=-1,
        base_sequence=-1, batch_size=64 << 20,
    )  # fmt: skip
    for offset, value in enumerate(values):
        builder.append(offset, TIMESTAMP, b"key", value, [])
    whole = bytes(builder.build())
    batch = bytearray(whole[:RECORDS_AT] + how.spoil(whole[RECORDS_AT:]))
    if how.named is not None:
        struct.pack_into(">h", batch, ATTRIBUTES_AT, how.named)
    struct.pack_into(">i", batch, LENGTH_AT, len(batch) - LENGTH_AT - 4)
    struct.pack_into(">I", batch, CRC_AT, calc_crc32c(batch[ATTRIBUTES_AT:]))
    return bytes(batch)


async def produce(producer: AIOKafkaProducer, place: TopicPartition, batch: bytes) -> int:
    """Send a batch as it is, and return the offset it got.

    Raises:
        KafkaError: the broker does not take it.
    """
    request = ProduceRequest(
        transactional_id=None,
        required_acks=-1,
        timeout=WAIT_MS,
        topics=[(place.topic, [(place.partition, batch)])],
    )
    await producer.client.force_metadata_update()
    leader = producer.client.cluster.leader_for_partition(place)
    response = await producer.client.send(leader, request)
    (_, ((_, code, offset, *_),)) = response.topics[0]
    if code:
        raise for_code(code)
    return int(offset)
