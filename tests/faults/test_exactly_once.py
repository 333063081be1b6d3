"""Promises 1 and 2 under fire: workers come, go and are killed while thousands of requests arrive."""

import asyncio
from collections import Counter
from pathlib import Path

import pytest

from streams.ledger.record import LedgerRecord
from streams.policy.vocabulary import RecordKind, Verdict
from streams.settings import Settings
from streams.simulators.traffic import Simulated
from tests.gatehouse import Gatehouse, Place, gatehouse
from tests.workers import Worker

pytestmark = pytest.mark.kafka

# Faust moves a partition only from a worker with more than its share, so a third one must have one.
PARTITIONS = 6
REQUESTS = 6000
QUICK = {"session_timeout": 6.0, "batch_records": 200}


async def its_worst(house: Gatehouse, first: Worker, second: Worker) -> None:
    """Rebalance, kill in the middle of batches, and start again, at points that the ledger has reached."""
    await house.until(600)
    third = await house.worker("worker-3", **QUICK)
    await third.ready()
    assert await third.stop() == 0
    await house.until(2000)
    await first.kill()
    await (await house.worker("worker-1", **QUICK)).ready()
    await house.until(3500)
    await second.kill()
    await house.worker("worker-2", **QUICK)


def outcome_of(record: LedgerRecord) -> tuple[object, ...]:
    return record.request_id, record.verdict, record.leading_reason, record.kind


def expectation_of(simulated: Simulated) -> tuple[object, ...]:
    return simulated.request.request_id, simulated.verdict, simulated.leading, simulated.record


async def test_promise_1_and_2_hold_through_rebalances_and_kills(settings: Settings, tmp_path: Path) -> None:
    async with gatehouse(settings.model_copy(update={"partitions": PARTITIONS}), tmp_path) as house:
        first = await house.worker("worker-1", **QUICK)
        second = await house.worker("worker-2", **QUICK)
        await asyncio.gather(first.ready(), second.ready())
        day = tuple(house.day().requests(REQUESTS))
        async with house.sending(enable_idempotence=True, linger_ms=2) as sender:
            places, _ = await asyncio.gather(
                sender.steadily(day, burst=50, pause=0.25), its_worst(house, first, second)
            )
        await house.decided()

        found = await house.by_place()
        assert Counter(map(len, found.values())) == {1: REQUESTS}
        told = {place: outcome_of(found[place][0]) for place in places}
        assert told == {place: expectation_of(each) for place, each in zip(places, day, strict=True)}
        audit = await house.audit()
        assert [chain.problem for chain in audit.chains] == [None] * PARTITIONS
        assert audit.findings == ()
        assert audit.inputs == REQUESTS
        assert audit.forwards == sum(
            each.verdict is Verdict.FORWARD and each.record is not RecordKind.REPEAT for each in day
        )
        assert_ids_are_distinct(places, found)


def assert_ids_are_distinct(places: list[Place], found: dict[Place, list[LedgerRecord]]) -> None:
    """Distinct requests have distinct decision ids, and each names its first decision once."""
    records = [found[place][0] for place in places]
    first = [record for record in records if record.kind is not RecordKind.REPEAT]
    assert len({record.decision_id for record in first}) == len(first)
