"""Finding records of the ledger by what they are."""

from collections.abc import AsyncGenerator
from contextlib import aclosing

from aiokafka.structs import TopicPartition

from streams.codecs.ledger_record import decode_ledger_record
from streams.errors import CodecError, InputError, LedgerError
from streams.kafka.reader import PartitionReader
from streams.ledger.record import LedgerRecord
from streams.settings import Settings
from streams.topics import Topics


async def find_access(settings: Settings, decision_id: str) -> LedgerRecord:
    """Return the first record with that id that is an access record.

    Raises:
        InputError: there is none.
        UnavailableError: no broker answers.
    """
    # Closed as soon as it is found, and not when the garbage is collected: it has a connection open.
    async with aclosing(ledger_records(settings, containing=decision_id.encode())) as records:
        async for record in records:
            if record.decision_id == decision_id and (record.access or record.sealed_access):
                return record
    raise InputError(f"there is no access record `{decision_id}` in the ledger")


async def ledger_records(settings: Settings, containing: bytes = b"") -> AsyncGenerator[LedgerRecord, None]:
    """Yield the records of all partitions whose bytes contain the given ones.

    Raises:
        LedgerError: one of them cannot be read, a partition lost its beginning, or the ledger has another
            number of partitions than the settings say.
        UnavailableError: no broker answers.
    """
    topic = Topics.of(settings).decisions.name
    async with PartitionReader(settings) as reader:
        for number in range(settings.partitions):
            partition = TopicPartition(topic, number)
            first, end = await reader.bounds(partition)
            await _check_genesis(reader, partition, (first, end), settings)
            async for record in reader.read(partition, first, end):
                # Bytes first: decoding each would take minutes for a long ledger.
                if containing in (record.value or b""):
                    try:
                        yield decode_ledger_record(record.value)
                    except CodecError as error:
                        raise LedgerError(f"{topic}[{number}]@{record.offset}: {error}") from error


async def _check_genesis(
    reader: PartitionReader, partition: TopicPartition, bounds: tuple[int, int], settings: Settings
) -> None:
    """Refuse to look at a part of the ledger only, as if it were the whole."""
    where = f"{partition.topic}[{partition.partition}]"
    async with aclosing(reader.read(partition, *bounds)) as records:
        async for record in records:
            genesis = decode_ledger_record(record.value)
            if genesis.seq != 0 or genesis.partition_count is None:
                raise LedgerError(f"{where} lost its beginning: restore the topic")
            if genesis.partition_count != settings.partitions:
                raise LedgerError(
                    f"the ledger has {genesis.partition_count} partitions and ALPR_GATE_PARTITIONS says "
                    f"{settings.partitions}: set it as the gate has it"
                )
            return
    raise LedgerError(f"{where} is empty: no gate has begun its ledger, or the topic was made anew")
