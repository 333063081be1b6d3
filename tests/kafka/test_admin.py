import asyncio
from dataclasses import replace

import pytest
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from streams.errors import InputError, UnavailableError
from streams.kafka.admin import ensure_topics
from streams.kafka.ports import free_port
from streams.settings import Settings
from streams.topics import Cleanup, Topics, TopicSpec

pytestmark = pytest.mark.kafka


async def test_missing_topics_are_there_with_their_config_when_it_returns(settings: Settings) -> None:
    specs = Topics.of(settings).fixed()

    await ensure_topics(settings.bootstrap_servers, specs, 1)

    admin = AIOKafkaAdminClient(bootstrap_servers=settings.bootstrap_servers)
    await admin.start()
    try:
        described = await admin.describe_topics([spec.name for spec in specs])
        holds = Topics.of(settings).holds
        (response,) = await admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, holds.name)])
    finally:
        await admin.close()
    assert {t["topic"]: len(t["partitions"]) for t in described} == {s.name: s.partitions for s in specs}
    config = {entry[0]: entry[1] for entry in response.resources[0][4]}
    assert config["cleanup.policy"] == Cleanup.COMPACT
    assert config["max.message.bytes"] == str(holds.max_message_bytes)
    assert config["retention.ms"] == "-1"


async def test_two_workers_may_create_the_same_topics_at_once(settings: Settings) -> None:
    specs = Topics.of(settings).fixed()

    await asyncio.gather(*(ensure_topics(settings.bootstrap_servers, specs, 1) for _ in range(3)))


async def test_what_exists_with_the_same_shape_is_left_alone(settings: Settings) -> None:
    requests = Topics.of(settings).requests
    await ensure_topics(settings.bootstrap_servers, [requests], 1)

    await ensure_topics(settings.bootstrap_servers, [requests, Topics.of(settings).holds], 1)


async def test_another_number_of_partitions_is_refused_with_what_to_do(settings: Settings) -> None:
    requests = Topics.of(settings).requests
    await ensure_topics(settings.bootstrap_servers, [requests], 1)

    with pytest.raises(InputError, match="has 2 partitions but the settings say 3"):
        await ensure_topics(settings.bootstrap_servers, [replace(requests, partitions=3)], 1)


async def test_more_copies_than_brokers_are_refused_with_what_to_do(settings: Settings) -> None:
    with pytest.raises(InputError, match="set ALPR_GATE_REPLICATION_FACTOR"):
        await ensure_topics(settings.bootstrap_servers, [Topics.of(settings).requests], 99)


async def test_a_name_that_kafka_does_not_take_is_refused(settings: Settings) -> None:
    spec = TopicSpec(name=f"{settings.topic_prefix}no spaces", partitions=1)

    with pytest.raises(InputError, match="InvalidTopic"):
        await ensure_topics(settings.bootstrap_servers, [spec], 1)


async def test_without_a_broker_the_error_says_how_to_get_one() -> None:
    with pytest.raises(UnavailableError, match="alpr-gate broker start"):
        await ensure_topics(f"127.0.0.1:{free_port()}", [TopicSpec(name="t", partitions=1)], 1)
