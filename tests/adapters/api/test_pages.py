"""What the API says without a gate behind it: who comes in, what is refused and how that is told."""

import logging
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest

from streams.adapters.api.body import MOST_BYTES
from streams.adapters.api.problems import PROBLEM_TYPE
from streams.codecs.access_tokens import new_token
from streams.policy.seal import seal_holds
from streams.policy.withdrawals import withdrawal_seal_holds
from streams.web import SECURITY_HEADERS
from tests.adapters.api.counter import BURBANK, KEYRING, LEAST, PASADENA, TOKENS, Counter, counter
from tests.adapters.api.test_answers import HOLD
from tests.adapters.api.test_answers import told as told_as_record

PLATE = "7ABC123"


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Counter]:
    async with counter(tmp_path) as made:
        yield made


async def test_what_is_sent_names_the_holder_of_the_token_under_a_seal(desk: Counter) -> None:
    status, told, headers = await desk.call("POST", "/v1/requests", json=LEAST)
    assert (status, told, headers["Location"]) == (202, {"request_id": "r-1"}, "/v1/requests/r-1")
    (sent,) = desk.sent
    assert (sent.authenticated_as, sent.channel) == (PASADENA, "api")
    assert seal_holds(sent, KEYRING.intake_keys)


@pytest.mark.parametrize(
    "authorization",
    [None, "", "Bearer", "Bearer ", "Basic abc", f"Bearer {new_token(b'x' * 32)}", f"Bearer {'x' * 300}",
     f"Bearer {TOKENS[PASADENA]}x", f"Bearer {TOKENS[PASADENA][:-1]}", TOKENS[PASADENA]],
)  # fmt: skip
async def test_without_a_token_nobody_comes_in(desk: Counter, authorization: str | None) -> None:
    headers = {} if authorization is None else {"Authorization": authorization}
    for method, path in (("POST", "/v1/requests"), ("GET", "/v1/requests/r-1")):
        status, told, answered = await desk.call(method, path, None, json=LEAST, headers=headers)
        assert (status, told["status"]) == (401, 401)
        assert answered["WWW-Authenticate"].startswith("Bearer")
    assert desk.sent == []


async def test_a_proxys_header_opens_nothing(desk: Counter) -> None:
    claims = {
        "X-Forwarded-User": PASADENA,
        "X-SSL-Client-S-DN": f"CN={PASADENA}",
        "X-Authenticated-As": PASADENA,
    }
    status, _, _ = await desk.call("POST", "/v1/requests", None, json=LEAST, headers=claims)
    assert status == HTTPStatus.UNAUTHORIZED


async def test_a_token_whose_line_is_deleted_opens_no_more(desk: Counter) -> None:
    assert (await desk.post(LEAST))[0] == HTTPStatus.ACCEPTED
    lines = desk.tokens.read_text(encoding="utf-8").splitlines()
    desk.tokens.write_text("\n".join(line for line in lines if PASADENA not in line), encoding="utf-8")
    assert (await desk.post(LEAST))[0] == HTTPStatus.UNAUTHORIZED
    assert (await desk.call("GET", "/v1/requests/r-1", TOKENS[BURBANK]))[0] == HTTPStatus.NOT_FOUND


async def test_a_file_of_tokens_that_is_open_to_others_lets_nobody_in(desk: Counter) -> None:
    desk.tokens.chmod(0o644)
    assert (await desk.post(LEAST))[0] == HTTPStatus.SERVICE_UNAVAILABLE
    status, told, _ = await desk.call("GET", "/readyz", None)
    assert (status, told["ready"]) == (503, False)
    assert "tokens" in told["problems"][0]


async def test_an_agency_that_asks_too_often_is_told_when_to_come_again(tmp_path: Path) -> None:
    async with counter(tmp_path, per_minute=3) as desk:
        assert [(await desk.post(LEAST))[0] for _ in range(4)] == [202, 202, 202, 429]
        status, told, headers = await desk.call("GET", "/v1/requests/r-1")
        assert (status, headers["Retry-After"]) == (429, "20")
        assert "20 s" in told["detail"]
        # Another agency is not in its way.
        assert (await desk.call("GET", "/v1/requests/r-1", TOKENS[BURBANK]))[0] == HTTPStatus.NOT_FOUND
        desk.clock.advance(timedelta(seconds=19.9))
        assert (await desk.post(LEAST))[0] == HTTPStatus.TOO_MANY_REQUESTS
        desk.clock.advance(timedelta(seconds=0.1))
        assert [(await desk.post(LEAST))[0] for _ in range(2)] == [202, 429]


@pytest.mark.parametrize(
    ("change", "pointer", "what"),
    [
        ({"selector": {"plate": 7}}, "#/selector/plate", "a text"),
        ({"selector": {"plat": PLATE}}, "#/selector/plat", "no field"),
        ({"selector": {PLATE: 1}}, "#/selector", "no field"),
        ({"records": [{"read_id": PLATE}]}, "#/records/0/captured_at", "missing"),
        ({"requested_at": "yesterday"}, "#/requested_at", "RFC 3339"),
        ({"request_id": "a/b"}, "#/request_id", "letters"),
        ({"request_id": ".."}, "#/request_id", "letters"),
        ({"request_id": ""}, "#/request_id", "letters"),
        ({"kind": None}, "#/kind", "a text"),
        ({"authenticated_as": BURBANK}, "#/authenticated_as", "no field"),
        ({"intake_seal": None}, "#/intake_seal", "no field"),
        ({"channel": "portal"}, "#/channel", "no field"),
    ],
)
async def test_a_wrong_field_is_pointed_at(
    desk: Counter, change: dict[str, Any], pointer: str, what: str
) -> None:
    status, told, headers = await desk.call("POST", "/v1/requests", json={**LEAST, **change})
    assert (status, headers["Content-Type"]) == (422, PROBLEM_TYPE)
    (error,) = told["errors"]
    assert error["pointer"] == pointer
    assert what in error["detail"]
    assert PLATE not in str(told)
    assert desk.sent == []


@pytest.mark.parametrize(
    ("options", "status"),
    [
        ({"data": b"{", "headers": {"Content-Type": "application/json"}}, 400),
        ({"data": b"\xff", "headers": {"Content-Type": "application/json"}}, 400),
        ({"data": b"[" * 5000, "headers": {"Content-Type": "application/json"}}, 400),
        ({"data": b"[]", "headers": {"Content-Type": "application/json"}}, 422),
        ({"data": b"{}", "headers": {"Content-Type": "text/plain"}}, 415),
        ({"data": b"{}"}, 415),
        ({"json": LEAST, "headers": {"Content-Encoding": "gzip"}}, 415),
        ({"json": {**LEAST, "reason_text": "x" * MOST_BYTES}}, 413),
    ],
)  # fmt: skip
async def test_a_body_that_is_none_is_a_problem(desk: Counter, options: dict[str, Any], status: int) -> None:
    answered, told, _ = await desk.call("POST", "/v1/requests", **options)
    assert (answered, told["status"]) == (status, status), told
    assert told["detail"]


async def test_the_request_id_is_the_idempotency_key(desk: Counter) -> None:
    for key in ("r-1", '"r-1"'):
        assert (await desk.call("POST", "/v1/requests", json=LEAST, headers={"Idempotency-Key": key}))[
            0
        ] == 202
    status, told, _ = await desk.call(
        "POST", "/v1/requests", json=LEAST, headers={"Idempotency-Key": "other"}
    )
    assert (status, told["errors"][0]["pointer"]) == (409, "#/request_id")
    # The very same content: a repeat for the gate.
    assert desk.sent[0] == desk.sent[1]


async def test_what_kafka_does_not_take_is_not_said_to_wait(desk: Counter) -> None:
    desk.refusing = True
    status, told, headers = await desk.call("POST", "/v1/requests", json=LEAST)
    assert (status, headers["Retry-After"]) == (503, "5")
    assert "repeat" in told["detail"]
    assert (await desk.call("GET", "/v1/requests/r-1"))[0] == HTTPStatus.NOT_FOUND


async def test_what_may_not_have_been_read_yet_is_not_denied(desk: Counter) -> None:
    desk.behind = "the answers are still being read"
    for method, path in (
        ("GET", "/v1/requests/r-1"),
        ("POST", "/v1/requests/r-1/supplement"),
        ("POST", "/v1/requests/r-1/withdrawal"),
        ("GET", "/readyz"),
    ):
        status, told, _ = await desk.call(method, path, json=LEAST)
        assert status == HTTPStatus.SERVICE_UNAVAILABLE
        assert desk.behind in str(told)


async def test_a_withdrawal_names_the_hold_and_the_holder_of_the_token_under_a_seal(desk: Counter) -> None:
    withdrawal = "/v1/requests/r-1/withdrawal"
    await desk.post(LEAST)
    status, told, _ = await desk.call("POST", withdrawal)
    assert (status, "has not answered yet" in told["detail"]) == (409, True)
    held = replace(HOLD, missing=())
    desk.memory.take(told_as_record(held))
    desk.refusing = True
    assert (await desk.call("POST", withdrawal))[0] == HTTPStatus.SERVICE_UNAVAILABLE
    desk.refusing = False
    assert (await desk.call("POST", withdrawal, TOKENS[BURBANK]))[0] == HTTPStatus.NOT_FOUND
    status, told, headers = await desk.call("POST", withdrawal)
    assert (status, told, headers["Location"]) == (202, {"request_id": "r-1"}, "/v1/requests/r-1")
    (sent,) = desk.withdrawn
    assert (sent.decision_id, sent.deadline, sent.authenticated_as) == (
        held.decision_id,
        held.deadline,
        PASADENA,
    )
    assert withdrawal_seal_holds(sent, KEYRING.intake_keys)
    assert (await desk.call("GET", "/v1/requests/r-1"))[1]["state"] == "waiting"
    desk.clock.advance(timedelta(days=14))
    status, told, _ = await desk.call("POST", withdrawal)
    assert (status, "deadline" in told["detail"]) == (409, True)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/", 404), ("GET", "/v1/requests", 405), ("DELETE", "/v1/requests/r-1", 405),
     ("GET", f"/v1/requests/{'x' * 101}", 404), ("GET", "/v1/requests/%2e%2e", 404)],
)  # fmt: skip
async def test_what_is_not_there_is_a_problem_too(desk: Counter, method: str, path: str, status: int) -> None:
    answered, told, headers = await desk.call(method, path)
    assert (answered, headers["Content-Type"]) == (status, PROBLEM_TYPE)
    assert ("Allow" in headers) == (status == HTTPStatus.METHOD_NOT_ALLOWED)
    assert path.rpartition("/")[2] not in told["detail"] or path == "/"


async def test_nothing_of_a_request_is_logged(desk: Counter, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    await desk.post({**LEAST, "selector": {"plate": PLATE}})
    await desk.post({**LEAST, "selector": PLATE})
    await desk.call("GET", "/v1/requests/r-1")
    assert [word for word in (PLATE, "det.smith", TOKENS[PASADENA], "r-1") if word in caplog.text] == []


async def test_machines_are_told_that_it_lives_and_nobody_keeps_a_page(desk: Counter) -> None:
    assert (await desk.call("GET", "/healthz", None))[:2] == (200, {"alive": True})
    assert (await desk.call("GET", "/readyz", None))[:2] == (200, {"ready": True, "problems": []})
    for path in ("/healthz", "/v1/requests/r-1", "/nowhere"):
        headers = (await desk.call("GET", path))[2]
        assert {name: headers[name] for name in SECURITY_HEADERS} == SECURITY_HEADERS
