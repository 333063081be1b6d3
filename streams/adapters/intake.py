"""The intake: it authenticates who asks, vouches for it under its seal, and hands the request to Kafka.

What an intake cannot authenticate it passes on without a name, sealed as well: the refusal then stands in the
ledger, where a request that was dropped here would leave no trace.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime
from itertools import islice
from typing import TypeVar

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError, MessageSizeTooLargeError

from streams.codecs.event_headers import event_headers, first_headers
from streams.codecs.keyring import Keyring
from streams.codecs.record_codec import INPUT_LIMIT
from streams.codecs.request import encode_request
from streams.codecs.trace_context import Header
from streams.codecs.withdrawal import encode_withdrawal
from streams.errors import InputError, UnavailableError
from streams.kafka.faults import reaching
from streams.policy.digest import derived_id, identify
from streams.policy.request import SharingRequest
from streams.policy.seal import sign_request
from streams.policy.vocabulary import EntityId
from streams.policy.withdrawal import Withdrawal
from streams.policy.withdrawals import sign_withdrawal, withdrawal_digest
from streams.settings import Settings
from streams.topics import Topics

EventT = TypeVar("EventT")
Authenticate = Callable[[SharingRequest], EntityId | None]

WINDOW = 2000  # requests under way at once: bounds memory, and is what one transaction of the gate takes
LINGER_MS = 5
# Who writes, in the headers of what it writes.
SOURCE = "alpr-gate/intake"


class Intake:
    """Seals requests with the active key of its ring.

    `authenticate` answers who really asks, by what this intake knows of the connection or the message; None
    is nobody. Whatever the request itself claimed about that is overwritten.
    """

    def __init__(self, keyring: Keyring, authenticate: Authenticate) -> None:
        self._key_id = keyring.active_intake_key
        self._key = keyring.intake_keys[self._key_id]
        self._authenticate = authenticate

    def accept(self, request: SharingRequest) -> SharingRequest:
        """Return the request with who was authenticated, under the intake's seal."""
        # The claim of the request is overwritten, with None too: to keep it would be to seal a lie.
        vouched = replace(request, authenticated_as=self._authenticate(request), intake_seal=None)
        return sign_request(vouched, self._key_id, self._key)

    def vouch(self, withdrawal: Withdrawal) -> Withdrawal:
        """Return the withdrawal under the intake's seal; who withdraws was authenticated before."""
        return sign_withdrawal(withdrawal, self._key_id, self._key)


async def send_requests(
    settings: Settings, requests: Iterable[SharingRequest], progress: Callable[[int], None]
) -> int:
    """Write the requests to the gate's topic and return how many; each is with all brokers by then.

    `progress` is told the number after every window. A request keeps its partition by its id.

    Raises:
        UnavailableError: if there is no topic, or no broker takes them; those of earlier windows are sent.
        InputError: if one is larger than the topic allows.
    """
    topic = Topics.of(settings).requests.name
    sent = 0
    async with open_producer(settings) as producer:
        await require_topic(producer, topic)
        for window in windows_of(requests):
            sent += await send_window(producer, topic, window)
            progress(sent)
    return sent


def windows_of(events: Iterable[EventT]) -> Iterator[list[EventT]]:
    """Yield the events in lists of at most `WINDOW`."""
    source = iter(events)
    while window := list(islice(source, WINDOW)):
        yield window


async def require_topic(producer: AIOKafkaProducer, topic: str) -> None:
    """Refuse at once what the producer would wait forty seconds for; making topics is the gate's part.

    Raises:
        UnavailableError: there is no such topic.
    """
    cluster = await producer.client.fetch_all_metadata()
    if not cluster.partitions_for_topic(topic):
        raise UnavailableError(
            f"there is no topic `{topic}`: start the gate with `alpr-gate run`, which makes it"
        )


async def send_window(producer: AIOKafkaProducer, topic: str, window: list[SharingRequest]) -> int:
    """Write requests and return how many, once all brokers have them.

    Raises:
        UnavailableError: not all of them were taken.
        InputError: one is larger than the topic allows.
    """
    rows = [
        (
            request.request_id,
            encode_request(request),
            request_headers("SharingRequest", request.requested_at, identify(request).decision_id),
        )
        for request in window
    ]
    await send_values(producer, topic, rows)
    return len(window)


async def send_withdrawal(producer: AIOKafkaProducer, topic: str, withdrawal: Withdrawal) -> None:
    """Write a withdrawal to the partition of its request, and return once all brokers have it.

    Raises:
        UnavailableError: it was not taken.
    """
    headers = request_headers("Withdrawal", None, derived_id(f"withdrawal\n{withdrawal_digest(withdrawal)}"))
    await send_values(producer, topic, [(withdrawal.request_id, encode_withdrawal(withdrawal), headers)])


def request_headers(record: str, at: datetime | None, event_id: str) -> list[Header]:
    """Return the headers of what an intake sends: what it is, when it was asked, and the id that it has."""
    return first_headers(event_headers(record, SOURCE, at), event_id)


async def send_values(
    producer: AIOKafkaProducer, topic: str, rows: Sequence[tuple[str, bytes, list[Header]]]
) -> None:
    """Write values with their headers under their keys, and return once all brokers have them.

    Raises:
        UnavailableError: not all of them were taken.
        InputError: one is larger than the topic allows.
    """
    try:
        deliveries = [
            await producer.send(topic, key=key.encode(), value=value, headers=headers)
            for key, value, headers in rows
        ]
        await asyncio.gather(*deliveries)
    except MessageSizeTooLargeError as error:
        raise InputError(f"a record is larger than {INPUT_LIMIT} bytes; send fewer reads with it") from error
    except KafkaError as error:
        raise UnavailableError(f"topic `{topic}` took not all records: {type(error).__name__}") from error


@asynccontextmanager
async def open_producer(settings: Settings) -> AsyncIterator[AIOKafkaProducer]:
    """Start a producer whose retries make no doubles, and stop it when all is delivered.

    Raises:
        UnavailableError: no broker answers.
    """
    producer = AIOKafkaProducer(
        bootstrap_servers=settings.servers,
        acks="all",
        enable_idempotence=True,
        linger_ms=LINGER_MS,
        max_request_size=INPUT_LIMIT,
    )
    try:
        with reaching(settings.bootstrap_servers):
            await producer.start()
        yield producer
    finally:
        await producer.stop()
