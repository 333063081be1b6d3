import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.structs import OffsetAndMetadata, TopicPartition

from streams.kafka.admin import ensure_topics
from streams.kafka.embedded import EmbeddedKafka
from streams.kafka.reader import PartitionReader, committed_of
from streams.kafka.stage import Committed
from streams.settings import Settings
from streams.topics import Topics

pytestmark = pytest.mark.kafka


async def test_a_broker_that_has_no_coordinator_yet_is_waited_for(own_kafka: EmbeddedKafka) -> None:
    settings = Settings(app_id="first", bootstrap_servers=own_kafka.bootstrap_servers)
    # The first question about any group makes the broker create the topic of offsets.
    assert await committed_of(settings, TopicPartition("nothing", 0)) is None


async def test_what_was_committed_is_found_again_when_the_broker_has_crashed(
    own_kafka: EmbeddedKafka,
) -> None:
    settings = Settings(app_id="again", bootstrap_servers=own_kafka.bootstrap_servers)
    source = TopicPartition(Topics.of(settings).requests.name, 0)
    await ensure_topics(settings.bootstrap_servers, [Topics.of(settings).requests], 1)
    consumer = AIOKafkaConsumer(
        bootstrap_servers=settings.servers, group_id="again", enable_auto_commit=False
    )
    await consumer.start()
    consumer.assign([source])
    await consumer.commit({source: OffsetAndMetadata(7, "a note")})
    await consumer.stop()
    own_kafka.restart()
    assert await committed_of(settings, source) == Committed(offset=7, metadata="a note")


async def test_a_stretch_holds_committed_records_alone(settings: Settings) -> None:
    topics = Topics.of(settings)
    source = TopicPartition(topics.requests.name, 0)
    await ensure_topics(settings.bootstrap_servers, [topics.requests], 1)
    producer = AIOKafkaProducer(bootstrap_servers=settings.servers, transactional_id=settings.app_id)
    await producer.start()
    for value in (b"kept", b"dropped", b"kept too"):
        await producer.begin_transaction()
        await producer.send_and_wait(source.topic, value, partition=0)
        await (producer.abort_transaction() if value == b"dropped" else producer.commit_transaction())
    await producer.stop()
    async with PartitionReader(settings) as reader:
        first, end = await reader.bounds(source)
        assert (first, end) == (0, 6)
        assert [record.value async for record in reader.read(source, first, end)] == [b"kept", b"kept too"]
        assert [record.value async for record in reader.read(source, 1, end)] == [b"kept too"]
        assert [record.value async for record in reader.read(source, end, end)] == []
