"""A transactional producer of one partition's writer: fence, write, commit, or leave no trace.

Kafka's transactions (KIP-98) with one `transactional.id` for each input partition, not for each worker: so
the fence settles who owns the partition even while the group and its members disagree. aiokafka does not know
KIP-447, which would let one producer serve many partitions.
"""

import asyncio
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from aiokafka import AIOKafkaProducer
from aiokafka.producer import sender
from aiokafka.producer.message_accumulator import BatchBuilder
from aiokafka.structs import OffsetAndMetadata, TopicPartition

from streams.codecs.record_codec import OUTPUT_LIMIT
from streams.errors import UnavailableError
from streams.kafka.copied_batch import CopiedBatch
from streams.kafka.faults import ABOUT_TOPICS, sorted_faults
from streams.kafka.stage import Committed, Outbox, Outgoing
from streams.settings import Settings
from streams.topics import Topics

# Large batches: what one topic gets in a transaction is mostly one request to the broker.
BATCH_BYTES = 1 << 20
STOP_SECONDS = 5.0

# A coordinator still ends one transaction when the next begins, for about a millisecond, and says so
# (CONCURRENT_TRANSACTIONS). aiokafka asks again after a constant of its own: 20 ms, most of a transaction.
ASK_AGAIN_SECONDS = 0.001
sender.BACKOFF_OVERRIDE = ASK_AGAIN_SECONDS


class TransactionalProducer:
    """One `transactional.id` for one input partition: whoever started last owns it, all others are fenced.

    aiokafka commits a transaction even when one of its produce requests failed, so `write` awaits every
    delivery before it returns (FENCED and POISON of `streams.kafka.faults` come from there).
    """

    def __init__(self, settings: Settings, source: TopicPartition) -> None:
        self._settings = settings
        self._source = source
        self._own = frozenset(spec.name for spec in Topics.of(settings).fixed())
        self._producer: AIOKafkaProducer | None = None

    @property
    def _open(self) -> AIOKafkaProducer:
        if self._producer is None:
            raise RuntimeError("the producer is not started")
        return self._producer

    async def start(self) -> None:
        """Fence every earlier owner; its open transaction is aborted when this returns.

        Raises:
            UnavailableError: no broker answers, or the old transaction does not end in time.
        """
        settings = self._settings
        producer = AIOKafkaProducer(
            bootstrap_servers=settings.servers,
            transactional_id=f"{settings.app_id}.{self._source.topic}.{self._source.partition}",
            acks="all",
            # A writer sends whole batches by itself; to wait for more would only add to each request's time.
            linger_ms=0,
            max_batch_size=BATCH_BYTES,
            max_request_size=2 * OUTPUT_LIMIT,
            transaction_timeout_ms=int(settings.transaction_timeout * 1000),
            request_timeout_ms=int(settings.transaction_timeout * 1000),
        )
        # Kept before it has started, so that `stop` closes what a failed start leaves open.
        self._producer = producer
        with sorted_faults("fence the partition"):
            await producer.start()

    async def stop(self) -> None:
        """Close the connections; an open transaction is left to the next owner's fence."""
        producer, self._producer = self._producer, None
        if producer is not None:
            with sorted_faults("close the producer"):
                await asyncio.wait_for(producer.stop(), STOP_SECONDS)

    async def write(self, outbox: Outbox) -> None:
        """Begin a transaction and write all of it; returns when the brokers have every record.

        Raises:
            PoisonError: the broker refuses some of it, for what it holds or for the recipient's topic.
            FencedError: the partition has another owner.
            UnavailableError: the broker does not answer, one of the gate's own topics is at fault, or the
                brokers do not have all of it within `transaction_timeout`.
        """
        with sorted_faults("write a transaction"):
            # A topic that was deleted is asked for again and again by aiokafka, which never gives up; and
            # after so long the broker has aborted the transaction anyway.
            async with asyncio.timeout(self._settings.transaction_timeout):
                await self._write(outbox)

    async def _write(self, outbox: Outbox) -> None:
        await self._open.begin_transaction()
        deliveries: list[asyncio.Future[object]] = []
        topics: list[str] = []
        # The same list, not an equal one: what hundreds of topics get alike is written out once.
        times = Counter(map(id, outbox.values()))
        copies: dict[int, list[CopiedBatch]] = {}
        for (topic, partition), records in outbox.items():
            with self._own_topics_stand(topic):
                batches: Iterable[BatchBuilder | CopiedBatch] = self._batches(records)
                if times[id(records)] > 1:
                    if id(records) not in copies:
                        copies[id(records)] = [CopiedBatch.of(batch) for batch in batches]
                    batches = [batch.again() for batch in copies[id(records)]]
                sent = [await self._open.send_batch(batch, topic, partition=partition) for batch in batches]
            deliveries += sent
            topics += [topic] * len(sent)
        # All of them, also after a failure: nothing may be on its way still when the abort begins.
        outcomes = await asyncio.gather(*deliveries, return_exceptions=True)
        for topic, outcome in zip(topics, outcomes, strict=True):
            if isinstance(outcome, BaseException):
                with self._own_topics_stand(topic):
                    raise outcome

    @contextmanager
    def _own_topics_stand(self, topic: str) -> Iterator[None]:
        """Tell a fault of one of the gate's own topics from one of a recipient's, which is the record's."""
        try:
            yield
        except ABOUT_TOPICS as error:
            if topic not in self._own:
                raise
            raise UnavailableError(
                f"topic `{topic}` cannot be written, look at the broker: {type(error).__name__}"
            ) from error

    def _batches(self, records: Sequence[Outgoing]) -> Iterator[BatchBuilder]:
        """Yield the records as batches, each as large as one may be."""
        batch = self._open.create_batch()
        for key, value, headers in records:
            if batch.append(key=key, value=value, timestamp=None, headers=headers) is None:
                yield batch
                batch = self._open.create_batch()
                batch.append(key=key, value=value, timestamp=None, headers=headers)
        yield batch

    async def commit(self, committed: Committed) -> None:
        """Commit the transaction together with the input position.

        After an `UnavailableError` nobody knows whether it was committed. The process ends then, and the next
        owner reads in the log how it went.
        """
        offsets = {self._source: OffsetAndMetadata(committed.offset, committed.metadata)}
        with sorted_faults("commit a transaction"):
            async with asyncio.timeout(self._settings.transaction_timeout):
                await self._open.send_offsets_to_transaction(offsets, self._settings.app_id)
                await self._open.commit_transaction()

    async def abort(self) -> None:
        """Abort the transaction; what it wrote is invisible to committed readers for ever."""
        with sorted_faults("abort a transaction"):
            await self._open.abort_transaction()

    async def renew(self) -> None:
        """Replace the producer: after a refused record its sequence numbers are off (no KIP-360).

        Starting again under the same id also aborts what was open, so no `abort` is needed before.
        """
        await self.stop()
        await self.start()
