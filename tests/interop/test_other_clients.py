import asyncio
import os
import re
import sys
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from confluent_kafka import Consumer
from confluent_kafka.schema_registry import SchemaRegistryClient
from confluent_kafka.schema_registry.avro import AvroDeserializer
from confluent_kafka.serialization import MessageField, SerializationContext

from streams.codecs import schema_ids
from streams.codecs.answer import decode_answer
from streams.codecs.catalogue import rows
from streams.codecs.schema_ids import use_ids
from streams.errors import LedgerError, UnavailableError
from streams.kafka.schema_registry import settle_schema_ids
from streams.settings import Settings
from streams.simulators.traffic import Simulated
from streams.topics import Topics
from tests.gatehouse import Gatehouse
from tests.registry import Registry, running

pytestmark = pytest.mark.kafka

COUNT = 60
PAGE = Path(__file__).parent.parent.parent / "docs" / "interop.md"
TRACEPARENT = re.compile(rb"00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-0[01]")


@pytest.fixture
def registry() -> Iterator[Registry]:
    with running() as registry:
        yield registry


class OtherClient:
    """Confluent's client for Python with its Avro deserialiser: it knows the registry and nothing of ours."""

    def __init__(self, settings: Settings, schemas: SchemaRegistryClient) -> None:
        self._servers = settings.bootstrap_servers
        self._deserialise = AvroDeserializer(schemas)

    def read(self, topic: str, count: int) -> list[tuple[dict[str, bytes], dict[str, Any]]]:
        """Return the headers and content of so many records of a topic; a tombstone has no content."""
        consumer = Consumer({
            "bootstrap.servers": self._servers,
            "group.id": f"other-{topic}",
            "auto.offset.reset": "earliest",
            "enable.auto.commit": False,
            "isolation.level": "read_committed",
        })  # fmt: skip
        consumer.subscribe([topic])
        found: list[tuple[dict[str, bytes], bytes | None]] = []
        until = time.monotonic() + 60
        try:
            while len(found) < count and time.monotonic() < until:
                message = consumer.poll(1)
                if message is not None and message.error() is None:
                    found.append((dict(message.headers() or ()), message.value()))
        finally:
            consumer.close()
        assert len(found) == count
        return [(headers, self.record(topic, value) if value else {}) for headers, value in found]

    def record(self, topic: str, value: bytes) -> dict[str, Any]:
        read = self._deserialise(value, SerializationContext(topic, MessageField.VALUE))
        assert isinstance(read, dict)
        return read


async def command(settings: Settings, *arguments: str) -> tuple[int | None, str]:
    """Run a command of ours in a process of its own, and return its exit code and what it tells."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "streams", *arguments,
        env={**os.environ, **settings.environment()}, stdout=-1, stderr=-1,
    )  # fmt: skip
    out, err = await process.communicate()
    return process.returncode, (out + err).decode()


def here(program: str, settings: Settings, registry: Registry) -> str:
    """Return a program of the page as it is to be for this broker, this registry and these topics."""
    for written, meant in (
        ("alpr.sharing.answers", Topics.of(settings).answers.name),
        ("http://registry:8081", registry.url),
        ("broker-1:9092", settings.bootstrap_servers),
        # Long enough to join the group; what is there comes at once.
        ("poll(30)", "poll(8)"),
    ):
        program = program.replace(written, meant)
    return program


async def run_program(program: str) -> tuple[int | None, str]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-W", "ignore", "-c", program, cwd=PAGE.parent.parent, stdout=-1, stderr=-1
    )
    out, err = await process.communicate()
    return process.returncode, (out if process.returncode == 0 else err).decode()


async def decide(house: Gatehouse, requests: list[Simulated]) -> None:
    """Have a worker decide the requests, then stop it."""
    worker = await (await house.worker()).ready(house.settings.partitions)
    await house.send([each.request for each in requests])
    await house.decided()
    assert await worker.stop() == 0


def programs() -> tuple[str, str]:
    """Return the programs of the page: the one that asks the registry, and the one that needs none."""
    found = re.findall(r"^```python\n(.*?)^```$", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    asking = [program for program in found if "registry" in program]
    needing_none = [program for program in found if "registry" not in program]
    assert (len(asking), len(needing_none)) == (1, 1)
    return asking[0], needing_none[0]


async def tells_the_answers(house: Gatehouse, registry: Registry, program: str) -> None:
    """Run a program of the page, and see that it says what lies there."""
    answered = {decode_answer(value).decision_id for value in await values(house, house.topics.answers.name)}
    code, said = await run_program(here(program, house.settings, registry))
    assert code == 0, said
    assert {line.split()[0] for line in said.splitlines()} == answered


async def values(house: Gatehouse, topic: str) -> list[bytes | None]:
    return [raw.value for raw in await house.read(topic)]


def ids_of(found: list[bytes | None]) -> set[int]:
    return {int.from_bytes(value[1:5], "big") for value in found if value is not None}


@pytest.fixture
async def registered(house: Gatehouse, registry: Registry) -> AsyncIterator[Gatehouse]:
    """Return the house with the registry switched on, in this process too; its books are from before."""
    house.settings = house.settings.model_copy(update={"schema_registry": registry.url})
    await settle_schema_ids(house.settings)
    yield house
    # A process settles its ids once; this one goes on with other tests.
    schema_ids._in_use = {}
    use_ids({})


async def test_another_client_reads_every_topic_that_is_written_with_the_registry(
    registered: Gatehouse, registry: Registry
) -> None:
    house = registered
    await decide(house, list(house.day().requests(COUNT)))

    topics = house.topics
    own = [
        topics.requests, topics.decisions, topics.holds, topics.marks, topics.answers, topics.alerts,
        topics.dead_letters, topics.books_acks,
    ]  # fmt: skip
    # Requests of this test come without headers.
    untraced = {topics.requests.name}
    kinds: dict[str, set[bytes | None]] = {}
    with SchemaRegistryClient({"url": registry.url}) as schemas:
        client = OtherClient(house.settings, schemas)
        for topic in [*(spec.name for spec in own), *await house.out_topics()]:
            lying = await values(house, topic)
            found = await asyncio.to_thread(client.read, topic, len(lying))
            told = sum(bool(content) for _, content in found)
            assert told == len([value for value in lying if value is not None]), topic
            if topic not in untraced:
                assert all(TRACEPARENT.fullmatch(headers["traceparent"]) for headers, _ in found), topic
            kinds[topic] = {headers.get("ce_type") for headers, _ in found}
    assert kinds[topics.decisions.name] == {b"org.alprgate.LedgerRecord"}
    assert kinds[topics.answers.name] == {b"org.alprgate.Answer"}
    assert kinds[topics.holds.name] == {None}
    with_registry, _ = programs()
    await tells_the_answers(house, registry, with_registry)
    audit = await house.audit()
    assert audit.sound, audit.findings
    assert len([one for one in await house.ledger() if one.source_offset is not None]) == COUNT


async def test_a_registry_with_other_ids_can_be_switched_on_over_old_records(
    house: Gatehouse, registry: Registry
) -> None:
    registry.fill(len(rows()) + 5)
    requests = list(house.day().requests(2 * COUNT))
    await decide(house, requests[:COUNT])
    _, without_registry = programs()
    await tells_the_answers(house, registry, without_registry)
    decisions = house.topics.decisions.name
    house.settings = house.settings.model_copy(update={"schema_registry": registry.url})
    await decide(house, requests[COUNT:])

    checked_in = {row.schema_id for row in rows()}
    lying = await house.read(decisions)
    new = [raw for raw in lying if not ids_of([raw.value]) <= checked_in]
    assert COUNT <= len(new) <= len(lying) - COUNT
    with SchemaRegistryClient({"url": registry.url}) as schemas:
        client = OtherClient(house.settings, schemas)
        told = [client.record(decisions, raw.value or b"")["decision_id"] for raw in new]
    assert told == [(raw.key or b"").decode() for raw in new]
    # One chain over both: the hash covers the schema and not the number that names it.
    code, said = await command(house.settings, "ledger", "verify")
    assert code == 0, said
    # Without the registry its ids mean nothing, and what cannot be read is not passed over.
    code, said = await command(house.settings.model_copy(update={"schema_registry": ""}), "ledger", "verify")
    assert code == LedgerError.exit_code, said
    # A command writes the registry's ids as a worker does. No gate runs that could acknowledge.
    options = ("--all", "--reason", "a test", "--timeout", "0")
    code, said = await command(house.settings, "agreements", "revoke", *options)
    assert code == UnavailableError.exit_code, said
    assert ids_of(await values(house, house.topics.books_events.name)) - checked_in
