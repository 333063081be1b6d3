"""Live shares on a real broker: once through kills, nothing after a revocation, all of it on record."""

import asyncio
import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from aiokafka.structs import TopicPartition

from streams.books.plan import planned_agreements, planned_revocation
from streams.books.revocation import revoke, settle
from streams.codecs.access import open_search
from streams.codecs.delivery import decode_delivery, is_delivery
from streams.codecs.live_record import decode_live_record
from streams.codecs.read_event import encode_read_event
from streams.codecs.vault import open_vault
from streams.custody.action_log import read_actions
from streams.kafka.reader import committed_of
from streams.ledger.admin_action import AdminAct
from streams.ledger.live_record import LiveKind, LiveRecord
from streams.live.audit import audit_live
from streams.policy.live.delivery import Delivery
from streams.policy.read_event import ReadEvent
from streams.policy.vocabulary import EntityId
from streams.settings import Settings
from streams.simulators.agencies import Condition
from streams.simulators.reads import Cameras, live_version
from tests.cli.books_runner import gate_on
from tests.gatehouse import Gatehouse, gatehouse
from tests.workers import PATIENCE, eventually

pytestmark = pytest.mark.kafka


async def share_live(house: Gatehouse) -> list[EntityId]:
    """Give every neighbour in force a live share, and one whose agreement has ended; return the former."""
    good = [one.agreement for one in house.region.neighbours[Condition.IN_FORCE] if one.agreement]
    ended = [one.agreement for one in house.region.neighbours[Condition.EXPIRED] if one.agreement]
    changed = [live_version(agreement, number) for number, agreement in enumerate((*good, *ended))]
    await house.change(planned_agreements(tuple(changed)))
    return [agreement.entity_id for agreement in good]


async def send_reads(house: Gatehouse, events: Iterable[ReadEvent], pause: float = 0.0) -> None:
    """Send reads, as the intake does, keyed by camera."""
    async with house.sending(enable_idempotence=True, linger_ms=2) as sender:
        pending = []
        for place, event in enumerate(events):
            key, value = (event.read.camera_id or "").encode(), encode_read_event(event)
            pending.append(await sender.producer.send(house.topics.reads.name, key=key, value=value))
            if pause and place % 50 == 0:
                await asyncio.sleep(pause)
        await asyncio.gather(*pending)


async def all_taken(house: Gatehouse) -> None:
    """Wait until every read is accounted for."""
    sources = [TopicPartition(house.topics.reads.name, p) for p in range(house.settings.partitions)]

    async def done() -> bool:
        found = await house.read(house.topics.reads.name)
        batches = [one for one in await ledger(house) if one.kind is LiveKind.BATCH]
        committed = [await committed_of(house.settings, source) for source in sources]
        return sum(one.count for one in batches) == len(found) and all(committed)

    await eventually(done, PATIENCE)


async def ledger(house: Gatehouse) -> list[LiveRecord]:
    return [decode_live_record(raw.value) for raw in await house.read(house.topics.manifests.name)]


async def got(house: Gatehouse, entity_id: EntityId) -> list[Delivery]:
    raws = await house.read(house.topics.out(entity_id).name)
    return [decode_delivery(raw.value) for raw in raws if is_delivery(raw.value)]


async def test_promise_1_kills_under_load_neither_lose_nor_double_a_delivery(house: Gatehouse) -> None:
    recipients = await share_live(house)
    events = list(Cameras(house.now).reads(1500))
    worker = await house.worker()
    await worker.ready()
    sending = asyncio.create_task(send_reads(house, events, pause=0.1))
    for _ in range(2):
        await asyncio.sleep(1.0)
        await worker.kill()
        worker = await house.worker()
        await worker.ready()
    await sending
    await all_taken(house)

    audit = await audit_live(house.settings, house.clock.now())
    assert audit.sound, audit
    assert audit.inputs == len(events)
    assert audit.deliveries > 1000
    for entity_id in recipients:
        plain = [one.read.read_id for one in await got(house, entity_id) if one.read.camera_name]
        assert [read_id for read_id, times in Counter(plain).items() if times > 1] == []
    withheld = Counter[str]()
    for record in await ledger(house):
        withheld.update({one.why: one.count for one in record.withheld})
    assert withheld["replay"] == sum(event.is_replay for event in events)
    assert withheld["hit_screened"] > 0
    ended = house.region.neighbours[Condition.EXPIRED][0].entity.entity_id
    assert await got(house, ended) == []
    # And the gate's own audit does not take deliveries for strays.
    assert (await house.audit()).sound


async def test_promise_3_a_revocation_stops_a_live_share(settings: Settings, tmp_path: Path) -> None:
    async with gatehouse(settings, tmp_path) as house:
        recipients = await share_live(house)
        agreement = house.region.neighbours[Condition.IN_FORCE][0].agreement
        assert agreement is not None
        workers = [await house.worker("worker-1"), await house.worker("worker-2")]
        await asyncio.gather(*(worker.ready() for worker in workers))
        events = list(Cameras(house.now).reads(2000))
        sending = asyncio.create_task(send_reads(house, events, pause=0.1))

        async def in_use() -> bool:
            return any(one.agreement_id == agreement.agreement_id for one in await ledger(house))

        await eventually(in_use)
        plan = planned_revocation(agreement.agreement_id)
        revoked = await revoke(house.settings, house.clock, plan, house.author)
        settled = await settle(house.settings, house.clock, revoked, PATIENCE)
        await sending
        await all_taken(house)

        assert settled.bound.everywhere
        records = await ledger(house)
        under = [one for one in records if one.agreement_id == agreement.agreement_id]
        assert max(one.books_revision for one in under) < revoked.outcome.revision
        after = [one for one in records if one.books_revision >= revoked.outcome.revision]
        assert {one.entity_id for one in after if one.count} >= set(recipients[1:])
        assert await got(house, agreement.entity_id) == []
        audit = await audit_live(house.settings, house.clock.now())
        assert audit.sound, audit


async def test_a_delivery_that_no_writer_sent_is_found(house: Gatehouse) -> None:
    recipients = await share_live(house)
    worker = await house.worker()
    await worker.ready()
    await send_reads(house, Cameras(house.now).reads(40))
    await all_taken(house)
    topic = house.topics.out(recipients[1]).name
    first = (await house.read(topic))[0]
    await house.put(topic, first.value, 0)
    audit = await audit_live(house.settings, house.clock.now())
    assert [one.difference.name for one in audit.findings] == ["DELIVERY_WITHOUT_MANIFEST"]


async def test_a_day_of_agreements_that_start_end_and_are_revoked(house: Gatehouse) -> None:
    """No delivery outside its agreement: each one was made within the term, and under a version in force."""
    good = [one.agreement for one in house.region.neighbours[Condition.IN_FORCE] if one.agreement]
    now = house.clock.now()
    starting = replace(live_version(good[0], 1), start=now + timedelta(seconds=8))
    ending = replace(live_version(good[1], 1), end=now + timedelta(seconds=8))
    steady, stopped = live_version(good[2], 1), live_version(good[3], 1)
    await house.change(planned_agreements((starting, ending, steady, stopped)))
    worker = await house.worker()
    await worker.ready()
    revoked_at = None
    for round_ in range(12):
        moment = house.clock.now()
        fresh = (
            replace(event, read=replace(event.read, captured_at=moment, read_id=f"r{round_}:{place}"))
            for place, event in enumerate(Cameras(moment, seed=round_).reads(30))
            if not event.hot_lists
        )
        await send_reads(house, fresh)
        if round_ == 6:
            plan = planned_revocation(stopped.agreement_id)
            revoked = await revoke(house.settings, house.clock, plan, house.author)
            await settle(house.settings, house.clock, revoked, PATIENCE)
            revoked_at = house.clock.now()
        await asyncio.sleep(1.0)
    await all_taken(house)

    audit = await audit_live(house.settings, house.clock.now())
    assert audit.sound, audit
    manifests = [one for one in await ledger(house) if one.kind is LiveKind.MANIFEST]
    by_agreement = {one.agreement_id: [m for m in manifests if m.agreement_id == one.agreement_id] for one in
                    (starting, ending, steady, stopped)}  # fmt: skip
    assert all(by_agreement.values())
    assert all(one.decided_at >= starting.start for one in by_agreement[starting.agreement_id])
    assert all(one.decided_at < ending.end for one in by_agreement[ending.agreement_id])
    assert revoked_at is not None
    assert all(one.decided_at < revoked_at for one in by_agreement[stopped.agreement_id])
    assert all(one.read.captured_at >= starting.start for one in await got(house, starting.entity_id))
    assert all(one.read.captured_at < ending.end for one in await got(house, ending.entity_id))
    assert max(one.decided_at for one in by_agreement[steady.agreement_id]) >= revoked_at


async def test_who_got_a_plate_is_told_and_is_itself_on_record(house: Gatehouse) -> None:
    recipients = await share_live(house)
    worker = await house.worker()
    await worker.ready()
    events = [event for event in Cameras(house.now).reads(60) if not event.hot_lists and not event.is_replay]
    wanted = events[7]
    await send_reads(house, events)
    await all_taken(house)
    gate = gate_on(house.settings)
    plate = (wanted.read.plate or "").replace("0", "O")
    day = timedelta(days=1)
    since, until = (house.now - day).isoformat(), (house.now + day).isoformat()
    arguments = (
        "who-got",
        "-",
        "--from",
        since,
        "--to",
        until,
        "--reason",
        "complaint 26-118",
        "--by",
        "m.castro",
    )

    ended = await asyncio.to_thread(lambda: gate(*arguments, "--json", stdin=f"{plate}\n"))
    found = [json.loads(line) for line in ended.output.splitlines()]
    # Every second recipient has only two of the networks.
    assert {one["entity_id"] for one in found} <= set(recipients)
    assert {one["entity_id"] for one in found} >= {recipients[1], recipients[3]}
    assert {one["read_id"] for one in found} == {wanted.read.read_id}
    assert {one["accountable_user"] for one in found} >= {"administrator 1", "administrator 3"}

    acts = await read_actions(house.settings)
    assert [(act.act, act.by, act.reason) for act in acts] == [
        (AdminAct.WHO_GOT, "m.castro", "complaint 26-118")
    ]
    assert house.settings.vault is not None
    opened = open_search(acts[0], open_vault(house.settings.vault))
    assert opened.data_elements[0] == plate
    written = b"".join(raw.value or b"" for raw in await house.read(house.topics.admin_actions.name))
    assert (wanted.read.plate or "").encode() not in written
    assert plate.encode() not in written

    nobody = await asyncio.to_thread(lambda: gate(*arguments, stdin="0ZZZ999\n"))
    assert "0 deliveries of reads of that plate, to 0 recipients" in nobody.output
    listed = await asyncio.to_thread(lambda: gate("live", "list"))
    assert f"{len(recipients)} live shares" in listed.output
    reconciled = await asyncio.to_thread(lambda: gate("live", "reconcile"))
    assert (reconciled.exit_code, "reads are accounted for" in reconciled.output) == (0, True)
