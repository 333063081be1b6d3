"""One decision of a real gate's ledger, explained."""

import asyncio
import json

import pytest

from streams.books.plan import planned_revocation
from streams.ledger.record import LedgerRecord
from streams.policy.reasons import OF_NO_REQUEST, ROWS
from streams.policy.vocabulary import ReasonCode, RecordKind, Verdict
from tests.cli.books_runner import Ended, Gate, gate_after
from tests.gatehouse import Gatehouse, Raw

pytestmark = pytest.mark.kafka
SEED = 3


@pytest.fixture
async def gate(house: Gatehouse) -> Gate:
    """The commands on a Kafka where a gate has decided 300 requests and some bytes."""
    asked = (each.request for each in house.day(SEED).requests(300))
    return await gate_after(house, asked, Raw(None, b"no request"))


async def test_each_kind_of_record_is_told_with_its_history_and_without_contents(
    house: Gatehouse, gate: Gate
) -> None:
    async def told(record: LedgerRecord, *options: str) -> Ended:
        ended = await asyncio.to_thread(gate, "explain", record.decision_id, *options)
        assert ended.exit_code == 0, ended.error
        assert [word for word in personal if word in ended.output] == []
        return ended

    requests = [each.request for each in house.day(SEED).requests(300)]
    personal = {str(each.selector.plate) for each in requests if each.selector.plate}
    personal |= {each.requested_by.user for each in requests if each.requested_by.user.strip()}
    ledger = await house.ledger()

    forward = next(each for each in ledger if each.verdict is Verdict.FORWARD and each.kind == "decision")
    found = json.loads((await told(forward, "--json")).output)
    assert found["verdict"] == "forward"
    assert found["explanation"].startswith(f"Forwarded.\nUnder agreement `{forward.agreement_id}` version ")
    assert [rule["state"] for rule in found["rules"]] == ["passed"] * (len(ROWS) - len(OF_NO_REQUEST))

    # A supplement: the hold and its resolution explain each other.
    resolution = next(each for each in ledger if each.kind is RecordKind.RESOLUTION)
    held = next(each for each in ledger if each.decision_id == resolution.follows)
    for one in (resolution, held):
        found = json.loads((await told(one, "--json")).output)
        assert found["decision_id"] == one.decision_id
        assert found["verdict"] == one.verdict
        ids = [each["decision_id"] for each in found["history"]]
        assert {held.decision_id, resolution.decision_id} <= set(ids)
        assert ids.index(held.decision_id) < ids.index(resolution.decision_id)
    failed = {rule["code"] for rule in found["rules"] if rule["state"] == "failed"}
    assert failed == {reason.code for reason in held.reasons}

    # A repeat has the id of the first; it is the first that is explained.
    repeat = next(each for each in ledger if each.kind is RecordKind.REPEAT)
    found = json.loads((await told(repeat, "--json")).output)
    assert [each["kind"] for each in found["history"]][-1] == "repeat"
    assert found["rules"]

    malformed = next(each for each in ledger if each.kind is RecordKind.MALFORMED)
    text = (await told(malformed)).output
    assert "MALFORMED_EVENT (integrity of the gate): " in text
    assert "rule by rule" not in text

    block = next(each for each in ledger if each.leading_reason is ReasonCode.RECIPIENT_FEDERAL)
    text = (await told(block)).output
    assert text.startswith(f"BLOCK  {block.decision_id}\n")
    assert "RECIPIENT_FEDERAL" in text
    assert "not asked" in text


async def test_what_has_changed_since_is_told(house: Gatehouse, gate: Gate) -> None:
    forward = next(each for each in await house.ledger() if each.verdict is Verdict.FORWARD)
    assert forward.agreement_id is not None
    assert forward.agreement_version is not None
    await house.change(planned_revocation(forward.agreement_id))
    ended = await asyncio.to_thread(gate, "explain", forward.decision_id)
    version = forward.agreement_version
    assert (
        f"Decided under version {version} of `{forward.agreement_id}`, which has version {version + 1} "
        in (ended.output)
    )


async def test_an_id_that_no_record_has_is_told(gate: Gate) -> None:
    ended = await asyncio.to_thread(gate, "explain", "a-decision")
    assert (ended.exit_code, ended.error) == (2, "there is no decision `a-decision` in the ledger")
