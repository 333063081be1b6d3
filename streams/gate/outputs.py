"""What has left the gate: releases in the recipients' topics, and orders to disclose by legal process."""

import hashlib

from aiokafka.structs import TopicPartition

from streams.codecs.delivery import is_delivery
from streams.codecs.disclosure_order import decode_disclosure_order
from streams.codecs.release import decode_release
from streams.errors import CodecError, InputError
from streams.gate.topic_names import NOBODY
from streams.kafka.admin import topic_names
from streams.kafka.reader import PartitionReader
from streams.ledger.reconcile import RECORDS_OFFICER, Forward
from streams.policy.vocabulary import DecisionId, EntityId
from streams.settings import Settings
from streams.topics import Topics


async def output_partitions(settings: Settings, topics: Topics) -> list[TopicPartition]:
    """Return the partitions of all recipients' topics, and of the orders to disclose.

    Raises:
        InputError: there is no ledger on this Kafka.
        UnavailableError: no broker answers.
    """
    names = await topic_names(settings.bootstrap_servers)
    if topics.decisions.name not in names:
        raise InputError(f"there is no topic `{topics.decisions.name}`: has a gate run on this Kafka yet?")
    orders = topics.disclosures.name
    # A gate of a version without disclosures has not made their topic.
    return [
        TopicPartition(name, 0)
        for name in sorted(names)
        if name.startswith(topics.out(NOBODY).name) or name == orders
    ]


async def read_outputs(
    reader: PartitionReader, topics: Topics, outputs: list[TopicPartition]
) -> tuple[list[Forward], list[tuple[EntityId, int]]]:
    """Return what lies there, with the SHA-256 of its bytes, and what is neither a release nor an order.

    Deliveries of live shares have a ledger of their own, and are left to whoever reads that.
    """
    forwards: list[Forward] = []
    strays: list[tuple[EntityId, int]] = []
    for output in outputs:
        # Whose topic it is counts, and not what the value says of itself: it may lie in a wrong one.
        entity_id = _whose(output, topics)
        first, end = await reader.bounds(output)
        async for record in reader.read(output, first, end):
            if entity_id != RECORDS_OFFICER and is_delivery(record.value):
                continue
            digest = hashlib.sha256(record.value or b"").hexdigest()
            try:
                decision_id = decided_by(record.value, entity_id)
                forwards.append(Forward(decision_id, entity_id, digest, record.offset))
            except CodecError:
                strays.append((entity_id, record.offset))
    return forwards, strays


def _whose(output: TopicPartition, topics: Topics) -> EntityId:
    if output.topic == topics.disclosures.name:
        return RECORDS_OFFICER
    return EntityId(output.topic.removeprefix(topics.out(NOBODY).name))


def decided_by(value: bytes | None, entity_id: EntityId) -> DecisionId:
    """Return the decision that a release, or an order of the records officer, names.

    Raises:
        CodecError: it is none.
    """
    if entity_id == RECORDS_OFFICER:
        return decode_disclosure_order(value).decision_id
    return decode_release(value).decision_id
