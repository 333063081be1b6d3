"""A hand-written loop on librdkafka: what a Python program can practically reach.

Consumer and producer work in threads of C that hold no lock of Python's.
"""

from confluent_kafka import Consumer, KafkaException, Producer

from streams.bench.work import Work
from streams.settings import Settings
from streams.topics import Topics

POLL_SECONDS = 0.05


def run(settings: Settings, work: Work) -> None:
    """Run until killed.

    Raises:
        KafkaException: whatever the broker or the library reports.
    """
    servers = {"bootstrap.servers": settings.bootstrap_servers}
    consumer = Consumer(
        servers
        | {
            "group.id": settings.app_id,
            "enable.auto.commit": False,
            "auto.offset.reset": "earliest",
            "isolation.level": "read_committed",
        }
    )
    producer = Producer(servers | {"transactional.id": settings.app_id})
    producer.init_transactions()
    consumer.subscribe([Topics.of(settings).requests.name])
    while True:
        messages = consumer.consume(settings.batch_records, POLL_SECONDS)
        if not messages:
            continue
        producer.begin_transaction()
        for message in messages:
            if message.error():
                raise KafkaException(message.error())
            work.take(message.offset(), message.value())
        for (topic, partition), rows in work.drain().items():
            for key, value, headers in rows:
                producer.produce(topic, value, key, partition, headers=headers)
        producer.send_offsets_to_transaction(
            consumer.position(consumer.assignment()), consumer.consumer_group_metadata()
        )
        producer.commit_transaction()
