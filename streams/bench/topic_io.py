"""Topics made, written, read and deleted by librdkafka, which takes least from what is measured."""

from collections.abc import Iterable, Iterator

from confluent_kafka import (
    OFFSET_BEGINNING,
    Consumer,
    KafkaError,
    KafkaException,
    Message,
    Producer,
    TopicPartition,
)
from confluent_kafka.admin import AdminClient, NewTopic

from streams.topics import TopicSpec

# Seconds; ends a broker that hangs, not one that is slow.
PATIENCE = 60.0
READ_AT_ONCE = 10_000
# topic, partition, key, value
Written = tuple[str, int, bytes, bytes]

_NO_LEADER = {KafkaError.NOT_LEADER_FOR_PARTITION, KafkaError.LEADER_NOT_AVAILABLE}


def make_topics(servers: str, specs: Iterable[TopicSpec]) -> None:
    """Make the topics, with the broker's time on each record: a contender cannot say when it was done.

    Raises:
        KafkaException: the broker refuses one.
    """
    stamped = {"message.timestamp.type": "LogAppendTime"}
    topics = [NewTopic(spec.name, spec.partitions, 1, config=spec.config() | stamped) for spec in specs]
    # Named, because what it has begun ends with it.
    admin = AdminClient({"bootstrap.servers": servers})
    for done in admin.create_topics(topics).values():
        done.result(PATIENCE)


def delete_topics(servers: str, names: Iterable[str]) -> None:
    """Delete the topics, so that the disk holds one trial at a time."""
    admin = AdminClient({"bootstrap.servers": servers})
    for done in admin.delete_topics(list(names)).values():
        done.result(PATIENCE)


def write(servers: str, records: Iterable[Written]) -> None:
    """Write the records in their order, and return when the broker has all of them.

    Raises:
        KafkaException: the broker did not take one.
    """
    failed: list[KafkaError] = []
    producer = Producer(
        {
            "bootstrap.servers": servers,
            "enable.idempotence": True,
            "linger.ms": 20,
            # As many as a bench writes at once; whoever is faster than the broker would be refused else.
            "queue.buffering.max.messages": 1_000_000,
        }
    )

    def delivered(error: KafkaError | None, _: Message) -> None:
        if error is not None:
            failed.append(error)

    for topic, partition, key, value in records:
        producer.produce(topic, value, key, partition, delivered)
        producer.poll(0)
    producer.flush(PATIENCE)
    if failed:
        raise KafkaException(failed[0])


def read(servers: str, partitions: Iterable[tuple[str, int]]) -> Iterator[Message]:
    """Yield all committed records of the partitions, up to what can be read at the moment.

    Raises:
        KafkaException: the broker reports a fault.
    """
    left = set(partitions)
    consumer = Consumer(
        {
            "bootstrap.servers": servers,
            # librdkafka wants a group, even where nothing is committed.
            "group.id": "benchmark",
            "enable.auto.commit": False,
            "isolation.level": "read_committed",
            "enable.partition.eof": True,
            "fetch.wait.max.ms": 50,
        }
    )
    consumer.assign([TopicPartition(topic, number, OFFSET_BEGINNING) for topic, number in left])
    try:
        while left:
            for message in consumer.consume(READ_AT_ONCE, 0.2):
                error = message.error()
                if error is None:
                    yield message
                elif error.code() == KafkaError._PARTITION_EOF:
                    left.discard((message.topic(), message.partition()))
                else:
                    raise KafkaException(error)
    finally:
        consumer.close()


def end_of(servers: str, topic: str, partitions: int) -> int:
    """Return how many offsets the topic has, those of open transactions and of markers too.

    Of a topic that was made a moment ago a broker may not know the leader yet; it has none then.
    """
    consumer = Consumer({"bootstrap.servers": servers, "group.id": "benchmark"})
    try:
        watermarks = (
            consumer.get_watermark_offsets(TopicPartition(topic, number), PATIENCE)
            for number in range(partitions)
        )
        return sum(high for _, high in watermarks)
    except KafkaException as error:
        if error.args[0].code() not in _NO_LEADER:
            raise
        return 0
    finally:
        consumer.close()
