"""What is owed and what is left to do, on a real broker: told, stopped, made good, revoked, confirmed."""

import asyncio
import json
from dataclasses import replace
from datetime import date, timedelta

import orjson
import pytest

from streams.books.plan import planned_agreements
from streams.cli.books_output import plain
from streams.codecs.alert import decode_alert
from streams.policy.agreement import Agreement, Fulfilment, Obligation
from streams.policy.alert import Alert
from streams.policy.vocabulary import ReasonCode, RequestId, Verdict
from streams.settings import Settings
from tests.books.samples import agreement, entity
from tests.cli.books_runner import gate_on
from tests.gatehouse import Gatehouse
from tests.workers import eventually

pytestmark = pytest.mark.kafka
SECOND = 1 / 3600


def owing(due: date) -> tuple[Obligation, ...]:
    return (Obligation(kind="attestation", text="attest yearly who has access", due=due),)


async def test_what_is_owed_is_told_then_stops_then_is_made_good_and_a_revocation_leaves_a_task(
    house: Gatehouse,
) -> None:
    gate, now = gate_on(house.settings), house.clock.now()
    forwarded = next(each for each in house.day().requests(400) if each.story == "search").request
    recipient = house.region.books().recipient(forwarded.recipient_name)
    assert recipient is not None
    agreements = [one.agreement for one in recipient.terms]

    async def change(version: int, **changes: object) -> None:
        changed: list[Agreement] = [replace(one, version=version, **changes) for one in agreements]  # type: ignore[arg-type]
        await house.change(planned_agreements(changed))

    async def verdict(number: int) -> tuple[Verdict, set[ReasonCode]]:
        asked = replace(forwarded, request_id=RequestId(f"owed-{number}"), requested_at=house.clock.now())
        (place,) = await house.send([house.sealed(asked)])
        await house.decided()
        (record,) = (await house.by_place())[place]
        return record.verdict, {reason.code for reason in record.reasons}

    async def alerts(words: str) -> list[Alert]:
        found = [decode_alert(raw.value) for raw in await house.read(house.topics.alerts.name)]
        return [alert for alert in found if words in alert.summary]

    async def told(words: str) -> None:
        async def is_told() -> bool:
            return len({alert.entity_id for alert in await alerts(words)}) > 0

        await eventually(is_told)

    worker = await (await house.worker(open_task_hours=SECOND / 1000)).ready(partitions=2)
    yesterday, long_ago = (now - timedelta(days=2)).date(), (now - timedelta(days=60)).date()
    await change(11, obligations=owing(yesterday))
    await told("is overdue since")
    assert await verdict(1) == (Verdict.FORWARD, set())
    assert await alerts("grace is over") == []
    assert await worker.metric("alpr_gate_agreements_overdue") >= len(agreements)

    stopped_before = await worker.metric("alpr_gate_agreements_stopped")
    await change(12, obligations=owing(long_ago))
    await told("grace is over")
    assert await verdict(2) == (Verdict.BLOCK, {ReasonCode.OBLIGATION_OVERDUE})
    assert await worker.metric("alpr_gate_agreements_stopped") == stopped_before + len(agreements)

    met = Fulfilment(kind="attestation", due=long_ago, by="custodian", at=now, reference="file 7")
    await change(13, obligations=owing(long_ago), fulfilments=(met,))
    assert await verdict(3) == (Verdict.FORWARD, set())

    # Another owner of the partition may tell it again, as the same alert.
    await worker.kill()
    worker = await (await house.worker("worker-2", open_task_hours=SECOND / 1000)).ready(partitions=2)
    for one in agreements:
        ended = await asyncio.to_thread(gate, "agreements", "revoke", one.agreement_id, "--reason", "over")
        assert ended.exit_code == 0, ended.error
    assert (await verdict(4))[0] is Verdict.BLOCK
    subject = f"agreement/{agreements[0].agreement_id}"
    await told(f"`{subject}` is revoked since")
    assert len({alert.alert_id for alert in await alerts(f"`{subject}` is revoked since")}) == 1
    assert len({one.alert_id for one in await alerts(f"under `{subject}` is overdue since")}) == 2

    late = await asyncio.to_thread(gate, "tasks", "list", "--older-than", "0", "--json")
    assert subject in {task["subject"] for task in json.loads(late.output)["tasks"]}
    assert late.exit_code == 2
    open_before = await worker.metric("alpr_gate_tasks_open")
    await asyncio.to_thread(
        gate, "tasks", "confirm", subject, "--reference", "ticket 88213", "--by", "tester"
    )

    async def is_closed() -> bool:
        return await worker.metric("alpr_gate_tasks_open") == open_before - 1

    await eventually(is_closed)
    assert subject not in (await asyncio.to_thread(gate, "tasks", "list", "--json")).output


def test_a_task_is_listed_confirmed_once_and_there_again_after_another_revocation(
    settings: Settings,
) -> None:
    gate = gate_on(settings)

    def applied(*versions: Agreement) -> None:
        from_file = json.dumps({"agreements": [json.loads(_json(one)) for one in versions]})
        ended = gate("agreements", "apply", "-", "--by", "tester", stdin=from_file)
        assert ended.exit_code == 0, ended.error

    def revoked() -> None:
        revoke = ("agreements", "revoke", "burbank-2026", "--reason", "terminated", "--timeout", "0")
        # No gate runs, so nobody acknowledges it; it is on the books all the same.
        assert gate(*revoke).exit_code == 69

    ended = gate("entities", "apply", "-", "--by", "tester", stdin=_registry())
    assert ended.exit_code == 0, ended.error
    applied(agreement())
    assert "no open tasks" in gate("tasks", "list").output
    revoked()
    listed = gate("tasks", "list")
    assert "agreement/burbank-2026" in listed.output
    assert gate("tasks", "list", "--older-than", "1").exit_code == 0

    confirm = ("tasks", "confirm", "agreement/burbank-2026", "--reference", "ticket 7", "--by", "tester")
    assert "1 changed" in gate(*confirm).output
    assert "no open tasks" in gate("tasks", "list").output
    assert "0 changed, 1 unchanged" in gate(*confirm).output
    assert gate("tasks", "confirm", "agreement/nobody", "--reference", "x").exit_code == 2
    assert gate("tasks", "confirm", "agreement/burbank-2026", "--reference", " ").exit_code == 2

    applied(agreement(version=3))
    assert "no open tasks" in gate("tasks", "list").output
    revoked()
    assert "agreement/burbank-2026" in gate("tasks", "list").output


def _json(one: object) -> str:
    return orjson.dumps(plain(one)).decode()


def _registry() -> str:
    return orjson.dumps({"entities": [plain(entity())]}).decode()
