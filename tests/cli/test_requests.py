import asyncio
import json
from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer
from click.testing import CliRunner, Result

from streams.cli.requests import requests
from streams.codecs.keyring import Keyring, load_keyring
from streams.codecs.request import decode_request
from streams.errors import InputError, UnavailableError
from streams.kafka.admin import ensure_topics
from streams.policy.request import SharingRequest
from streams.policy.seal import seal_holds
from streams.settings import Settings
from streams.topics import Topics

REQUEST = {
    "request_id": "r-1",
    "kind": "standing_share",
    "initiated_by": "recipient",
    "recipient_name": "Pasadena CA PD",
    "requested_by": {"user": "officer-1", "organisation": "Pasadena CA PD"},
}
NOTICES = (
    "requesting_organisation,request_date,permissions_requested\n"
    "Bell CA PD,2025-06-11,Search\n"
    "Nowhere CA PD,2025-06-11,Search|Hot List\n"
)
PORTALS = "src_agency,external_agency\nNapa CA PD,FBI\nCary NC PD,FBI\nLodi CA PD,Bell CA PD\n"


@pytest.fixture
def keyring(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Keyring:
    path = tmp_path / "keyring.json"
    assert run("keyring", str(path)).exit_code == 0
    monkeypatch.setenv("ALPR_GATE_KEYRING", str(path))
    return load_keyring(path)


@pytest.fixture
async def gate(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A Kafka with the topic of requests, named in the environment."""
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", settings.bootstrap_servers)
    monkeypatch.setenv("ALPR_GATE_TOPIC_PREFIX", settings.topic_prefix)
    await ensure_topics(settings.bootstrap_servers, [Topics.of(settings).requests], 1)
    return settings


def run(*arguments: str, text: str = "") -> Result:
    return CliRunner().invoke(requests, arguments, input=text)


async def arrived(settings: Settings, count: int) -> list[SharingRequest]:
    """Wait for `count` requests on the topic."""
    consumer = AIOKafkaConsumer(
        Topics.of(settings).requests.name,
        bootstrap_servers=settings.servers,
        auto_offset_reset="earliest",
        enable_auto_commit=False,
    )
    await consumer.start()
    try:
        async with asyncio.timeout(30):
            found = [decode_request((await consumer.getone()).value) for _ in range(count)]
    finally:
        await consumer.stop()
    return sorted(found, key=lambda request: request.recipient_name)


def test_a_new_keyring_is_for_its_owner_alone_and_another_is_never_written_over(tmp_path: Path) -> None:
    path = tmp_path / "keyring.json"
    result = run("keyring", str(path))
    assert path.stat().st_mode & 0o777 == 0o600
    assert load_keyring(path).active_intake_key in result.stdout
    again = run("keyring", str(path))
    assert isinstance(again.exception, InputError)


def test_two_keyrings_share_no_key(tmp_path: Path) -> None:
    for name in ("a", "b"):
        run("keyring", str(tmp_path / name))
    first, second = load_keyring(tmp_path / "a"), load_keyring(tmp_path / "b")
    assert first.pseudonym_key != second.pseudonym_key
    assert first.active_intake_key != second.active_intake_key


def test_without_a_keyring_it_says_how_to_make_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ALPR_GATE_KEYRING", raising=False)
    result = run("send", "-", text=json.dumps(REQUEST))
    assert isinstance(result.exception, InputError)
    assert "`alpr-gate requests keyring`" in str(result.exception)


@pytest.mark.usefixtures("keyring")
def test_without_a_broker_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:1")
    result = run("send", "-", "--as", "us-ca-pasadena-pd", text=json.dumps(REQUEST))
    assert isinstance(result.exception, UnavailableError)


@pytest.mark.usefixtures("keyring")
@pytest.mark.parametrize(
    ("form", "text", "problem"),
    [
        ("json", json.dumps(REQUEST) + "\n{}\n", "<stdin>:2: "),
        ("notices", NOTICES + "Bell CA PD,soon,Search\n", "<stdin>:4: request_date"),
        ("portals", PORTALS + "Napa CA PD\n", "<stdin>:5: expected 2 cells"),
    ],
)
def test_nothing_is_sent_when_one_cannot_be_read(
    monkeypatch: pytest.MonkeyPatch, form: str, text: str, problem: str
) -> None:
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:1")  # trying to send would be another error
    result = run("send", "-", "--format", form, text=text)
    assert isinstance(result.exception, InputError)
    assert str(result.exception).startswith(problem)


@pytest.mark.kafka
class TestSend:
    async def test_json_arrives_vouched_for_and_sealed(self, gate: Settings, keyring: Keyring) -> None:
        result = await asyncio.to_thread(
            run, "send", "-", "--as", "us-ca-pasadena-pd", text=json.dumps(REQUEST)
        )
        assert result.exit_code == 0, result.output
        topic = Topics.of(gate).requests.name
        assert result.stdout == f"1 requests sent to {topic} at {gate.bootstrap_servers}\n"
        (request,) = await arrived(gate, 1)
        assert request.authenticated_as == "us-ca-pasadena-pd"
        assert seal_holds(request, keyring.intake_keys)

    async def test_json_without_as_names_nobody(self, gate: Settings, keyring: Keyring) -> None:
        claimed = {**REQUEST, "authenticated_as": "us-ca-lapd"}
        result = await asyncio.to_thread(run, "send", "-", text=json.dumps(claimed))
        assert "nobody is vouched for" in result.stderr
        (request,) = await arrived(gate, 1)
        assert request.authenticated_as is None
        assert seal_holds(request, keyring.intake_keys)

    async def test_a_notice_vouches_for_the_exact_name_it_states(
        self, gate: Settings, keyring: Keyring
    ) -> None:
        result = await asyncio.to_thread(run, "send", "-", "--format", "notices", text=NOTICES)
        assert result.stdout.startswith("2 requests sent")
        bell, nowhere = await arrived(gate, 2)
        assert (bell.recipient_name, bell.authenticated_as) == ("Bell CA PD", "us-ca-bell-pd")
        assert (nowhere.recipient_name, nowhere.authenticated_as) == ("Nowhere CA PD", None)
        assert all(seal_holds(request, keyring.intake_keys) for request in (bell, nowhere))

    @pytest.mark.usefixtures("keyring")
    async def test_portals_outside_california_are_left_out_and_counted(self, gate: Settings) -> None:
        result = await asyncio.to_thread(run, "send", "-", "--format", "portals", text=PORTALS)
        assert result.stdout.startswith("2 requests sent")
        assert "1 shares of portals outside California left out" in result.stderr
        assert [request.recipient_name for request in await arrived(gate, 2)] == ["Bell CA PD", "FBI"]
