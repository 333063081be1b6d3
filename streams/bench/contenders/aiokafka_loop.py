"""A plain aiokafka loop: poll, decide, produce and commit in one transaction."""

import asyncio

import uvloop
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from streams.bench.work import Work
from streams.settings import Settings
from streams.topics import Topics

POLL_MS = 50


def run(settings: Settings, work: Work) -> None:
    """Run until killed."""
    uvloop.run(_run(settings, work))


async def _run(settings: Settings, work: Work) -> None:
    consumer = AIOKafkaConsumer(
        Topics.of(settings).requests.name,
        bootstrap_servers=settings.servers,
        group_id=settings.app_id,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        isolation_level="read_committed",
    )
    producer = AIOKafkaProducer(bootstrap_servers=settings.servers, transactional_id=settings.app_id)
    await consumer.start()
    await producer.start()
    while True:
        fetched = await consumer.getmany(timeout_ms=POLL_MS, max_records=settings.batch_records)
        if not fetched:
            continue
        async with producer.transaction():
            for records in fetched.values():
                for record in records:
                    work.take(record.offset, record.value)
            deliveries = [
                await producer.send(topic, value, key=key, partition=partition, headers=headers)
                for (topic, partition), rows in work.drain().items()
                for key, value, headers in rows
            ]
            await asyncio.gather(*deliveries)
            offsets = {partition: records[-1].offset + 1 for partition, records in fetched.items()}
            await producer.send_offsets_to_transaction(offsets, settings.app_id)
