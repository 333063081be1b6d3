import asyncio
from dataclasses import replace

import pytest
from aiokafka import AIOKafkaConsumer

from streams.adapters.intake import WINDOW, Intake, send_requests
from streams.codecs.keyring import Keyring, new_keyring
from streams.codecs.request import decode_request
from streams.errors import UnavailableError
from streams.kafka.admin import ensure_topics
from streams.kafka.partitioner import partition_of
from streams.policy.request import Requester, SharingRequest
from streams.policy.seal import seal_holds
from streams.policy.vocabulary import EntityId, Initiator, RequestId, RequestKind
from streams.settings import Settings
from streams.topics import Topics

PASADENA = EntityId("us-ca-pasadena-pd")


@pytest.fixture
def keyring() -> Keyring:
    return new_keyring(bytes(range(64)))


def request(number: int = 1) -> SharingRequest:
    return SharingRequest(
        request_id=RequestId(f"r-{number}"),
        kind=RequestKind.RECORD_REQUEST,
        initiated_by=Initiator.RECIPIENT,
        recipient_name="Pasadena CA PD",
        requested_by=Requester(user="u", organisation="Pasadena CA PD"),
    )


def test_an_accepted_request_names_who_was_authenticated_under_a_seal_that_holds(keyring: Keyring) -> None:
    accepted = Intake(keyring, lambda _: PASADENA).accept(request())
    assert accepted.authenticated_as == PASADENA
    assert seal_holds(accepted, keyring.intake_keys)


def test_what_the_request_claimed_about_itself_is_overwritten(keyring: Keyring) -> None:
    claimed = replace(request(), authenticated_as=EntityId("us-ca-lapd"))
    accepted = Intake(keyring, lambda _: None).accept(claimed)
    assert accepted.authenticated_as is None
    assert seal_holds(accepted, keyring.intake_keys)


def test_a_seal_does_not_hold_for_another_name(keyring: Keyring) -> None:
    accepted = Intake(keyring, lambda _: PASADENA).accept(request())
    assert not seal_holds(replace(accepted, authenticated_as=EntityId("us-ca-lapd")), keyring.intake_keys)


@pytest.mark.kafka
async def test_all_requests_arrive_in_the_partition_of_their_id(settings: Settings, keyring: Keyring) -> None:
    topic = Topics.of(settings).requests
    await ensure_topics(settings.bootstrap_servers, [topic], 1)
    intake = Intake(keyring, lambda _: PASADENA)
    count = WINDOW + 7
    told: list[int] = []

    sent = await send_requests(settings, (intake.accept(request(n)) for n in range(count)), told.append)

    assert sent == count
    assert told == [WINDOW, count]
    consumer = AIOKafkaConsumer(
        topic.name, bootstrap_servers=settings.servers, auto_offset_reset="earliest", enable_auto_commit=False
    )
    await consumer.start()
    try:
        got: set[str] = set()
        while len(got) < count:
            for partition, records in (await consumer.getmany(timeout_ms=20_000)).items():
                for record in records:
                    arrived = decode_request(record.value)
                    assert record.key == arrived.request_id.encode()
                    assert partition.partition == partition_of(arrived.request_id, settings.partitions)
                    assert seal_holds(arrived, keyring.intake_keys)
                    got.add(arrived.request_id)
    finally:
        await consumer.stop()
    assert got == {f"r-{number}" for number in range(count)}


async def test_without_a_broker_it_says_where_it_looked() -> None:
    settings = Settings(bootstrap_servers="127.0.0.1:1")
    with pytest.raises(UnavailableError, match=r"no Kafka answers at `127\.0\.0\.1:1`"):
        await send_requests(settings, [request()], lambda _: None)


@pytest.mark.kafka
async def test_without_a_gate_it_says_at_once_that_there_is_no_topic(settings: Settings) -> None:
    async with asyncio.timeout(10):
        with pytest.raises(UnavailableError, match=r"there is no topic `.*alpr\.sharing\.requests`"):
            await send_requests(settings, [request()], lambda _: None)
