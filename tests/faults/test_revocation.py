"""Promise 3: a revocation binds every partition, and nothing is forwarded under it after that."""

import asyncio
from pathlib import Path

import pytest

from streams.books.plan import planned_revocation
from streams.books.revocation import Settled, revoke, settle
from streams.policy.vocabulary import AgreementId, EntityId, ReasonCode, Verdict
from streams.settings import Settings
from streams.simulators.agencies import Condition
from tests.gatehouse import Gatehouse, gatehouse
from tests.workers import PATIENCE

pytestmark = pytest.mark.kafka

PARTITIONS = 4
REQUESTS = 2000


async def revoked_at(house: Gatehouse, agreement_id: AgreementId, after: int) -> tuple[int, Settled]:
    """Revoke once the ledger has that many records; return the revision and how far it binds."""
    await house.until(after)
    revoked = await revoke(house.settings, house.clock, planned_revocation(agreement_id), house.author)
    return revoked.outcome.revision, await settle(house.settings, house.clock, revoked, PATIENCE)


async def test_promise_3_nothing_is_forwarded_under_a_revoked_agreement(
    settings: Settings, tmp_path: Path
) -> None:
    async with gatehouse(settings.model_copy(update={"partitions": PARTITIONS}), tmp_path) as house:
        neighbour = house.region.neighbours[Condition.IN_FORCE][0]
        agreement_id = AgreementId(f"agreement-{neighbour.entity.entity_id}")
        workers = [await house.worker("worker-1"), await house.worker("worker-2")]
        await asyncio.gather(*(worker.ready() for worker in workers))
        day = tuple(house.day().requests(REQUESTS))
        async with house.sending(enable_idempotence=True, linger_ms=2) as sender:
            _, (revision, settled) = await asyncio.gather(
                sender.steadily(day, burst=50, pause=0.2), revoked_at(house, agreement_id, after=600)
            )
        await house.decided()

        assert settled.bound.everywhere
        assert sorted(settled.bound.acknowledged) == list(range(PARTITIONS))
        assert {ack.worker for ack in settled.bound.acknowledged.values()} == {"worker-1", "worker-2"}
        ledger = await house.ledger()
        under = [
            record
            for record in ledger
            if record.verdict is Verdict.FORWARD and record.agreement_id == agreement_id
        ]
        assert under  # it was in use before
        assert max(record.books_revision for record in under) < revision
        blocked = [
            record
            for record in ledger
            if record.leading_reason is ReasonCode.AGREEMENT_REVOKED and record.books_revision >= revision
        ]
        assert blocked  # and asked for afterwards
        await assert_nothing_is_left_for(house, neighbour.entity.entity_id, settled)
        audit = await house.audit()
        assert audit.sound, audit


async def assert_nothing_is_left_for(house: Gatehouse, entity_id: EntityId, settled: Settled) -> None:
    assert [deleted.entity_id for deleted in settled.deleted] == [entity_id]
    assert await house.read(house.topics.out(entity_id).name) == []


async def test_promise_3_a_revocation_binds_without_any_request(house: Gatehouse) -> None:
    worker = await house.worker()
    await worker.ready()
    agreement_id = AgreementId(f"agreement-{house.region.neighbours[Condition.IN_FORCE][0].entity.entity_id}")

    revision, settled = await revoked_at(house, agreement_id, after=0)

    assert settled.bound.everywhere
    assert {ack.revision for ack in settled.bound.acknowledged.values()} == {revision}
