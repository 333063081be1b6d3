"""Changes of vendors' shares on a real broker: each alerts in seconds, once, also through kills."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from streams.adapters.share_record import open_record, read_record
from streams.codecs.alert import decode_alert
from streams.codecs.dead_letter import decode_dead_letter
from streams.policy.alert import Alert, Severity
from streams.policy.drift import drift_of
from streams.policy.share_change import ShareChange, ShareChangeKind
from streams.policy.share_memory import Share
from streams.policy.vocabulary import ReasonCode, Scope
from streams.settings import Settings
from tests.gatehouse import Gatehouse, gatehouse
from tests.policy.building import in_force
from tests.workers import eventually

pytestmark = pytest.mark.kafka

STRANGER = "Jane Doe 7ABC123"
QUICK = {"session_timeout": 6.0, "batch_records": 20}


class Vendor:
    """What a vendor opens and closes, and what one house makes of it."""

    def __init__(self, house: Gatehouse) -> None:
        self.house = house
        self.begun = house.now - timedelta(days=1)

    def change(
        self, number: int, name: str, kind: ShareChangeKind = ShareChangeKind.GRANT, network: str = ""
    ) -> ShareChange:
        return ShareChange(
            change_id=f"c-{number}",
            kind=kind,
            vendor="portal",
            network=network,
            recipient_name=name,
            scopes=() if kind is ShareChangeKind.REMOVAL else (Scope.SEARCH,),
            at=self.begun + timedelta(seconds=number),
            reference="event",
        )

    def partner(self) -> str:
        """Return the name of somebody to whom an agreement gives searching."""
        books = self.house.region.books()
        for entity in self.house.region.entities():
            share = Share(vendor="portal", network="", recipient_name=entity.name, scope=Scope.SEARCH)
            standing = books.recipient(entity.name)
            if (
                standing is not None
                and standing.terms
                and not drift_of([share], books, in_force(books), self.house.now)
            ):
                return entity.name
        raise AssertionError("nobody has an agreement")

    async def send(self, changes: Iterable[ShareChange]) -> None:
        async with open_record(self.house.settings) as record:
            await record.add(tuple(changes))

    async def alerts(self) -> list[Alert]:
        raws = await self.house.read(self.house.topics.alerts.name)
        return [
            one
            for one in map(decode_alert, (raw.value for raw in raws))
            if "open at a vendor's" in one.summary
        ]

    async def told(self, count: int) -> list[Alert]:
        """Wait until there are so many alerts, and return all."""

        async def are_there() -> bool:
            return len(await self.alerts()) >= count

        await eventually(are_there)
        return await self.alerts()


async def test_what_a_vendor_opens_alerts_in_seconds_without_names_and_what_is_agreed_does_not(
    house: Gatehouse,
) -> None:
    worker = await (await house.worker()).ready(2)
    vendor = Vendor(house)
    partner = vendor.partner()
    await vendor.send([vendor.change(1, partner), vendor.change(2, STRANGER), vendor.change(3, "FBI")])
    await house.put(house.topics.share_changes.name, b"no change", 0)
    sent = house.clock.monotonic()
    alerts = await vendor.told(2)
    assert house.clock.monotonic() - sent < 5

    assert {(one.kind, one.severity) for one in alerts} == {
        (ReasonCode.RECIPIENT_UNRESOLVED, Severity.HIGH),
        (ReasonCode.RECIPIENT_FEDERAL, Severity.CRITICAL),
    }
    assert [one for one in alerts if "c-1" in one.summary] == []
    for name in (STRANGER, partner, "7ABC123"):
        assert name not in repr(alerts)

    async def has_a_letter() -> bool:
        return len(await house.read(house.topics.dead_letters.name)) == 1

    await eventually(has_a_letter)
    (raw,) = await house.read(house.topics.dead_letters.name)
    letter = decode_dead_letter(raw.value)
    assert (letter.value, letter.source_topic) == (b"no change", house.topics.share_changes.name)
    assert await worker.metric("alpr_gate_drift_findings_total") == 2
    assert await worker.metric("alpr_gate_share_changes_total") == 3


async def test_what_came_back_is_known_by_a_worker_that_did_not_see_it_go(house: Gatehouse) -> None:
    vendor = Vendor(house)
    partner = vendor.partner()
    worker = await (await house.worker("worker-1", **QUICK)).ready(2)
    await vendor.send(
        [vendor.change(1, partner, network="Gate 3"), vendor.change(2, STRANGER, network="Gate 3")]
    )
    await vendor.told(1)
    await vendor.send([vendor.change(3, partner, ShareChangeKind.REMOVAL, "Gate 3")])
    await worker.kill()
    await (await house.worker("worker-1", **QUICK)).ready(2)
    await vendor.send([vendor.change(4, partner, network="Gate 3")])
    (_, back) = await vendor.told(2)
    assert (back.kind, back.severity) == (ReasonCode.SHARE_CAME_BACK, Severity.CRITICAL)
    assert "c-4" in back.summary


async def test_every_change_alerts_once_through_kills(settings: Settings, tmp_path: Path) -> None:
    count = 300
    async with gatehouse(settings.model_copy(update={"partitions": 3}), tmp_path) as house:
        worker = await (await house.worker("worker-1", **QUICK)).ready(3)
        vendor = Vendor(house)
        changes = [vendor.change(n, f"Stranger {n}", network=f"Gate {n % 11}") for n in range(count)]
        for start in range(0, count, 100):
            await vendor.send(changes[start : start + 100])
            await vendor.told(start + 30)
            await worker.kill()
            worker = await house.worker("worker-1", **QUICK)
        alerts = await vendor.told(count)
        assert len(alerts) == len({one.alert_id for one in alerts}) == count


async def test_a_burst_of_211_removals_alerts_nobody_and_is_remembered(house: Gatehouse) -> None:
    worker = await (await house.worker()).ready(2)
    vendor = Vendor(house)
    grants = [vendor.change(n, f"Stranger {n}", network=f"Gate {n % 7}") for n in range(211)]
    await vendor.send(grants)
    await vendor.told(211)
    await vendor.send(
        replace(one, kind=ShareChangeKind.REMOVAL, scopes=(), at=house.now, change_id=f"r-{one.change_id}")
        for one in grants
    )

    async def all_taken() -> bool:
        return await worker.metric("alpr_gate_share_changes_total") == 2 * 211

    await eventually(all_taken)
    assert len(await vendor.alerts()) == 211
    memory = (await read_record(house.settings)).memory
    assert Counter(one.is_open for one in memory.shares()) == {False: 211}
