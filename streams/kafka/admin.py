"""Creates the topics that are missing, and refuses those that have another shape.

It never changes or deletes one: the number of partitions of a topic is part of its ledger's first record.
Nor does it compare retention and limits with `streams.topics`: an operator may have changed them on purpose.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from typing import Any

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import (
    InvalidReplicationFactorError,
    KafkaError,
    LeaderNotAvailableError,
    NoError,
    NotControllerError,
    RequestTimedOutError,
    TopicAlreadyExistsError,
    for_code,
)

from streams.errors import InputError, UnavailableError
from streams.kafka.faults import reaching, sorted_faults
from streams.topics import TopicSpec

# Seconds; a broker answers a creation before every partition has a leader.
VISIBLE_TIMEOUT = 30.0
LOOK_EVERY = 0.05
NO_LEADER = -1
# Another worker was faster, or the next look tells.
HARMLESS = (NoError, TopicAlreadyExistsError, NotControllerError, RequestTimedOutError)


async def ensure_topics(servers: str, specs: Iterable[TopicSpec], replication_factor: int) -> None:
    """Create the topics that are missing and wait until each partition of all has a leader.

    Several workers may do this at once, and it may be done again at any time.

    Raises:
        InputError: a topic exists with another number of partitions, or the broker refuses to create one.
        UnavailableError: no broker answers, or the topics do not become ready in time.
    """
    wanted = {spec.name: spec for spec in specs}
    try:
        with reaching(servers):
            await _make(servers, wanted, replication_factor)
    except TimeoutError as error:
        raise UnavailableError(
            f"the topics were not ready within {VISIBLE_TIMEOUT:g} s; look at the brokers of `{servers}`"
        ) from error


async def _make(servers: str, wanted: Mapping[str, TopicSpec], replication_factor: int) -> None:
    async with admin_client(servers) as admin, asyncio.timeout(VISIBLE_TIMEOUT):
        # Asking and making take turns until all is there: several workers may start at the same moment.
        while described := await _unready(admin, wanted):
            missing = [wanted[name] for name, absent in described.items() if absent]
            await _create(admin, missing, replication_factor)
            await asyncio.sleep(LOOK_EVERY)


@asynccontextmanager
async def admin_client(servers: str) -> AsyncIterator[AIOKafkaAdminClient]:
    """Open a client for administration, and close it whatever happens, also when it cannot start."""
    admin = AIOKafkaAdminClient(bootstrap_servers=servers)
    try:
        await admin.start()
        yield admin
    finally:
        await admin.close()


async def topic_names(servers: str) -> frozenset[str]:
    """Return the names of all topics.

    Raises:
        UnavailableError: no broker answers.
    """
    with sorted_faults("reach the broker"), reaching(servers):
        async with admin_client(servers) as admin:
            return frozenset(await admin.list_topics())


async def _unready(admin: AIOKafkaAdminClient, wanted: Mapping[str, TopicSpec]) -> dict[str, bool]:
    """Return the topics that cannot be used yet, each with whether it is absent altogether."""
    if not wanted:
        return {}
    unready = {}
    for topic in await admin.describe_topics(list(wanted)):
        name = topic["topic"]
        # For any other error than a leader that is still to come, creating tells what is wrong.
        absent = for_code(topic["error_code"]) not in (NoError, LeaderNotAvailableError)
        if absent or not _is_led(topic):
            unready[name] = absent
        elif len(topic["partitions"]) != wanted[name].partitions:
            raise InputError(_other_shape(name, len(topic["partitions"]), wanted[name].partitions))
    return unready


def _is_led(topic: Mapping[str, Any]) -> bool:
    """Tell whether each partition has a leader; until then a producer or consumer of it would fail."""
    # A topic without partitions is one that the broker has only heard of yet.
    leaders = [partition["leader"] for partition in topic["partitions"]]
    return bool(leaders) and NO_LEADER not in leaders


def _other_shape(name: str, has: int, wants: int) -> str:
    return (
        f"topic `{name}` has {has} partitions but the settings say {wants}; set ALPR_GATE_PARTITIONS "
        f"to {has}, or take another ALPR_GATE_TOPIC_PREFIX: the number is fixed when the ledger begins"
    )


async def _create(admin: AIOKafkaAdminClient, specs: Iterable[TopicSpec], replication_factor: int) -> None:
    topics = [
        NewTopic(each.name, each.partitions, replication_factor, topic_configs=each.config())
        for each in specs
    ]
    if not topics:
        return
    response = await admin.create_topics(topics)
    for name, code, message in response.topic_errors:
        _check(name, for_code(code), message)


def _check(name: str, error: type[KafkaError], message: str | None) -> None:
    if issubclass(error, HARMLESS):
        return
    if issubclass(error, InvalidReplicationFactorError):
        raise InputError(
            f"topic `{name}` cannot have so many copies; set ALPR_GATE_REPLICATION_FACTOR to at "
            "most the number of brokers"
        )
    raise InputError(f"the broker does not create topic `{name}`: {error.__name__}, {message or 'no reason'}")
