"""Changed books beside a real gate's decisions: what they would make otherwise, and nothing is touched."""

import asyncio
import json
import socket
from pathlib import Path

import orjson
import pytest
from aiokafka.structs import TopicPartition

from streams.books.plan import planned_revocation
from streams.cli.books_output import plain
from streams.clock import SystemClock
from streams.kafka.reader import PartitionReader
from streams.policy.vocabulary import RecordKind, Verdict
from streams.rehearsal.amendment import Amendment
from streams.rehearsal.shadow import OF_STATE, Disagreement, Shadow, watch
from tests.cli.books_runner import Gate, gate_after
from tests.cli.test_backtest import first_in_force, revocation
from tests.gatehouse import Gatehouse, Raw

pytestmark = pytest.mark.kafka
ALL = ("--from-start", "--until-now", "--json")


@pytest.fixture
async def gate(house: Gatehouse) -> Gate:
    """The commands on a Kafka where a gate has decided 300 requests."""
    asked = (each.request for each in house.day().requests(300))
    return await gate_after(house, asked, Raw(b"garbage", b"no request"))


async def ends(house: Gatehouse) -> dict[str, int]:
    """Return where each partition of the fixed topics ends."""
    found = {}
    async with PartitionReader(house.settings) as reader:
        for topic in house.topics.fixed():
            for number in range(topic.partitions):
                found[f"{topic.name}/{number}"] = (await reader.bounds(TopicPartition(topic.name, number)))[1]
    return found


async def test_the_books_in_force_agree_with_the_gate(house: Gatehouse, gate: Gate, tmp_path: Path) -> None:
    (tmp_path / "same.yaml").write_bytes(orjson.dumps(plain(house.region.policy)))
    told = await asyncio.to_thread(gate, "shadow", "--policy", str(tmp_path / "same.yaml"), *ALL)
    assert told.exit_code == 0, told.error
    (counts,) = map(json.loads, told.output.splitlines())
    ledger = await house.ledger()
    decisions = [each for each in ledger if each.kind is RecordKind.DECISION]
    of_state = [each for each in decisions if any(reason.code in OF_STATE for reason in each.reasons)]
    assert (counts["replayed"], counts["changed"]) == (len(decisions) - len(of_state), 0)
    assert counts["left_out"]["malformed"] == 1


async def test_what_a_revocation_would_stop_is_told_and_nothing_is_written(
    house: Gatehouse, gate: Gate, tmp_path: Path
) -> None:
    before = await ends(house)
    path = str(revocation(tmp_path, house.region))
    told = await asyncio.to_thread(gate, "shadow", "--agreements", path, *ALL)
    *lines, counts = map(json.loads, told.output.splitlines())
    agreement_id = first_in_force(house.region).agreement_id
    forwards = {
        each.decision_id
        for each in await house.ledger()
        if each.agreement_id == agreement_id
        and each.verdict is Verdict.FORWARD
        and each.kind is RecordKind.DECISION
    }
    stopped = {line["decision_id"] for line in lines if line["before"]["verdict"] == "forward"}
    assert stopped == forwards != set()
    assert counts["changed"] == len(lines)
    told = await asyncio.to_thread(gate, "shadow", "--agreements", path, "--from-start", "--until-now")
    assert "  forward  →  block AGREEMENT_REVOKED  " in told.output
    with socket.create_server((house.settings.web_host, 0)) as taken:
        port = str(taken.getsockname()[1])
        told = await asyncio.to_thread(gate, "shadow", "--agreements", path, "--metrics-port", port, *ALL)
    assert (told.exit_code, told.output) == (69, "")
    assert "give --metrics-port a port that is free" in told.error
    assert await ends(house) == before


async def test_it_goes_on_with_books_that_change_meanwhile(house: Gatehouse) -> None:
    worker = await (await house.worker()).ready(partitions=2)
    known = first_in_force(house.region)
    beside = Shadow(house.settings, Amendment(policy=house.region.policy), SystemClock())
    seen: list[Disagreement] = []
    following = asyncio.create_task(watch(beside, house.settings, seen.append, begin="first", end="never"))
    requests = [each.request for each in house.day().requests(300)]
    await house.send(requests[:150])
    await house.decided()
    await house.change(planned_revocation(known.agreement_id))
    await house.send(requests[150:])
    await house.decided()
    await worker.kill()
    count = sum(each.kind is RecordKind.DECISION for each in await house.ledger())
    async with asyncio.timeout(30):
        while beside.tally.compared + beside.tally.left_out[RecordKind.DECISION] < count:
            assert not following.done(), following.result()
            await asyncio.sleep(0)
    following.cancel()
    # The live gate decides by the changed books, and so does the shadow.
    assert [
        each for each in seen if each.record.books_revision >= (await beside.side(0)).books.revision
    ] == []
