"""The notary at work: it follows the ledger, and publishes a signed checkpoint when it has grown.

One notary for a ledger. It keeps nothing: at its start it reads all checkpoints and the whole ledger, and
goes on only where they agree.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

from aiokafka import AIOKafkaProducer
from aiokafka.structs import TopicPartition

from streams.codecs.signing_key import SigningKey
from streams.codecs.whole_file import write_whole
from streams.kafka.admin import ensure_topics
from streams.kafka.faults import reaching, sorted_faults
from streams.kafka.reader import PartitionReader
from streams.ledger.checkpoint import origin_of
from streams.ledger.signed_note import note_by
from streams.logs import get_logger
from streams.notary.cosigner import Cosigner
from streams.notary.published import published, signed_roots
from streams.notary.tree_log import TreeLog
from streams.settings import Settings
from streams.topics import Topics

log = get_logger(__name__)


class Notary:
    """Signs one ledger. `folder` takes the newest checkpoint of each partition as a file, if it is given.

    `witnesses` are asked to cosign before a checkpoint is published.
    """

    def __init__(
        self, settings: Settings, key: SigningKey, folder: Path | None, witnesses: Sequence[Cosigner] = ()
    ) -> None:
        self._settings = settings
        self._key = key
        self._folder = folder
        self._witnesses = witnesses
        self._topics = Topics.of(settings)
        self._positions: dict[int, int] = {}

    async def run(self, seconds: float | None) -> int:
        """Sign what there is, then again every so many seconds; once when `seconds` is None.

        It returns how many checkpoints it published.

        Raises:
            LedgerError: the ledger does not verify, or is not the one that was signed before or that a
                witness saw.
            InputError: the folder cannot be written.
            UnavailableError: no broker answers, or the beginning of the ledger is gone.
        """
        settings = self._settings
        specs = (self._topics.decisions, self._topics.checkpoints)
        await ensure_topics(settings.bootstrap_servers, specs, settings.replication_factor)
        known = await published(settings, self._key.verifier)
        logs = [
            TreeLog(origin_of(settings.ledger_origin, number), number, signed_roots(settings, known, number))
            for number in range(settings.partitions)
        ]
        count = 0
        async with PartitionReader(settings) as reader, self._producing() as producer:
            while True:
                for tree_log in logs:
                    count += await self._advance(tree_log, reader, producer)
                if seconds is None:
                    return count
                await asyncio.sleep(seconds)

    @asynccontextmanager
    async def _producing(self) -> AsyncIterator[AIOKafkaProducer]:
        producer = AIOKafkaProducer(
            bootstrap_servers=self._settings.servers, acks="all", enable_idempotence=True
        )
        try:
            with reaching(self._settings.bootstrap_servers):
                await producer.start()
            yield producer
        finally:
            await producer.stop()

    async def _advance(self, tree_log: TreeLog, reader: PartitionReader, producer: AIOKafkaProducer) -> int:
        """Take in what is new in one partition, and publish; return how many checkpoints that made.

        All of it first: of a part, a witness that has seen more would think that the ledger was cut off.
        """
        partition = TopicPartition(self._topics.decisions.name, tree_log.partition)
        _, end = await reader.bounds(partition)
        # From 0 and not from the first offset there is: a ledger whose beginning is gone cannot be signed.
        begin = self._positions.get(tree_log.partition, 0)
        async for record in reader.read(partition, begin, end):
            tree_log.append(record.value)
        self._positions[tree_log.partition] = end
        tree_log.caught_up()
        if not tree_log.unsigned:
            return 0
        await self._publish(tree_log, producer)
        return 1

    async def _publish(self, tree_log: TreeLog, producer: AIOKafkaProducer) -> None:
        checkpoint = tree_log.checkpoint()
        note = note_by(self._key, checkpoint.text)
        cosigned = [await witness.cosignature(note, tree_log) for witness in self._witnesses]
        note = replace(note, signatures=note.signatures + tuple(filter(None, cosigned)))
        data = str(note).encode()
        with sorted_faults("publish a checkpoint"):
            await producer.send_and_wait(
                self._topics.checkpoints.name, data, key=checkpoint.origin.encode(), partition=0
            )
        tree_log.was_signed(checkpoint)
        if self._folder is not None:
            write_whole(self._folder / f"{tree_log.partition}.checkpoint", data)
        log.info("signed a checkpoint", partition=tree_log.partition, records=checkpoint.size)
