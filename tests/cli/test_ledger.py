import asyncio
import json
from dataclasses import replace

import pytest

from streams.codecs.ledger_record import encode_ledger_record, seal_record
from streams.codecs.release import decode_release, encode_release
from streams.ledger.record import NO_HASH
from streams.policy.vocabulary import DecisionId, Verdict
from tests.cli.books_runner import Gate, gate_on
from tests.gatehouse import Gatehouse

pytestmark = pytest.mark.kafka

FORGED = DecisionId("7c0c1a35-6b6e-5a36-9b8e-0a6ff2d2b1a4")


@pytest.fixture
async def gate(house: Gatehouse) -> Gate:
    """The commands on a Kafka where a gate has decided 200 requests and ended."""
    worker = await (await house.worker()).ready(partitions=2)
    await house.send(each.request for each in house.day().requests(200))
    await house.decided()
    await worker.kill()
    return gate_on(house.settings)


async def test_promise_6_what_was_written_verifies_and_what_was_added_does_not(
    house: Gatehouse, gate: Gate
) -> None:
    told = await asyncio.to_thread(gate, "ledger", "verify")
    assert told.exit_code == 0, told
    assert "200 inputs have exactly one record each" in told.output

    last = (await house.ledger())[-1]
    await house.put(house.topics.decisions.name, encode_ledger_record(last), last.partition)
    told = await asyncio.to_thread(gate, "ledger", "verify", "--json")
    assert told.exit_code == 4
    report = json.loads(told.output)
    assert not report["sound"]
    assert report["chains"][last.partition]["problem"].startswith(f"position {last.seq + 1}: ")


async def test_promise_6_a_record_that_fits_but_that_no_gate_committed_is_found(
    house: Gatehouse, gate: Gate
) -> None:
    last = next(each for each in reversed(await house.ledger()) if each.verdict is Verdict.BLOCK)
    end = [each for each in await house.ledger() if each.partition == last.partition][-1]
    forged = replace(
        last,
        decision_id=FORGED,
        source_offset=(end.source_offset or 0) + 1,
        seq=end.seq + 1,
        prev_hash=end.hash,
        hash=NO_HASH,
    )
    await house.put(house.topics.decisions.name, seal_record(forged)[0], last.partition)
    told = await asyncio.to_thread(gate, "ledger", "verify", "--json")
    assert told.exit_code == 4
    problem = json.loads(told.output)["chains"][last.partition]["problem"]
    assert problem.startswith(f"position {end.seq + 1}: ")


async def test_promise_1_what_leaves_without_a_decision_is_found(house: Gatehouse, gate: Gate) -> None:
    forward = next(each for each in await house.ledger() if each.verdict is Verdict.FORWARD)
    assert forward.entity_id is not None
    topic = house.topics.out(forward.entity_id).name
    release = decode_release((await house.read(topic))[0].value)
    await house.put(topic, encode_release(replace(release, decision_id=FORGED)), 0)
    told = await asyncio.to_thread(gate, "ledger", "verify")
    assert told.exit_code == 4
    assert f"something went out without a record that says forward: topic {topic}" in told.output
    assert f"decision {FORGED}" in told.output
