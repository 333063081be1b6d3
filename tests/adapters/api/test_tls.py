"""Who comes in by client certificate, over real TLS with certificates that the test makes."""

import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from streams.adapters.api.credentials import Clients, load_authorities
from streams.adapters.api.tls import server_context
from streams.errors import InputError
from streams.settings import Settings
from tests.adapters.api.counter import BURBANK, LEAST, PASADENA, TOKENS, Counter, counter
from tests.certificates import Made, made

CA, OLD_CA, STRANGE_CA = made("ca.example"), made("old.example", days=(-9, -5)), made("ca.example")
PASADENAS, BURBANKS = made("alpr.pasadena.example", CA), made("alpr.burbank.example", CA)
UNKNOWNS, BOTHS = made("nobody.example", CA), made("both.example", CA)
EXPIREDS, EARLY = made("alpr.pasadena.example", CA, (-9, -5)), made("alpr.pasadena.example", CA, (5, 9))
OF_OLD_CA = made("alpr.pasadena.example", OLD_CA)
STRANGERS = made("alpr.pasadena.example", STRANGE_CA)


@dataclass
class Secure:
    """A service with TLS."""

    counter: Counter
    folder: Path
    clients: Path

    async def call(self, shown: Made | None, token: str | None) -> tuple[int, Any, str]:
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        tls = ssl.create_default_context(cafile=str(self.folder / "ca.pem"))
        if shown is not None:
            (self.folder / "client.pem").write_bytes(shown.pem)
            tls.load_cert_chain(self.folder / "client.pem")
        async with self.counter.session.post(
            "/v1/requests", json=LEAST, headers=headers, ssl=tls
        ) as response:
            told = await response.json(content_type=None)
            return response.status, told, response.headers.get("WWW-Authenticate", "")


def secure_settings(folder: Path) -> Settings:
    (folder / "server.pem").write_bytes(made("gate.example", CA).pem)
    (folder / "ca.pem").write_bytes(CA.certificate.public_bytes(Encoding.PEM))
    (folder / "cas.pem").write_bytes(
        b"".join(one.certificate.public_bytes(Encoding.PEM) for one in (OLD_CA, CA))
    )
    clients = folder / "clients"
    clients.touch(mode=0o600)
    clients.write_text(
        f"{PASADENA} san:alpr.pasadena.example\n{BURBANK} sha256:{BURBANKS.fingerprint}\n"
        f"{PASADENA} san:both.example\n{BURBANK} sha256:{BOTHS.fingerprint}\n",
        encoding="utf-8",
    )
    return Settings(
        api_certificate=folder / "server.pem",
        api_certificate_key=folder / "server.pem",
        api_client_ca=folder / "cas.pem",
        api_clients=clients,
    )


@pytest.fixture
async def secure(tmp_path: Path) -> AsyncIterator[Secure]:
    async with secured(tmp_path) as made_secure:
        yield made_secure


@asynccontextmanager
async def secured(folder: Path) -> AsyncIterator[Secure]:
    settings = secure_settings(folder)
    assert settings.api_clients is not None
    clients = Clients(file=settings.api_clients, authorities=load_authorities(folder / "cas.pem"))
    async with counter(folder, clients=clients, tls=server_context(settings)) as desk:
        yield Secure(desk, folder, settings.api_clients)


@pytest.mark.parametrize(
    ("shown", "token", "holder"),
    [
        (PASADENAS, None, PASADENA),
        (PASADENAS, TOKENS[PASADENA], PASADENA),
        (BURBANKS, None, BURBANK),
        (BURBANKS, TOKENS[BURBANK], BURBANK),
    ],
)
async def test_a_certificate_says_who_asks(
    secure: Secure, shown: Made, token: str | None, holder: str
) -> None:
    status, told, _ = await secure.call(shown, token)
    assert (status, told) == (HTTPStatus.ACCEPTED, {"request_id": "r-1"})
    assert [each.authenticated_as for each in secure.counter.sent] == [holder]


@pytest.mark.parametrize("token", [None, TOKENS[PASADENA]])
@pytest.mark.parametrize(
    ("shown", "status", "what"),
    [
        (EXPIREDS, 401, "not valid now"),
        (EARLY, 401, "not valid now"),
        (OF_OLD_CA, 401, "not valid now"),
        (UNKNOWNS, 403, "no agency"),
        # Two lines of the file say two things, so it stands for nobody.
        (BOTHS, 403, "no agency"),
    ],
)
async def test_a_certificate_that_does_not_do_is_a_problem_whatever_the_token(
    secure: Secure, shown: Made, token: str | None, status: int, what: str
) -> None:
    answered, told, challenge = await secure.call(shown, token)
    assert (answered, told["status"], what in told["detail"]) == (status, status, True)
    assert bool(challenge) == (status == HTTPStatus.UNAUTHORIZED)
    assert secure.counter.sent == []
    assert secure.counter.refused("certificate") == 1


async def test_a_certificate_and_a_token_of_two_agencies_are_nobodys(secure: Secure) -> None:
    status, told, _ = await secure.call(BURBANKS, TOKENS[PASADENA])
    assert (status, "two agencies" in told["detail"]) == (403, True)
    status, _, _ = await secure.call(PASADENAS, f"{TOKENS[PASADENA]}x")
    assert status == HTTPStatus.UNAUTHORIZED
    assert secure.counter.sent == []
    assert (secure.counter.refused("mismatch"), secure.counter.refused("token")) == (1, 1)


async def test_a_token_alone_opens_nothing_for_who_has_a_certificate(secure: Secure) -> None:
    status, told, _ = await secure.call(None, TOKENS[PASADENA])
    assert (status, "token alone" in told["detail"]) == (401, True)
    secure.clients.write_text(f"{BURBANK} san:alpr.burbank.example\n", encoding="utf-8")
    assert (await secure.call(None, TOKENS[PASADENA]))[0] == HTTPStatus.ACCEPTED
    # And its line is gone, so the certificate opens nothing any more.
    assert (await secure.call(PASADENAS, None))[0] == HTTPStatus.FORBIDDEN
    assert (await secure.call(None, None))[0] == HTTPStatus.UNAUTHORIZED


async def test_what_another_ca_has_issued_does_not_get_through_the_handshake(secure: Secure) -> None:
    with pytest.raises((aiohttp.ClientError, ssl.SSLError, ConnectionError)):
        await secure.call(STRANGERS, TOKENS[PASADENA])
    assert secure.counter.sent == []


async def test_a_file_that_is_broken_lets_nobody_in(secure: Secure) -> None:
    secure.clients.write_text("nonsense\n", encoding="utf-8")
    for shown, token in ((PASADENAS, None), (None, TOKENS[PASADENA])):
        assert (await secure.call(shown, token))[0] == HTTPStatus.SERVICE_UNAVAILABLE


async def test_plain_http_is_not_spoken_where_tls_is(secure: Secure) -> None:
    address = str(secure.counter.session._base_url).replace("https", "http")
    async with aiohttp.ClientSession() as session:
        with pytest.raises((aiohttp.ClientError, ConnectionError)):
            await session.get(f"{address}healthz")


@pytest.mark.parametrize(
    ("host", "behind_proxy", "is_served"),
    [
        ("127.0.0.1", False, True),
        ("::1", False, True),
        ("localhost", False, True),
        ("10.0.0.7", True, True),
        ("10.0.0.7", False, False),
        ("gate.example", False, False),
        ("::", False, False),
        ("", False, False),
    ],
)
def test_plain_http_leaves_this_machine_only_behind_a_proxy(
    host: str, *, behind_proxy: bool, is_served: bool
) -> None:
    settings = Settings(api_host=host, api_behind_proxy=behind_proxy)
    if is_served:
        assert server_context(settings) is None
    else:
        with pytest.raises(InputError, match="ALPR_GATE_API_BEHIND_PROXY"):
            server_context(settings)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"api_certificate_key": None}, "go together"),
        ({"api_certificate": None}, "go together"),
        ({"api_clients": None}, "go together"),
        ({"api_client_ca": None}, "go together"),
        ({"api_certificate": None, "api_certificate_key": None}, "client certificates need TLS"),
        ({"api_certificate": Path("nowhere")}, "TLS of the API"),
        ({"api_client_ca": Path("nowhere")}, "TLS of the API"),
    ],
)
def test_half_a_setup_does_not_start(tmp_path: Path, changes: dict[str, Any], message: str) -> None:
    settings = secure_settings(tmp_path).model_copy(update=changes)
    with pytest.raises(InputError, match=message):
        server_context(settings)
