import asyncio
import json
from dataclasses import replace
from datetime import timedelta

import orjson
import pytest

from streams.books.plan import planned_agreements
from streams.cli.books_output import plain
from streams.codecs.alert import decode_alert
from streams.policy.evidence_hold import EvidenceHold
from streams.policy.vocabulary import EvidenceHoldId, EvidenceHoldStatus, ReasonCode, RequestId, Verdict
from streams.settings import Settings
from tests.books.samples import evidence_hold
from tests.cli.books_runner import gate_on
from tests.gatehouse import Gatehouse
from tests.workers import eventually

pytestmark = pytest.mark.kafka
APPROVED = replace(evidence_hold(), approved_at=evidence_hold().window_to)


def file_of(*holds: EvidenceHold) -> str:
    return orjson.dumps({"evidence_holds": [plain(hold) for hold in holds]}).decode()


def test_holds_are_applied_listed_shown_verified_and_released(settings: Settings) -> None:
    gate = gate_on(settings)
    applied = gate("evidence", "apply", "-", "--by", "tester", stdin=file_of(APPROVED))
    assert applied.exit_code == 0, applied.error
    assert "evidence-hold/evidence-1" in applied.output
    listed = gate("evidence", "list", "--json").output
    assert json.loads(listed) == json.loads(file_of(APPROVED))
    assert "0 changed, 1 unchanged" in gate("evidence", "apply", "-", stdin=listed).output
    assert "robbery division" in gate("evidence", "show", "evidence-1").output
    verified = gate("evidence", "verify", "evidence-1", "--reason", "trial in May")
    assert "version 2 active" in verified.output
    released = gate("evidence", "release", "evidence-1", "--reason", "case closed")
    assert "version 3 released" in released.output
    assert "released" in gate("evidence", "list").output
    assert gate("evidence", "apply", "-", stdin=file_of(APPROVED)).exit_code == 2


@pytest.mark.parametrize("command", ["verify", "release"])
def test_a_change_without_a_reason_is_refused(settings: Settings, command: str) -> None:
    ended = gate_on(settings)("evidence", command, "evidence-1", "--reason", " ")
    assert (ended.exit_code, "--reason is blank" in ended.error) == (2, True)


async def test_what_a_hold_names_leaves_until_it_is_overdue_and_one_alert_tells_of_that(
    house: Gatehouse,
) -> None:
    gate, now = gate_on(house.settings), house.clock.now()
    forwarded = next(each for each in house.day().requests(400) if each.story == "search")
    recipient = house.region.books().recipient(forwarded.request.recipient_name)
    assert recipient is not None
    aged = [replace(one.agreement, version=9, max_record_age="P9Y") for one in recipient.terms]
    await house.change(planned_agreements(aged))
    captured = now - timedelta(days=1000)
    hold = replace(
        APPROVED,
        case_number="26-77",
        window_from=captured,
        window_to=captured + timedelta(days=2),
        plates=("7XYZ123",),
        approved_at=captured,
        reverify_due=now + timedelta(days=300),
    )

    def asking(number: int) -> object:
        selector = replace(
            forwarded.request.selector,
            plate="7XYZ123",
            read_ids=(),
            window_from=captured,
            window_to=captured + timedelta(days=1),
        )
        return house.sealed(
            replace(
                forwarded.request,
                request_id=RequestId(f"evidence-{number}"),
                case_number="26-77",
                selector=selector,
                requested_at=house.clock.now(),
            )
        )

    async def verdict(number: int) -> tuple[Verdict, list[ReasonCode]]:
        (place,) = await house.send([asking(number)])  # type: ignore[list-item]  # a sealed request
        await house.decided()
        (record,) = (await house.by_place())[place]
        return record.verdict, [reason.code for reason in record.reasons]

    worker = await (await house.worker()).ready(partitions=2)
    assert await verdict(1) == (Verdict.BLOCK, [ReasonCode.LOGICALLY_DELETED])
    told = await asyncio.to_thread(gate, "evidence", "apply", "-", stdin=file_of(hold))
    assert told.exit_code == 0, told.error
    assert await verdict(2) == (Verdict.FORWARD, [])

    overdue = replace(hold, version=2, reverify_due=now - timedelta(days=1))
    told = await asyncio.to_thread(gate, "evidence", "apply", "-", stdin=file_of(overdue))
    assert told.exit_code == 0, told.error

    async def alerts() -> list[str]:
        found = [decode_alert(raw.value) for raw in await house.read(house.topics.alerts.name)]
        return [alert.alert_id for alert in found if "evidence hold `evidence-1` is overdue" in alert.summary]

    async def is_told() -> bool:
        return bool(await alerts())

    await eventually(is_told)
    assert await verdict(3) == (Verdict.BLOCK, [ReasonCode.LOGICALLY_DELETED])
    assert len(await alerts()) == 1
    assert await worker.metric("alpr_gate_evidence_holds_overdue") == 1

    # Another owner of the partition may tell it again, as the same alert.
    await worker.kill()
    worker = await (await house.worker("worker-2")).ready(partitions=2)
    await verdict(4)
    assert len(set(await alerts())) == 1

    await house.put(house.topics.books.name, b"?", 0, b"evidence-hold/spoilt")

    async def unreadable() -> bool:
        return await worker.metric("alpr_gate_books_unreadable_keys") == 1

    await eventually(unreadable)
    listed = await asyncio.to_thread(gate, "evidence", "list")
    assert "`spoilt` cannot be read: it lifts nothing and still forbids to destroy" in listed.error
    assert (await house.audit()).sound


def test_the_samples_are_what_this_page_says() -> None:
    assert APPROVED.status is EvidenceHoldStatus.ACTIVE
    assert APPROVED.hold_id == EvidenceHoldId("evidence-1")
