"""The gate as a whole, one request at a time: a real worker on a real broker."""

import asyncio
import json
from dataclasses import replace

import pytest

from streams.books.plan import planned_policy
from streams.codecs.release import decode_release
from streams.codecs.sealed_hold import decode_sealed_hold
from streams.custody.action_log import read_actions
from streams.kafka.partitioner import partition_of
from streams.ledger.admin_action import AdminAct
from streams.ledger.record import LedgerRecord
from streams.policy.request import SharingRequest
from streams.policy.vocabulary import EntityId, ReasonCode, RecordKind, RequestId, Verdict
from streams.simulators.agencies import Condition
from streams.simulators.traffic import Simulated
from tests.cli.books_runner import gate_on
from tests.gatehouse import Gatehouse, Place, raw_of
from tests.workers import Worker, eventually

pytestmark = pytest.mark.kafka


@pytest.fixture
async def worker(house: Gatehouse) -> Worker:
    return await (await house.worker()).ready(partitions=2)


def of_story(house: Gatehouse, story: str, count: int = 1) -> list[Simulated]:
    return [each for each in house.day().requests(800) if each.story == story][:count]


async def records_of(house: Gatehouse, *places: Place) -> list[LedgerRecord]:
    """Return the one ledger record of each input, once all is decided."""
    await house.decided()
    found = await house.by_place()
    assert all(len(found[place]) == 1 for place in places)
    return [found[place][0] for place in places]


async def resolutions_of(house: Gatehouse, held: LedgerRecord) -> list[LedgerRecord]:
    return [
        record
        for record in await house.ledger()
        if record.follows == held.decision_id and record.kind is RecordKind.RESOLUTION
    ]


async def expired_of(house: Gatehouse, held: LedgerRecord) -> list[LedgerRecord]:
    async def any_is_there() -> bool:
        return bool(await resolutions_of(house, held))

    await eventually(any_is_there)
    return await resolutions_of(house, held)


@pytest.mark.usefixtures("worker")
async def test_a_supplement_clears_a_hold_once(house: Gatehouse) -> None:
    incomplete = of_story(house, "no reason")[0].request
    complete = house.sealed(replace(incomplete, reason_text="armed robbery on Spring Street"))
    (first,) = await house.send([incomplete])
    (held,) = await records_of(house, first)
    second, third = await house.send([complete, complete])
    resolution, repeat = await records_of(house, second, third)

    assert (held.verdict, held.leading_reason) == (Verdict.HOLD, ReasonCode.ACCESS_RECORD_INCOMPLETE)
    assert (resolution.kind, resolution.verdict) == (RecordKind.RESOLUTION, Verdict.FORWARD)
    assert resolution.follows == held.decision_id
    assert repeat.kind is RecordKind.REPEAT
    assert len(await resolutions_of(house, held)) == 1
    holds = await house.read(house.topics.holds.name)
    assert [raw.value is None for raw in holds] == [False, True]
    assert (await house.audit()).forwards == 1


@pytest.mark.usefixtures("worker")
async def test_a_hold_expires_by_itself_without_any_input(house: Gatehouse) -> None:
    await house.change(planned_policy(replace(house.region.policy, hold_deadline="PT2S")))
    (place,) = await house.send([of_story(house, "placeholder text")[0].request])
    (held,) = await records_of(house, place)
    assert held.verdict is Verdict.HOLD

    expired = await expired_of(house, held)
    assert [record.verdict for record in expired] == [Verdict.BLOCK]
    assert ReasonCode.HOLD_EXPIRED in {reason.code for reason in expired[0].reasons}
    assert expired[0].source_offset is None
    assert (
        expired[0].decided_at
        >= decode_sealed_hold((await house.read(house.topics.holds.name))[0].value).deadline
    )
    assert (await house.audit()).sound


async def test_a_hold_expires_though_its_worker_died_meanwhile(house: Gatehouse, worker: Worker) -> None:
    await house.change(planned_policy(replace(house.region.policy, hold_deadline="PT5S")))
    (place,) = await house.send([of_story(house, "placeholder text")[0].request])
    (held,) = await records_of(house, place)
    await worker.kill()
    await house.worker()

    expired = await expired_of(house, held)
    assert [record.verdict for record in expired] == [Verdict.BLOCK]


async def test_a_recipient_without_a_topic_is_held_and_others_go_on(house: Gatehouse, worker: Worker) -> None:
    lost, served = of_two_recipients(house)
    async with house.admin() as admin:
        await admin.delete_topics([house.topics.out(recipient_of(house, lost)).name])
    places = await house.send([lost, served, lost])
    first, second, third = await records_of(house, *places)

    assert (first.verdict, first.leading_reason) == (Verdict.HOLD, ReasonCode.RECIPIENT_UNAVAILABLE)
    assert second.verdict is Verdict.FORWARD
    assert third.kind is RecordKind.REPEAT
    assert worker.alive
    assert (await house.audit()).sound


async def test_a_release_that_the_broker_refuses_is_singled_out(house: Gatehouse, worker: Worker) -> None:
    lost, served = of_two_recipients(house)
    await house.alter(house.topics.out(recipient_of(house, lost)).name, max_message_bytes="100")
    before, after = (each.request for each in of_story(house, "no agreement", 2))
    places = await house.send([before, served, lost, after])
    records = await records_of(house, *places)

    assert [record.verdict for record in records] == [
        Verdict.BLOCK,
        Verdict.FORWARD,
        Verdict.HOLD,
        Verdict.BLOCK,
    ]
    assert records[2].leading_reason is ReasonCode.RECIPIENT_UNAVAILABLE
    assert worker.alive
    assert await worker.metric("alpr_gate_transactions_total") > 0
    assert (await house.audit()).sound


@pytest.mark.usefixtures("worker")
async def test_a_misplaced_request_is_moved_and_decided_once(house: Gatehouse) -> None:
    moved = of_story(house, "search", 20)
    async with house.sending() as sender:
        places = [
            place
            for each in moved
            for place in await sender.send(
                [raw_of(each.request)], partition=1 - partition_of(each.request.request_id, 2)
            )
        ]
    records = await records_of(house, *places)
    assert {record.kind for record in records} == {RecordKind.REROUTED}
    await house.decided()
    decided = [record for record in await house.ledger() if record.kind is RecordKind.DECISION]
    assert sorted(record.request_id or "" for record in decided) == sorted(
        each.request.request_id for each in moved
    )
    assert {record.verdict for record in decided} == {Verdict.FORWARD}
    audit = await house.audit()
    assert audit.sound
    assert audit.forwards == len(moved)


@pytest.mark.usefixtures("worker")
async def test_what_leaves_is_what_the_agreement_covers(house: Gatehouse) -> None:
    push = of_story(house, "push")[0].request
    (place,) = await house.send([push])
    (record,) = await records_of(house, place)
    (raw,) = await house.read(house.topics.out(recipient_of(house, push)).name)
    release = decode_release(raw.value)
    assert release.decision_id == record.decision_id
    assert len(release.records) == len(push.records)
    withheld = {"camera_id", "latitude", "longitude", "confidence", "plate_region"}
    assert not withheld & set(release.fields)
    assert all(getattr(read, field) is None for read in release.records for field in withheld)


@pytest.mark.usefixtures("worker")
async def test_a_minimum_revision_that_never_comes_holds_and_one_that_comes_is_waited_for(
    house: Gatehouse,
) -> None:
    revision = await house.change(planned_policy(replace(house.region.policy, clock_skew="PT6M")))
    search = of_story(house, "search", 2)
    far = house.sealed(replace(search[0].request, min_revision=revision + 10_000))
    near = house.sealed(replace(search[1].request, min_revision=revision))
    held, forwarded = await records_of(house, *await house.send([far, near]))
    assert (held.verdict, held.leading_reason) == (Verdict.HOLD, ReasonCode.REVISION_NOT_REACHED)
    assert forwarded.verdict is Verdict.FORWARD
    assert forwarded.books_revision >= revision


def of_two_recipients(house: Gatehouse) -> tuple[SharingRequest, SharingRequest]:
    """Return two requests that are forwarded, to different recipients, decided by one partition."""
    searches = [each.request for each in of_story(house, "search", 200)]
    first = searches[0]
    home = partition_of(first.request_id, 2)
    return first, next(
        each
        for each in searches
        if each.recipient_name != first.recipient_name and partition_of(each.request_id, 2) == home
    )


def recipient_of(house: Gatehouse, request: SharingRequest) -> EntityId:
    return next(
        each.entity.entity_id
        for each in house.region.neighbours[Condition.IN_FORCE]
        if each.entity.name == request.recipient_name
    )


async def test_asking_again_under_new_ids_is_held_on_every_partition_and_by_every_worker(
    house: Gatehouse,
) -> None:
    await (await house.worker("worker-1")).ready(partitions=2)
    base = of_story(house, "search")[0].request
    held = house.sealed(replace(base, reason_text="ICE detainer", request_id=RequestId("asked-0")))
    await house.send([held])
    await house.decided()
    # A worker that comes later, and takes over, knows what others held before it came.
    await house.workers[0].kill()
    await (await house.worker("worker-2")).ready(partitions=2)
    again = [
        house.sealed(replace(base, reason_text="homicide", request_id=RequestId(f"asked-{number}")))
        for number in range(1, 9)
    ]
    places = await house.send(again)
    assert {partition for partition, _ in places} == {0, 1}
    await house.decided()
    found = await house.by_place()
    assert {found[place][0].leading_reason for place in places} == {ReasonCode.FOLLOWS_HELD_REQUEST}
    assert (await house.audit()).sound


async def test_a_mark_that_nobody_can_read_stops_every_decision_until_it_is_passed_over(
    house: Gatehouse,
) -> None:
    gate = gate_on(house.settings)
    await house.put(house.topics.marks.name, b"no mark", 0)
    worker = await house.worker()
    where = f"record 0 of {house.topics.marks.name} cannot be read"

    async def it_is_told() -> bool:
        return any(where in problem for problem in (await worker.answers(503)).problems)

    await eventually(it_is_told)
    assert await worker.metric("alpr_gate_marks_unread_records") == 1
    places = await house.send([of_story(house, "search")[0].request])
    assert await house.ledger() == []
    listed = await asyncio.to_thread(gate, "marks", "list", "--json")
    assert [one["offset"] for one in json.loads(listed.output)["unread"]] == [0]

    passing = ("--reason", "ticket 88", "--by", "m.castro")
    refused = await asyncio.to_thread(gate, "marks", "pass-over", "1", *passing)
    assert (refused.exit_code, "no record at 1" in refused.error) == (2, True)
    told = await asyncio.to_thread(gate, "marks", "pass-over", "0", *passing)
    assert told.exit_code == 0, told
    # Without a restart: the act is read among the marks.
    assert (await records_of(house, *places))[0].verdict is Verdict.FORWARD
    assert await worker.metric("alpr_gate_marks_unread_records") == 0
    (act,) = await read_actions(house.settings)
    assert (act.act, act.offset, act.by, act.reason) == (AdminAct.PASS_OVER, 0, "m.castro", "ticket 88")
    assert "all marks can be read" in (await asyncio.to_thread(gate, "marks", "list")).output
    # Who comes later reads both, and waits for nothing.
    await worker.kill()
    await (await house.worker("worker-2")).ready(partitions=2)
