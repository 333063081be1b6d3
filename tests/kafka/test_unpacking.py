"""A batch that cannot be unpacked stops its own partition, in plain sight, and loses nothing."""

import pytest
from aiokafka.structs import TopicPartition

from streams.codecs.request import encode_request
from streams.errors import UnavailableError
from streams.policy.vocabulary import Verdict
from tests.gatehouse import Gatehouse
from tests.hostile.batches import GZIP, LZ4, Spoilt, batch_of, produce
from tests.workers import eventually

pytestmark = pytest.mark.kafka


def with_bytes_behind_it(compressed: bytes) -> bytes:
    return compressed + b"8ABC123 behind the end"


@pytest.mark.parametrize("codec", [GZIP, LZ4])
async def test_a_batch_that_only_the_broker_can_unpack_stops_its_partition_alone(
    house: Gatehouse, codec: int
) -> None:
    # A topic that somebody made without the gate's own limits: the broker keeps what it is sent as it is.
    await house.alter(house.topics.requests.name, compression_type="producer")
    worker = await (await house.worker()).ready(partitions=2)
    day = [each.request for each in house.day().requests(200) if each.verdict is Verdict.FORWARD]
    place = TopicPartition(house.topics.requests.name, 1)
    before = await house.send(day[:20])
    async with house.sending() as sender:
        batch = batch_of([encode_request(day[0])], Spoilt(codec, with_bytes_behind_it))
        offset = await produce(sender.producer, place, batch)
    after = await house.send(day[20:])

    page = await worker.answers(503)
    assert page.problems == [f"{place.topic}[1] cannot be read at offset {offset}"]
    decidable = {each for each in (*before, *after) if each[0] == 0 or each[1] < offset}

    async def all_but_what_stands_behind_it() -> bool:
        return set(await house.by_place()) == decidable

    await eventually(all_but_what_stands_behind_it)
    assert worker.alive
    assert "8ABC123" not in worker.said
    # Nothing was passed over: a restart finds it in the same place, and so does whoever has to look.
    assert await worker.stop() == 0
    again = await house.worker()

    async def it_says_so_again() -> bool:
        return (await again.answers(503)).problems == page.problems

    await eventually(it_says_so_again)
    assert again.alive
    with pytest.raises(UnavailableError, match="partition 1, cannot be unpacked"):
        await house.audit()
