"""Each kind of offender, put on a real broker where a gate has decided, and named by the command."""

import asyncio
import json
from dataclasses import replace

import pytest
from aiokafka.admin import RecordsToDelete
from aiokafka.structs import TopicPartition

from streams.codecs.ledger_record import seal_record
from streams.codecs.release import decode_release, encode_release
from streams.ledger.record import NO_HASH, LedgerRecord
from streams.policy.vocabulary import DecisionId, RecordKind, Verdict
from tests.cli.books_runner import Ended, Gate, gate_on
from tests.gatehouse import Gatehouse

pytestmark = pytest.mark.kafka
FORGED = DecisionId("7c0c1a35-6b6e-5a36-9b8e-0a6ff2d2b1a4")


@pytest.fixture
async def gate(house: Gatehouse) -> Gate:
    """The commands on a Kafka where a gate has decided 100 requests and ended."""
    worker = await (await house.worker()).ready(partitions=2)
    await house.send(each.request for each in house.day().requests(100))
    await house.decided()
    await worker.kill()
    return gate_on(house.settings)


async def reconciled(gate: Gate) -> Ended:
    return await asyncio.to_thread(gate, "ledger", "reconcile")


async def a_forward(house: Gatehouse) -> tuple[LedgerRecord, str]:
    """Return a record that says forward, and the topic of its recipient."""
    record = next(
        each for each in await house.ledger() if each.verdict is Verdict.FORWARD and each.payload_digest
    )
    assert record.entity_id is not None
    return record, house.topics.out(record.entity_id).name


async def released(house: Gatehouse, record: LedgerRecord, topic: str) -> bytes:
    """Return the bytes that left by the record."""
    values = [raw.value or b"" for raw in await house.read(topic)]
    return next(value for value in values if decode_release(value).decision_id == record.decision_id)


async def test_what_fits_is_told_and_every_other_thing_in_a_recipients_topic_is_named(
    house: Gatehouse, gate: Gate
) -> None:
    told = await reconciled(gate)
    assert told.exit_code == 0, told
    assert "100 inputs have exactly one record each" in told.output

    record, topic = await a_forward(house)
    value = await released(house, record, topic)
    release = decode_release(value)
    other = next(
        house.topics.out(each.entity_id).name
        for each in await house.ledger()
        if each.payload_digest and each.entity_id not in (None, record.entity_id)
    )
    # In this order: what is no release at all must not keep the command from what comes after it.
    await house.put(topic, b"a note from somebody", 0)
    await house.put(topic, None, 0, b"a key")
    await house.put(topic, encode_release(replace(release, decision_id=FORGED)), 0)
    await house.put(topic, encode_release(replace(release, clause_text="none")), 0)
    await house.put(topic, value, 0)
    await house.put(other, value, 0)

    told = await reconciled(gate)
    assert told.exit_code == 4
    mine = [line for line in told.output.splitlines() if topic in line]
    kinds = [line.removeprefix("✗ ").split(":")[0] for line in mine]
    assert kinds == [
        "what lies in a recipient's topic is no release, or in that of disclosures no order",
        "what lies in a recipient's topic is no release, or in that of disclosures no order",
        "something went out without a record that says forward",
        "what went out is not what its record says",
        "something went out more often than its record says",
    ]
    assert f"decision {FORGED}" in mine[2]
    assert all(f"decision {record.decision_id}" in line for line in mine[3:])
    # Where each of them lies; a marker of a transaction stands between what the gate sent and these.
    offsets = [int(line.split("offset ")[1].split(",")[0]) for line in mine]
    assert offsets == list(range(offsets[0], offsets[0] + 5))
    assert "something went out to another recipient than its record says: topic " + other in told.output

    plain = json.loads((await asyncio.to_thread(gate, "ledger", "reconcile", "--json")).output)
    assert not plain["reconciled"]
    assert {"topic": topic, "partition": 0, "offset": offsets[0]}.items() <= plain["findings"][0].items()
    assert len(plain["findings"]) == 6
    assert plain["broken_chains"] == []
    assert (await asyncio.to_thread(gate, "ledger", "verify")).exit_code == 4


async def test_a_release_that_was_taken_away_is_named_by_its_decision(house: Gatehouse, gate: Gate) -> None:
    record, topic = await a_forward(house)
    async with house.admin() as admin:
        await admin.delete_records({TopicPartition(topic, 0): RecordsToDelete(before_offset=-1)})
    told = await reconciled(gate)
    assert told.exit_code == 4
    assert f"a record says forward and nothing went out: topic {topic}, decision {record.decision_id}" in (
        told.output
    )


async def test_a_ledger_written_anew_about_other_inputs_is_named(house: Gatehouse, gate: Gate) -> None:
    """Not even whoever links the chain anew can pass a decision off as that on another request."""
    chain = [each for each in await house.ledger() if each.partition == 0]
    blocked = next(
        each for each in chain if each.verdict is Verdict.BLOCK and each.kind is RecordKind.DECISION
    )
    place = (blocked.source_partition, blocked.source_offset)
    async with house.admin() as admin:
        await admin.delete_records(
            {TopicPartition(house.topics.decisions.name, 0): RecordsToDelete(before_offset=-1)}
        )
    previous = chain[0].prev_hash
    for each in chain:
        digest = "ab" * 32 if each is blocked else each.request_digest
        framed, previous = seal_record(replace(each, request_digest=digest, prev_hash=previous, hash=NO_HASH))
        await house.put(house.topics.decisions.name, framed, 0)
    told = await reconciled(gate)
    assert told.exit_code == 4
    assert "the chain of partition 0 does not verify" in told.output
    expected = (
        f"a ledger record is about other content than its input: topic {house.topics.requests.name}, "
        f"partition {place[0]}, offset {place[1]}, decision {blocked.decision_id}"
    )
    assert expected in told.output


async def test_an_input_of_which_the_ledger_says_nothing_is_named(house: Gatehouse, gate: Gate) -> None:
    # The positions say that the gate has decided this; the ledger says nothing of it.
    async with house.admin() as admin:
        await admin.delete_records(
            {TopicPartition(house.topics.decisions.name, 1): RecordsToDelete(before_offset=-1)}
        )
    told = await reconciled(gate)
    assert told.exit_code == 4
    assert "the chain of partition 1 does not verify" in told.output
    assert f"an input has no ledger record: topic {house.topics.requests.name}, partition 1, offset 0" in (
        told.output
    )
