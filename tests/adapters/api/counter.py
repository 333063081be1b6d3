"""The API without a broker behind it: what it would send is kept in a list."""

import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

from streams.adapters.api.answers import AnswerMemory
from streams.adapters.api.credentials import Clients, Credentials
from streams.adapters.api.desk import Desk
from streams.adapters.api.door import Door
from streams.adapters.api.meter import Meter
from streams.adapters.api.rate import Rate
from streams.adapters.api.service import application
from streams.clock import ManualClock, SystemClock
from streams.codecs.access_tokens import add_token, new_token
from streams.codecs.keyring import new_keyring
from streams.errors import UnavailableError
from streams.policy.request import SharingRequest
from streams.policy.vocabulary import EntityId
from streams.policy.withdrawal import Withdrawal
from streams.web import listening
from tests.policy.building import NOW

PASADENA, BURBANK = EntityId("us-ca-pasadena-pd"), EntityId("us-ca-burbank-pd")
TOKENS = {PASADENA: new_token(bytes(32)), BURBANK: new_token(b"b" * 32)}
KEYRING = new_keyring(bytes(range(64)))
LEAST: dict[str, Any] = {
    "request_id": "r-1",
    "kind": "record_request",
    "initiated_by": "recipient",
    "recipient_name": "Pasadena CA PD",
    "requested_by": {"user": "det.smith", "organisation": "Pasadena CA PD"},
}


@dataclass
class Counter:
    """One service, and what came of it. `refusing` makes Kafka as good as away; `behind` is its excuse."""

    session: aiohttp.ClientSession
    tokens: Path
    clock: ManualClock
    memory: AnswerMemory
    meter: Meter
    sent: list[SharingRequest] = field(default_factory=list)
    withdrawn: list[Withdrawal] = field(default_factory=list)
    refusing: bool = False
    behind: str | None = None

    async def send(self, sealed: SharingRequest | Withdrawal) -> None:
        if self.refusing:
            raise UnavailableError("no Kafka")
        if isinstance(sealed, Withdrawal):
            self.withdrawn.append(sealed)
        else:
            self.sent.append(sealed)

    def refused(self, reason: str) -> float | None:
        """Return how often somebody was turned away for that."""
        return self.meter.registry.get_sample_value("alpr_gate_api_refused_total", {"reason": reason})

    async def call(
        self, method: str, path: str, token: str | None = TOKENS[PASADENA], **options: Any
    ) -> tuple[int, Any, Mapping[str, str]]:
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        headers |= options.pop("headers", {})
        async with self.session.request(method, path, headers=headers, **options) as response:
            return response.status, await response.json(content_type=None), response.headers

    async def post(self, content: object, path: str = "/v1/requests") -> tuple[int, Any]:
        status, told, _ = await self.call("POST", path, json=content)
        return status, told


@asynccontextmanager
async def counter(
    folder: Path,
    per_minute: int = 100_000,
    clients: Clients | None = None,
    tls: ssl.SSLContext | None = None,
) -> AsyncIterator[Counter]:
    """Open a service, with TLS where it is given; then its clock is that of the certificates."""
    tokens = folder / "tokens"
    for entity_id, token in TOKENS.items():
        add_token(tokens, entity_id, token)
    clock, memory = ManualClock(NOW if tls is None else SystemClock().now()), AnswerMemory()
    session = aiohttp.ClientSession()
    meter = Meter(clock)
    made = Counter(session, tokens, clock, memory, meter)
    door = Door(Credentials(tokens, clients, clock), Rate(per_minute, clock), memory.admit, meter.refused)
    desk = Desk(KEYRING, memory, made.send, lambda: made.behind, clock)
    app = application(door, desk, lambda: tuple(filter(None, (made.behind, door.problem))), meter)
    await session.close()
    async with (
        listening(app, "127.0.0.1", 0, "", tls) as port,
        aiohttp.ClientSession(f"{'http' if tls is None else 'https'}://127.0.0.1:{port}") as made.session,
    ):
        yield made
