"""What comes in from the broker reaches the writers whole, in order and once, whatever the log looks like."""

import pytest
from aiokafka import AIOKafkaProducer

from streams.policy.vocabulary import RecordKind
from tests.gatehouse import Gatehouse, raw_of

pytestmark = pytest.mark.kafka


async def test_markers_and_aborted_records_leave_no_hole(house: Gatehouse) -> None:
    worker = await (await house.worker()).ready(partitions=2)
    day = [raw_of(each.request) for each in house.day().requests(60)]
    topic = house.topics.requests.name
    producer = AIOKafkaProducer(
        bootstrap_servers=house.settings.servers, transactional_id=f"{house.settings.app_id}-intake"
    )
    committed = []
    await producer.start()
    try:
        for number, raw in enumerate(day):
            await producer.begin_transaction()
            sent = await producer.send_and_wait(topic, raw.value, key=raw.key)
            if number % 3 == 0:
                await producer.abort_transaction()
            else:
                await producer.commit_transaction()
                committed.append((sent.partition, sent.offset))
    finally:
        await producer.stop()
    # The committed offset stays behind the markers at the end until the next record comes.
    await house.until(len(committed))

    assert sorted(await house.by_place()) == sorted(committed)
    assert await worker.metric("alpr_gate_holes_total") == 0
    assert await worker.metric("alpr_gate_lag_records") == 0
    assert (await house.audit()).sound


async def test_a_worker_that_starts_behind_markers_reads_on(house: Gatehouse) -> None:
    await test_markers_and_aborted_records_leave_no_hole(house)
    assert await house.workers[0].stop() == 0
    worker = await (await house.worker()).ready(partitions=2)
    places = await house.send(each.request for each in house.day(2).requests(50))
    await house.decided()
    assert set(places) <= set(await house.by_place())
    assert await worker.metric("alpr_gate_holes_total") == 0


async def test_backpressure_loses_nothing(house: Gatehouse) -> None:
    # One record fills the inbox: the transport must stop and go on for each fetch.
    worker = await (await house.worker(pending_bytes=1024, batch_records=3)).ready(partitions=2)
    day = tuple(house.day().requests(1200))
    places = await house.send(each.request for each in day)
    await house.decided()
    found = await house.by_place()
    assert sorted(found) == sorted(places)
    assert {len(records) for records in found.values()} == {1}
    assert await worker.metric("alpr_gate_holes_total") == 0
    kinds = [found[place][0].kind for place in places]
    assert kinds == [each.record for each in day]
    assert RecordKind.RESOLUTION in kinds
