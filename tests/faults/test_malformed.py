"""Promise 5: any bytes on any input topic end as a record, and what is unreadable as a dead letter too."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from aiokafka.errors import MessageSizeTooLargeError

from streams.codecs.dead_letter import decode_dead_letter
from streams.codecs.record_codec import INPUT_LIMIT
from streams.codecs.request import encode_request
from streams.policy.request import SharingRequest
from streams.policy.vocabulary import ReasonCode, RecordKind, Verdict
from streams.settings import Settings
from streams.simulators.agencies import Condition
from streams.simulators.malformed import KINDS, malformed
from tests.gatehouse import Gatehouse, Raw, gatehouse
from tests.workers import Worker, eventually

pytestmark = pytest.mark.kafka


async def test_promise_5_every_kind_of_garbage_is_recorded_kept_and_survived(house: Gatehouse) -> None:
    worker = await house.worker()
    await worker.ready(partitions=2)
    good = next(each for each in house.day().requests(50) if each.verdict is Verdict.FORWARD).request
    kinds = malformed(encode_request(good), seed=3)
    assert len(kinds) == len(KINDS)
    garbage = [each for each in kinds if len(each.value or b"") < INPUT_LIMIT]
    raws = [Raw(b"a key", each.value) for each in garbage] + [Raw(b"\xff\xfe", b"bytes under an odd key")]
    async with house.sending() as sender:
        places = await sender.send(raws, partition=0)
    (after,) = await house.send([good])
    await house.decided()

    found = await house.by_place()
    kinds_found = Counter(found[place][0].kind for place in places)
    assert kinds_found[RecordKind.MALFORMED] == len(places), [
        each.kind
        for each, place in zip(garbage, places, strict=False)
        if found[place][0].kind is not RecordKind.MALFORMED
    ]
    assert {found[place][0].verdict for place in places} == {Verdict.BLOCK}
    assert {found[place][0].leading_reason for place in places} == {ReasonCode.MALFORMED_EVENT}
    letters = [decode_dead_letter(raw.value) for raw in await house.read(house.topics.dead_letters.name)]
    kept = {(each.source_partition, each.source_offset): (each.key, each.value) for each in letters}
    assert kept == {place: (raw.key, raw.value) for place, raw in zip(places, raws, strict=True)}
    assert found[after][0].verdict is Verdict.FORWARD
    assert worker.alive
    assert (await house.audit()).sound


async def test_promise_5_the_broker_keeps_a_bomb_out(house: Gatehouse) -> None:
    async with house.sending(compression_type="gzip", max_batch_size=64 << 20) as sender:
        sender.producer._max_request_size = 64 << 20
        with pytest.raises(MessageSizeTooLargeError):
            await sender.send([Raw(None, bytes(20 << 20))], partition=0)


async def test_promise_5_a_bomb_that_got_in_is_recorded(house: Gatehouse) -> None:
    # A topic that somebody made without the gate's own limits.
    await house.alter(house.topics.requests.name, compression_type="producer")
    worker = await house.worker()
    await worker.ready(partitions=2)
    # A compressed batch is small on the wire and in the log, whatever it unpacks to.
    async with house.sending(compression_type="gzip", max_batch_size=64 << 20) as sender:
        sender.producer._max_request_size = 64 << 20
        places = await sender.send([Raw(None, bytes(20 << 20))], partition=0)
    good = next(each for each in house.day().requests(50) if each.verdict is Verdict.FORWARD).request
    places += await house.send([good])
    await house.decided()

    found = await house.by_place()
    assert [found[place][0].verdict for place in places] == [Verdict.BLOCK, Verdict.FORWARD]
    assert found[places[0]][0].kind is RecordKind.MALFORMED
    (letter,) = [decode_dead_letter(raw.value) for raw in await house.read(house.topics.dead_letters.name)]
    assert letter.value == bytes(INPUT_LIMIT // 2)  # the beginning; all of it fits no record
    assert "is larger than" in letter.error
    assert worker.alive
    assert (await house.audit()).sound


async def test_promise_5_a_request_whose_answer_no_broker_takes_is_recorded(house: Gatehouse) -> None:
    # Only a topic without the gate's own limits takes in so large a request.
    await house.alter(house.topics.requests.name, compression_type="producer")
    worker = await house.worker()
    await worker.ready(partitions=2)
    good = next(each for each in house.day().requests(50) if each.story == "search").request
    # The organisation stands in the answer's key and in its value, so the answer is twice as large.
    value = encode_request(of_organisation(house, good, "x"))
    value = encode_request(of_organisation(house, good, "x" * (INPUT_LIMIT - len(value) - 1)))
    assert len(value) == INPUT_LIMIT
    async with house.sending(compression_type="gzip") as sender:
        (place,) = await sender.send([Raw(good.request_id.encode(), value)])
    (after,) = await house.send([good])
    await house.decided()

    found = await house.by_place()
    assert found[place][0].kind is RecordKind.MALFORMED
    assert "MessageSizeTooLarge" in found[place][0].reasons[0].message
    assert found[after][0].verdict is Verdict.FORWARD
    assert worker.alive
    assert (await house.audit()).sound


def of_organisation(house: Gatehouse, request: SharingRequest, name: str) -> SharingRequest:
    return house.sealed(replace(request, requested_by=replace(request.requested_by, organisation=name)))


async def verdicts_with_a_spoilt_value(house: Gatehouse) -> tuple[Worker, set[tuple[bool, Verdict]]]:
    """Spoil one recipient's agreement past the tools; return what was decided for that one and for others."""
    worker = await house.worker()
    await worker.ready(partitions=2)
    day = [each for each in house.day().requests(400) if each.verdict is Verdict.FORWARD]
    neighbours = [each.entity for each in house.region.neighbours[Condition.IN_FORCE]]
    spoilt = neighbours[0]
    await house.put_in_books([Raw(f"agreement/agreement-{spoilt.entity_id}".encode(), b"no agreement")])
    places = await house.send(each.request for each in day)
    await house.decided()
    found = await house.by_place()
    return worker, {
        (each.request.recipient_name == spoilt.name, found[place][0].verdict)
        for each, place in zip(day, places, strict=True)
    }


async def test_promise_5_a_book_value_that_nobody_signed_changes_nothing(house: Gatehouse) -> None:
    worker, verdicts = await verdicts_with_a_spoilt_value(house)
    assert verdicts == {(True, Verdict.FORWARD), (False, Verdict.FORWARD)}
    assert await worker.metric("alpr_gate_books_refused_records") == 1


async def test_promise_5_a_book_value_that_cannot_be_read_blocks_its_own_key_alone(
    settings: Settings, tmp_path: Path
) -> None:
    unsigned = settings.model_copy(update={"custodians": None, "unsigned_books": True})
    async with gatehouse(unsigned, tmp_path) as house:
        worker, verdicts = await verdicts_with_a_spoilt_value(house)
        assert verdicts == {(True, Verdict.BLOCK), (False, Verdict.FORWARD)}
        assert await worker.metric("alpr_gate_books_unreadable_keys") == 1
        assert (await worker.answers(200)).problems == []


async def test_promise_5_a_book_key_that_cannot_be_read_stops_the_gate_visibly(house: Gatehouse) -> None:
    worker = await house.worker()
    await worker.ready(partitions=2)
    await house.put_in_books([Raw(b"\xff", b"anything")])
    page = await worker.answers(503)
    assert page.problems == ["the books are failed, not current"]
    await house.send(each.request for each in house.day().requests(20))

    async def it_shows() -> bool:
        return await worker.metric("alpr_gate_lag_records") == 20

    await eventually(it_shows)
    assert await house.by_place() == {}
    metrics = await worker.page("/metrics")
    assert metrics is not None
    assert b'alpr_gate_books_state{state="failed"} 1.0' in metrics.body
    assert worker.alive
