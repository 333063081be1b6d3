"""Reads that somebody else writes to the topic, framed by hand as the guide says."""

import asyncio
import io
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import fastavro
import pytest
from aiokafka.structs import TopicPartition

from streams.codecs.read_event import decode_read_event
from streams.kafka.admin import ensure_topics
from streams.kafka.reader import PartitionReader
from streams.policy.read_event import ReadEvent
from streams.policy.request import PlateRead
from streams.settings import Settings
from streams.topics import Topics
from tests.programs import program_path

SCHEMAS = Path(__file__).parents[3] / "schemas"
CAPTURED = datetime(2027, 3, 1, 19, 59, 59, 750_000, tzinfo=UTC)
RECEIVED = datetime(2027, 3, 1, 20, 0, tzinfo=UTC)
READ = PlateRead(
    read_id="harbour:5c0c63a55a4d4fd1a2a0f8f3d3a6f7b1",
    captured_at=CAPTURED,
    plate="7ZZZ001",
    camera_id="gate-3",
    network="Harbour cameras",
    confidence=0.935,
)
EVENT = ReadEvent(
    read=READ, feed="harbour", plate_as_read="7zzz001", received_at=RECEIVED, source_digest="ab" * 32
)
# What a producer gives that leaves out what it does not know.
RECORD: dict[str, Any] = {
    "read": {
        "read_id": READ.read_id,
        "captured_at": CAPTURED,
        "data_type": "plate_read",
        "plate": READ.plate,
        "camera_id": READ.camera_id,
        "network": READ.network,
        "confidence": READ.confidence,
    },
    "feed": EVENT.feed,
    "plate_as_read": EVENT.plate_as_read,
    "received_at": RECEIVED,
    "source_digest": EVENT.source_digest,
}
VERSIONS = [row for row in json.loads((SCHEMAS / "ids.json").read_text()) if row["record"] == "read_event"]


def framed_by_hand(row: dict[str, Any]) -> bytes:
    """Return a zero, the id of the schema in four bytes, and the Avro body, as another library writes it."""
    body = io.BytesIO()
    schema = fastavro.parse_schema(json.loads((SCHEMAS / row["file"]).read_text()))
    fastavro.schemaless_writer(body, schema, RECORD)
    return b"\x00" + int(row["id"]).to_bytes(4, "big") + body.getvalue()


@pytest.mark.parametrize("row", VERSIONS, ids=lambda row: str(row["id"]))
def test_a_value_framed_by_hand_is_read_in_every_version(row: dict[str, Any]) -> None:
    assert decode_read_event(framed_by_hand(row)) == EVENT


@pytest.mark.kafka
@pytest.mark.services("kcat")
async def test_kcat_writes_a_read_that_the_gate_reads(settings: Settings, tmp_path: Path) -> None:
    topic = Topics.of(settings).reads
    await ensure_topics(settings.bootstrap_servers, (topic,), 1)
    value = tmp_path / "read.avro"
    value.write_bytes(framed_by_hand(VERSIONS[-1]))
    arguments = ("-P", "-b", settings.bootstrap_servers, "-t", topic.name, "-p", "0", "-k", "gate-3")
    kcat = await asyncio.create_subprocess_exec(program_path("kcat") or "kcat", *arguments, str(value))
    assert await kcat.wait() == 0
    partition = TopicPartition(topic.name, 0)
    async with PartitionReader(settings) as reader:
        found = [record async for record in reader.read(partition, *await reader.bounds(partition))]
    assert [(record.key, decode_read_event(record.value)) for record in found] == [(b"gate-3", EVENT)]
