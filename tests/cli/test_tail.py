import asyncio
import json
from collections import Counter

import pytest

from streams.policy.vocabulary import Verdict
from tests.cli.books_runner import Gate, gate_on
from tests.gatehouse import Gatehouse

pytestmark = pytest.mark.kafka


@pytest.fixture
async def gate(house: Gatehouse) -> Gate:
    """The commands on a Kafka where a gate has decided 300 requests."""
    worker = await (await house.worker()).ready(partitions=2)
    await house.send(each.request for each in house.day().requests(300))
    await house.decided()
    await worker.kill()
    return gate_on(house.settings)


async def test_the_ledger_answers_and_holds_can_be_followed(house: Gatehouse, gate: Gate) -> None:
    told = await asyncio.to_thread(gate, "tail", "decisions", "--from-start", "--until-now", "--json")
    assert told.exit_code == 0, told.error
    lines = [json.loads(line) for line in told.output.splitlines()]
    ledger = await house.ledger()
    assert Counter(line["decision_id"] for line in lines) == Counter(each.decision_id for each in ledger)
    assert {line["hash"] for line in lines} == {each.hash.hex() for each in ledger}
    held = sum(each.verdict is Verdict.HOLD for each in ledger if each.kind == "decision")

    told = await asyncio.to_thread(gate, "tail", "holds", "--from-start", "--until-now", "--json")
    assert sum("sealed" in json.loads(line) for line in told.output.splitlines()) >= held > 0

    told = await asyncio.to_thread(gate, "tail", "answers", "--from-start", "--until-now")
    assert told.exit_code == 0
    assert len(told.output.splitlines()) >= 300
    told = await asyncio.to_thread(gate, "tail", "alerts", "--from-start", "--until-now")
    assert told.exit_code == 0
    assert "officer-" not in told.output  # alerts carry pseudonyms


async def test_a_topic_that_is_not_there_is_told(house: Gatehouse) -> None:
    gate = gate_on(house.settings.model_copy(update={"topic_prefix": "nobody."}))
    told = await asyncio.to_thread(gate, "tail", "decisions", "--until-now")
    assert told.exit_code == 2
    assert "there is no topic `nobody.alpr.sharing.decisions`" in told.error
