"""The intake of reads over MQTT, on real brokers of both kinds."""

import asyncio
import json
import ssl
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pytest

from streams.kafka.embedded import EmbeddedKafka
from streams.settings import Settings
from tests.adapters.reads.doors import Intake, group, intake
from tests.certificates import made
from tests.mosquitto import PASSWORD, USER, mosquitto
from tests.workers import eventually

pytestmark = [pytest.mark.kafka, pytest.mark.services("mosquitto")]

TOPIC = "cameras/gate-3/reads"
FEEDS = {"radar": "mqtt_topic: cameras/+/reads"}
# The session is made when the intake comes for the first time; what is published before is not for it.
CONNECTED = "MQTT"


def messages(numbers: Iterable[int], padding: int = 0) -> list[bytes]:
    return [json.dumps({**group(number), "padding": "x" * padding}).encode() for number in numbers]


def ids(numbers: Iterable[int]) -> dict[str, int]:
    return {f"AGENT-1234-{number}": 1 for number in numbers}


async def connected(door: Intake) -> None:
    async def it_is() -> bool:
        _, page = await door.page()
        return bool(page) and not any(CONNECTED in each for each in page["problems"])

    await eventually(it_is)


async def arrived(door: Intake) -> Counter[str | None]:
    await door.emptied()
    return Counter(event.source_read_id for event in await door.reads())


async def all_arrive(door: Intake, numbers: Iterable[int]) -> None:
    expected = ids(numbers)

    async def they_have() -> bool:
        return set(await arrived(door)) >= set(expected)

    await eventually(they_have)
    assert await arrived(door) == expected


async def test_a_message_is_a_read_once_however_often_it_comes(settings: Settings, tmp_path: Path) -> None:
    async with mosquitto(tmp_path) as broker:
        settings = settings.model_copy(update={"mqtt_url": broker.url})
        async with intake(settings, tmp_path, **FEEDS) as door:
            await connected(door)
            await broker.publish("cameras/gate-3/status", [b"no read"])
            await broker.publish(TOPIC, [*messages([1]), *messages([1, 2]), b"no JSON"])
            await all_arrive(door, [1, 2])
            assert [each.partition(":")[0] for each in await door.errors()] == ["unparsable"]
            assert {event.feed for event in await door.reads()} == {"radar"}


async def test_accepted_messages_arrive_once_through_kills_and_brokers_that_are_away(
    own_kafka: EmbeddedKafka, tmp_path: Path
) -> None:
    settings = Settings(app_id="mqtt", bootstrap_servers=own_kafka.bootstrap_servers, partitions=2)
    async with mosquitto(tmp_path) as broker:
        settings = settings.model_copy(update={"mqtt_url": broker.url})
        async with intake(settings, tmp_path, **FEEDS) as door:
            await connected(door)
            await broker.publish(TOPIC, messages(range(50)))
            await asyncio.to_thread(own_kafka.kill)
            await broker.publish(TOPIC, messages(range(50, 100)))
            await door.kill()
            await broker.publish(TOPIC, messages(range(100, 150)))
            await door.start()
            publishing = asyncio.create_task(broker.publish(TOPIC, messages(range(150, 600))))
            for _ in range(3):
                await door.restart()
            await publishing
            await broker.stop()
            await broker.start()
            await broker.publish(TOPIC, messages(range(600, 650)))
            await asyncio.to_thread(own_kafka.start)
            await all_arrive(door, range(650))


async def test_what_does_not_fit_on_the_disk_stays_with_the_broker(
    own_kafka: EmbeddedKafka, tmp_path: Path
) -> None:
    settings = Settings(app_id="full", bootstrap_servers=own_kafka.bootstrap_servers, partitions=2)
    async with mosquitto(tmp_path) as broker:
        settings = settings.model_copy(update={"mqtt_url": broker.url, "spool_bytes": 1 << 20})
        async with intake(settings, tmp_path, **FEEDS) as door:
            await connected(door)
            await asyncio.to_thread(own_kafka.kill)
            await broker.publish(TOPIC, messages(range(60), padding=100_000))

            async def it_is_full() -> bool:
                return "the spool is full: Kafka has been away too long" in (await door.page())[1]["problems"]

            await eventually(it_is_full)
            await door.restart()
            await asyncio.to_thread(own_kafka.start)
            await all_arrive(door, range(60))


async def test_a_broker_that_refuses_is_told(settings: Settings, tmp_path: Path) -> None:
    passwords, credentials = tmp_path / "passwords", tmp_path / "credentials"
    passwords.write_text(f"{USER}:{PASSWORD}\n")
    credentials.write_text(f"{USER}:a guess\n")
    for file in (passwords, credentials):
        file.chmod(0o600)
    await (await asyncio.create_subprocess_exec("mosquitto_passwd", "-U", str(passwords))).wait()
    own = ("allow_anonymous false", f"password_file {passwords}")
    async with mosquitto(tmp_path, *own) as broker:
        settings = settings.model_copy(update={"mqtt_url": broker.url, "mqtt_credentials": credentials})
        async with intake(settings, tmp_path, **FEEDS) as door:

            async def it_is_told() -> bool:
                return "Not authorized" in str((await door.page())[1]["problems"])

            await eventually(it_is_told)
            credentials.write_text(f"{USER}:{PASSWORD}\n")
            await door.restart()
            await connected(door)
            await broker.publish(TOPIC, messages([1]))
            await all_arrive(door, [1])


async def test_a_broker_is_believed_by_its_certificate(settings: Settings, tmp_path: Path) -> None:
    authority, stranger = made("ca.example"), made("ca.example")
    for name, pem in {
        "ca": authority.certificate_pem,
        "strange_ca": stranger.certificate_pem,
        "broker": made("broker.example", authority).pem,
    }.items():
        (tmp_path / name).write_bytes(pem)
    own = (f"certfile {tmp_path / 'broker'}", f"keyfile {tmp_path / 'broker'}")
    context = ssl.create_default_context(cafile=tmp_path / "ca")
    async with mosquitto(tmp_path, *own, tls=context) as broker:
        settings = settings.model_copy(update={"mqtt_url": broker.url, "mqtt_ca": tmp_path / "strange_ca"})
        async with intake(settings, tmp_path, **FEEDS) as door:

            async def it_is_told() -> bool:
                return "SSLCertVerificationError" in str((await door.page())[1]["problems"])

            await eventually(it_is_told)
            door.settings = door.settings.model_copy(update={"mqtt_ca": tmp_path / "ca"})
            await door.restart()
            await connected(door)
            await broker.publish(TOPIC, messages([1]))
            await all_arrive(door, [1])
