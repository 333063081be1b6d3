import asyncio
from pathlib import Path

import orjson
import pytest

from streams.codecs.ledger_record import encode_ledger_record
from streams.examples import example_path
from tests.cli.books_runner import Gate, gate_after
from tests.gatehouse import Gatehouse

pytestmark = pytest.mark.kafka

TEXT = str(example_path("policy_text.yaml"))


@pytest.fixture
async def gate(house: Gatehouse) -> Gate:
    """The commands on a Kafka where a gate has decided 60 requests and ended."""
    return await gate_after(house, (each.request for each in house.day().requests(60)))


async def test_the_pack_has_the_points_the_publication_and_the_verification(
    gate: Gate, tmp_path: Path
) -> None:
    folder = tmp_path / "pack"
    ended = await asyncio.to_thread(gate, "compliance-pack", str(folder), "--policy-text", TEXT)
    assert (ended.error, ended.exit_code) == ("", 0)
    assert "60 inputs have exactly one record each" in (folder / "verification.txt").read_text(
        encoding="utf-8"
    )
    assert orjson.loads((folder / "verification.json").read_bytes())["sound"] is True
    page = (folder / "index.html").read_text(encoding="utf-8")
    assert "60 inputs have exactly one record each" in page
    assert (folder / "public" / "index.html").exists()
    assert orjson.loads((folder / "pack.json").read_bytes())["points"]


async def test_of_a_ledger_that_does_not_verify_the_pack_holds_the_verification_alone(
    house: Gatehouse, gate: Gate, tmp_path: Path
) -> None:
    last = (await house.ledger())[-1]
    await house.put(house.topics.decisions.name, encode_ledger_record(last), last.partition)
    folder = tmp_path / "pack"
    ended = await asyncio.to_thread(gate, "compliance-pack", str(folder), "--policy-text", TEXT)
    assert ended.exit_code == 4
    assert sorted(path.name for path in folder.iterdir()) == ["verification.json", "verification.txt"]
