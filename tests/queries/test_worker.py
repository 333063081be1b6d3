"""Searches on a real broker: every one on record, once, whatever becomes of the worker."""

import asyncio
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from streams.codecs.alert import decode_alert
from streams.codecs.dead_letter import decode_dead_letter
from streams.codecs.query_event import digest_in, encode_query_event
from streams.ledger.query_access import AccessKind
from streams.policy.vocabulary import ReasonCode
from streams.queries.audit import audit_queries
from streams.settings import Settings
from tests.gatehouse import gatehouse
from tests.policy.query_building import a_query
from tests.queries.house import Searches, searches

pytestmark = pytest.mark.kafka

QUICK = {"session_timeout": 6.0, "batch_records": 20}


async def test_a_search_becomes_a_sealed_record_with_findings_and_alerts_without_names(
    settings: Settings, tmp_path: Path
) -> None:
    async with gatehouse(settings.model_copy(update={"partitions": 1}), tmp_path) as house:
        await (await house.worker()).ready()
        under = Searches(house)
        event = a_query(user="Q. Officer", plate="7QZX9*", reason_text="assist ICE", purpose_code=None)
        await under.send([event, event, replace(event, reason_text="robbery")])
        await under.put(b"no search")
        records = await under.recorded(4)

        first, repeat, again, malformed = records
        kinds = [AccessKind.ACCESS, AccessKind.REPEAT, AccessKind.ACCESS, AccessKind.MALFORMED]
        assert [record.kind for record in records] == kinds
        assert (repeat.access_id, repeat.findings) == (first.access_id, ())
        assert (again.query_id, again.access_id != first.access_id) == (first.query_id, True)
        assert ReasonCode.SELECTOR_TOO_BROAD in {finding.code for finding in first.findings}
        assert under.opened(first) == event

        (letter,) = [
            decode_dead_letter(raw.value) for raw in await house.read(house.topics.dead_letters.name)
        ]
        assert (letter.value, letter.decision_id) == (b"no search", malformed.access_id)
        alerts = [decode_alert(raw.value) for raw in await house.read(house.topics.alerts.name)]
        mine = [alert for alert in alerts if set(alert.decision_ids) & {first.access_id, again.access_id}]
        assert mine
        assert {alert.kind for alert in mine} <= {
            finding.code for finding in (*first.findings, *again.findings)
        }
        plain = b"".join(raw.value or b"" for raw in await house.read(house.topics.queries_access.name))
        for told in ("Q. Officer", "7QZX9", "assist"):
            assert told.encode() not in plain
            assert told not in repr(alerts)
        assert [chain.problems for chain in await audit_queries(house.settings)] == [()]


async def test_every_search_has_one_record_through_kills(settings: Settings, tmp_path: Path) -> None:
    count = 900
    async with gatehouse(settings.model_copy(update={"partitions": 3}), tmp_path) as house:
        worker = await (await house.worker("worker-1", **QUICK)).ready(3)
        under, events = Searches(house), searches(count)

        async def its_worst() -> None:
            nonlocal worker
            for seen in (60, 300, 600):
                await under.recorded(seen)
                await worker.kill()
                worker = await house.worker("worker-1", **QUICK)

        async def sending() -> None:
            for start in range(0, count, 30):
                await under.send(events[start : start + 30])

        await asyncio.gather(sending(), its_worst())
        # All of it once more: what was told before, by a worker that was killed, is still known.
        await under.send(events)
        records = await under.recorded(2 * count)

        sent = await under.sent()
        assert Counter((one.source_partition, one.source_offset) for one in records) == dict.fromkeys(sent, 1)
        for record in records:
            assert digest_in(sent[record.source_partition, record.source_offset]) == record.query_digest
        kinds = Counter(record.kind for record in records)
        assert kinds == {AccessKind.ACCESS: count, AccessKind.REPEAT: count}
        alerts = [decode_alert(raw.value) for raw in await house.read(house.topics.alerts.name)]
        mine = [alert for alert in alerts if alert.kind is ReasonCode.SELECTOR_TOO_BROAD]
        assert len(mine) == len({alert.alert_id for alert in mine}) == count // 4
        assert [chain.problems for chain in await audit_queries(house.settings)] == [(), (), ()]


async def test_a_record_that_nobody_committed_or_that_was_altered_is_found(
    settings: Settings, tmp_path: Path
) -> None:
    async with gatehouse(settings.model_copy(update={"partitions": 1}), tmp_path) as house:
        await (await house.worker()).ready()
        under = Searches(house)
        await under.send(searches(3))
        await under.recorded(3)
        topic = house.topics.queries_access.name
        raws = await house.read(topic)
        assert (await audit_queries(house.settings))[0].problems == ()
        await house.put(topic, raws[1].value, 0)
        (chain,) = await audit_queries(house.settings)
        assert chain.count == 3
        assert "position 3" in chain.problems[0]
        await house.forget(topic)
        (chain,) = await audit_queries(house.settings)
        assert "but position 2 was committed" in chain.problems[0]
        assert "3 searches have no record" in chain.problems[1]


def test_the_bytes_of_a_search_are_known_by_their_digest() -> None:
    assert digest_in(encode_query_event(a_query())) is not None
    assert digest_in(b"no search") is None
