"""Following a topic: every partition, committed records only, as they come.

For people who watch, and for tools. It belongs to no consumer group and commits nothing, so looking on
changes nothing for the gate. Partitions come interleaved; only the order within one is the log's.
"""

from collections.abc import AsyncIterator

from aiokafka import AIOKafkaConsumer
from aiokafka.structs import TopicPartition

from streams.errors import InputError
from streams.kafka.admin import admin_client
from streams.kafka.batch import Record
from streams.kafka.faults import reaching, sorted_faults
from streams.settings import Settings

POLL_MS = 200


async def tail_topic(settings: Settings, topic: str, *, begin: str, end: str) -> AsyncIterator[Record]:
    """Yield the records of all partitions, each partition in its order.

    `begin` is `first` or `next`: all that there is, or only what comes from now on. `end` is `never` or
    `now`: stop at what was there at the start.

    Raises:
        InputError: there is no such topic.
        UnavailableError: no broker answers, or none does any more.
    """
    consumer = AIOKafkaConsumer(
        bootstrap_servers=settings.servers,
        group_id=None,
        enable_auto_commit=False,
        # Without it one would see releases of transactions that are rolled back.
        isolation_level="read_committed",
        auto_offset_reset="earliest",
        fetch_max_wait_ms=50,
    )
    with sorted_faults(f"read {topic}"), reaching(settings.bootstrap_servers):
        try:
            await consumer.start()
            ends = await assign_all(consumer, settings, topic, begin)
            while end == "never" or [tp for tp, last in ends.items() if await consumer.position(tp) < last]:
                for records in (await consumer.getmany(timeout_ms=POLL_MS)).values():
                    for record in records:
                        yield record
        finally:
            await consumer.stop()


async def assign_all(
    consumer: AIOKafkaConsumer, settings: Settings, topic: str, begin: str
) -> dict[TopicPartition, int]:
    """Assign every partition of the topic, seek, and return where each ends now.

    `begin` is `first` or `next`, as for `tail_topic`.

    Raises:
        InputError: there is no such topic.
    """
    numbers = await _numbers(settings, topic)
    if not numbers:
        raise InputError(f"there is no topic `{topic}`: has a gate run on this Kafka yet?")
    partitions = [TopicPartition(topic, number) for number in numbers]
    consumer.assign(partitions)
    seek = consumer.seek_to_beginning if begin == "first" else consumer.seek_to_end
    await seek(*partitions)
    ends: dict[TopicPartition, int] = await consumer.end_offsets(partitions)
    return ends


async def _numbers(settings: Settings, topic: str) -> list[int]:
    """Return the numbers of the topic's partitions; none when there is no such topic."""
    async with admin_client(settings.bootstrap_servers) as admin:
        described = await admin.describe_topics([topic])
    return sorted(partition["partition"] for one in described for partition in one["partitions"])
