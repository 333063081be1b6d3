"""A worker that cannot be sure of its ledger refuses to go on, in one line that says what to do."""

from dataclasses import replace

import pytest
from aiokafka import AIOKafkaConsumer
from aiokafka.admin import NewPartitions, RecordsToDelete
from aiokafka.structs import OffsetAndMetadata, TopicPartition

from streams.codecs.ledger_record import encode_ledger_record, seal_record
from streams.kafka.admin import ensure_topics
from streams.kafka.reader import committed_of
from streams.ledger.record import NO_HASH
from streams.policy.vocabulary import DecisionId
from tests.gatehouse import Gatehouse, raw_of
from tests.workers import Worker, eventually

pytestmark = pytest.mark.kafka

LEDGER_ERROR = 4
UNAVAILABLE = 69
INPUT_ERROR = 2


async def some_decided(house: Gatehouse, count: int = 200) -> None:
    """Decide some requests, then stop."""
    worker = await (await house.worker()).ready(partitions=2)
    await house.send(each.request for each in house.day().requests(count))
    await house.decided()
    assert await worker.stop() == 0


async def commit(house: Gatehouse, source: TopicPartition, metadata: str, offset: int) -> None:
    """Commit as a foreign program in the same consumer group would."""
    consumer = AIOKafkaConsumer(
        bootstrap_servers=house.settings.servers, group_id=house.settings.app_id, enable_auto_commit=False
    )
    await consumer.start()
    try:
        consumer.assign([source])
        await consumer.commit({source: OffsetAndMetadata(offset, metadata)})
    finally:
        await consumer.stop()


async def group_is_empty(house: Gatehouse) -> None:
    """Wait until the broker has let the stopped worker go."""

    async def empty() -> bool:
        async with house.admin() as admin:
            (response,) = await admin.describe_consumer_groups([house.settings.app_id])
            return {group[2] for group in response.groups} <= {"Empty", "Dead"}

    await eventually(empty)


async def assert_refuses(worker: Worker, code: int, *words: str) -> None:
    assert await worker.ended() == code
    assert worker.last_words.count("\n") == 0
    for word in words:
        assert word in worker.last_words


async def test_an_offset_that_a_foreign_program_committed_is_refused(house: Gatehouse) -> None:
    await some_decided(house)
    await group_is_empty(house)
    source = TopicPartition(house.topics.requests.name, 0)
    before = await committed_of(house.settings, source)
    assert before is not None
    await commit(house, source, "", before.offset + 1)
    await assert_refuses(
        await house.worker(), LEDGER_ERROR, "LedgerError", "another program commits for this consumer group"
    )


async def made_anew(house: Gatehouse) -> None:
    """Delete the ledger's topic and make it again, empty."""
    async with house.admin() as admin:
        await admin.delete_topics([house.topics.decisions.name])

    async def is_gone() -> bool:
        async with house.admin() as admin:
            return house.topics.decisions.name not in await admin.list_topics()

    await eventually(is_gone)
    await ensure_topics(house.settings.bootstrap_servers, [house.topics.decisions], 1)


async def test_a_ledger_that_was_made_anew_is_refused(house: Gatehouse) -> None:
    await some_decided(house)
    await made_anew(house)
    await assert_refuses(await house.worker(), LEDGER_ERROR, "LedgerError", "records are missing or replaced")


async def test_a_ledger_whose_beginning_is_gone_is_refused_though_its_end_fits(house: Gatehouse) -> None:
    await some_decided(house)
    # The last of each partition; the ledger is told in the order of the chains.
    lasts = {record.partition: record for record in await house.ledger()}
    await made_anew(house)
    for partition, last in lasts.items():
        await house.put(house.topics.decisions.name, encode_ledger_record(last), partition)
    await assert_refuses(await house.worker(), LEDGER_ERROR, "begins at seq", "restore the topic")


async def test_a_worker_ends_when_the_ledger_is_deleted_under_it(house: Gatehouse) -> None:
    worker = await (await house.worker(transaction_timeout=5.0)).ready(partitions=2)
    await house.send(each.request for each in house.day().requests(50))
    await house.decided()
    async with house.admin() as admin:
        await admin.delete_topics([house.topics.decisions.name])
    await house.send(each.request for each in house.day(2).requests(50))
    assert await worker.ended() == UNAVAILABLE
    assert "could not write a transaction" in worker.last_words
    assert await (await house.worker()).ended() == LEDGER_ERROR


async def test_partitions_that_are_added_to_the_requests_end_a_worker(house: Gatehouse) -> None:
    worker = await (await house.worker()).ready(partitions=2)
    topic = house.topics.requests.name
    async with house.admin() as admin:
        await admin.create_partitions({topic: NewPartitions(3)})
    async with house.sending() as sender:
        await sender.send([raw_of(each.request) for each in house.day().requests(20)], partition=2)
    await assert_refuses(worker, INPUT_ERROR, "has a partition 2", "the settings say there are 2")
    assert [record for record in await house.ledger() if record.source_partition == 2] == []


async def test_a_record_that_another_program_added_is_refused_though_it_fits(house: Gatehouse) -> None:
    await some_decided(house)
    last = (await house.ledger())[-1]
    forged = replace(
        last,
        decision_id=DecisionId("7c0c1a35-6b6e-5a36-9b8e-0a6ff2d2b1a4"),
        source_offset=(last.source_offset or 0) + 1,
        seq=last.seq + 1,
        prev_hash=last.hash,
        hash=NO_HASH,
    )
    await house.put(house.topics.decisions.name, seal_record(forged)[0], last.partition)
    await assert_refuses(
        await house.worker(), LEDGER_ERROR, f"goes on after seq {last.seq}", "another program"
    )


async def test_a_record_that_does_not_fit_the_chain_is_refused(house: Gatehouse) -> None:
    await some_decided(house)
    last = (await house.ledger())[-1]
    await house.put(house.topics.decisions.name, encode_ledger_record(last), last.partition)
    await assert_refuses(await house.worker(), LEDGER_ERROR, f"breaks at seq {last.seq}")


async def test_requests_deleted_before_they_were_decided_are_told(house: Gatehouse) -> None:
    await some_decided(house)
    places = await house.send(each.request for each in house.day(2).requests(100))
    last = max(offset for partition, offset in places if partition == 0)
    async with house.admin() as admin:
        await admin.delete_records(
            {TopicPartition(house.topics.requests.name, 0): RecordsToDelete(before_offset=last)}
        )
    await assert_refuses(await house.worker(), LEDGER_ERROR, "LedgerError", "deleted unread")


async def test_a_gate_may_begin_where_old_requests_are_deleted_already(house: Gatehouse) -> None:
    places = await house.send(each.request for each in house.day().requests(200))
    first = {number: sorted(offset for p, offset in places if p == number)[50] for number in (0, 1)}
    topic = house.topics.requests.name
    async with house.admin() as admin:
        await admin.delete_records(
            {TopicPartition(topic, number): RecordsToDelete(before_offset=at) for number, at in first.items()}
        )
    await house.worker()
    await house.decided()
    assert sorted(await house.by_place()) == sorted(
        (partition, offset) for partition, offset in places if offset >= first[partition]
    )
    assert (await house.audit()).sound


async def test_another_number_of_partitions_is_refused(house: Gatehouse) -> None:
    await some_decided(house, 20)
    worker = await house.worker(partitions=3)
    await assert_refuses(worker, INPUT_ERROR, "has 2 partitions but the settings say 3")


async def test_offsets_that_expired_are_found_in_the_ledger(house: Gatehouse) -> None:
    await some_decided(house)
    # To a group that never committed the broker says what it says of offsets that have expired.
    house.settings = house.settings.model_copy(update={"app_id": f"{house.settings.app_id}-anew"})
    worker = await (await house.worker()).ready(partitions=2)
    await house.send(each.request for each in house.day(2).requests(100))
    await house.decided()
    found = await house.by_place()
    assert len(found) == 300
    assert {len(records) for records in found.values()} == {1}
    assert worker.alive
    assert (await house.audit()).sound
