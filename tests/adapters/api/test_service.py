"""The API on a real broker, with a real gate behind it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any

import aiohttp
import orjson
import pytest

from streams.adapters.api.service import serve_api
from streams.clock import SystemClock
from streams.codecs.access_tokens import add_token, new_token
from streams.codecs.request_json import request_to_json
from streams.codecs.submission_json import WRITTEN_BY_INTAKE
from streams.errors import InputError, UnavailableError
from streams.policy.request import SharingRequest
from streams.policy.vocabulary import EntityId, Verdict
from streams.settings import Settings
from streams.simulators.traffic import Simulated
from tests.gatehouse import Gatehouse
from tests.workers import eventually

pytestmark = pytest.mark.kafka

Json = dict[str, Any]
Said = tuple[int, Json]


@dataclass
class Agency:
    """A partner agency with its token."""

    session: aiohttp.ClientSession
    address: str
    entity_id: EntityId
    token: str

    async def call(self, method: str, path: str, body: Json | None = None) -> Said:
        headers = {"Authorization": f"Bearer {self.token}"}
        async with self.session.request(method, path, json=body, headers=headers) as response:
            return response.status, orjson.loads(await response.read())

    async def ask(self, body: Json) -> Said:
        return await self.call("POST", "/v1/requests", body)

    async def see(self, request_id: str) -> Said:
        return await self.call("GET", f"/v1/requests/{request_id}")

    async def answers(self, request_id: str, count: int = 1) -> list[Json]:
        """Wait for so many answers, and return them."""
        found: list[Json] = []

        async def are_there() -> bool:
            status, told = await self.see(request_id)
            assert status == HTTPStatus.OK, told
            found[:] = told["answers"]
            return len(found) >= count and told["state"] == "answered"

        await eventually(are_there)
        return found


def body_of(request: SharingRequest) -> Json:
    """Return what a partner sends of a request."""
    content: Json = orjson.loads(request_to_json(request))
    return {key: value for key, value in content.items() if key not in WRITTEN_BY_INTAKE}


def asked_by_recipient(house: Gatehouse) -> list[Simulated]:
    """Return good requests of agencies that ask for themselves."""
    return [
        each
        for each in house.day().requests(200)
        if each.verdict is Verdict.FORWARD
        and each.story not in {"repeat", "supplement"}
        and each.request.initiated_by == "recipient"
    ]


@asynccontextmanager
async def api(house: Gatehouse, folder: Path, *entities: EntityId) -> AsyncIterator[list[Agency]]:
    """Serve the API, with an agency for each entity."""
    file = folder / "tokens"
    tokens = [new_token(bytes([number]) * 32) for number in range(len(entities))]
    for entity_id, token in zip(entities, tokens, strict=True):
        add_token(file, entity_id, token)
    settings = house.settings.model_copy(update={"api_tokens": file, "api_port": 0, "api_metrics_port": 0})
    async with (
        serve_api(settings, house.keyring, SystemClock()) as serving,
        aiohttp.ClientSession(address := f"http://127.0.0.1:{serving.port}") as session,
    ):
        agencies = [Agency(session, address, *each) for each in zip(entities, tokens, strict=True)]
        await ready(session)
        yield agencies


async def ready(session: aiohttp.ClientSession) -> None:
    async def is_ready() -> bool:
        async with session.get("/readyz") as response:
            return response.status == HTTPStatus.OK

    await eventually(is_ready)


def sender_of(request: SharingRequest) -> EntityId:
    assert request.authenticated_as is not None
    return request.authenticated_as


def two_senders(requests: list[Simulated]) -> tuple[SharingRequest, SharingRequest]:
    """Return requests of two agencies."""
    first, *others = (each.request for each in requests)
    return first, next(each for each in others if sender_of(each) != sender_of(first))


async def test_a_request_is_forwarded_and_its_answer_is_for_its_agency_alone(
    house: Gatehouse, tmp_path: Path
) -> None:
    mine, others = two_senders(asked_by_recipient(house))
    await (await house.worker()).ready(partitions=2)
    async with api(house, tmp_path, sender_of(mine), sender_of(others)) as (me, another):
        status, receipt = await me.ask(body_of(mine))
        assert (status, receipt) == (HTTPStatus.ACCEPTED, {"request_id": mine.request_id})
        (answer,) = await me.answers(mine.request_id)
        assert (answer["verdict"], answer["authenticated_as"]) == ("forward", mine.authenticated_as)
        # No oracle: what is another's looks like what is not there.
        assert await another.see(mine.request_id) == await another.see("never-sent")
        assert (await another.see(mine.request_id))[0] == HTTPStatus.NOT_FOUND
        # Sent again it is a repeat, and nothing is forwarded twice.
        await me.ask(body_of(mine))
        assert [each["kind"] for each in await me.answers(mine.request_id, 2)] == ["decision", "repeat"]
    assert (await house.audit()).forwards == 1


async def test_a_held_request_is_supplemented_with_what_is_missing(house: Gatehouse, tmp_path: Path) -> None:
    good = asked_by_recipient(house)[0].request
    await (await house.worker()).ready(partitions=2)
    async with api(house, tmp_path, sender_of(good)) as (me,):
        path = f"/v1/requests/{good.request_id}/supplement"
        assert (await me.call("POST", path, {}))[0] == HTTPStatus.NOT_FOUND
        await me.ask(body_of(good) | {"reason_text": ""})
        (held,) = await me.answers(good.request_id)
        assert (held["verdict"], held["missing"]) == ("hold", ["reason_text"])
        assert held["deadline"]
        only = {"kind": good.kind, "initiated_by": good.initiated_by, "reason_text": good.reason_text}
        status, told = await me.call("POST", path, only)
        assert status == HTTPStatus.ACCEPTED, told
        _, resolved = await me.answers(good.request_id, 2)
        assert (resolved["kind"], resolved["verdict"]) == ("resolution", "forward")
        assert resolved["follows"] == held["decision_id"]
        status, told = await me.call("POST", path, only)
        assert status == HTTPStatus.CONFLICT


async def test_what_is_held_is_withdrawn_once_by_its_agency_alone(house: Gatehouse, tmp_path: Path) -> None:
    mine, others = two_senders(asked_by_recipient(house))
    await (await house.worker()).ready(partitions=2)
    async with api(house, tmp_path, sender_of(mine), sender_of(others)) as (me, another):
        path = f"/v1/requests/{mine.request_id}/withdrawal"
        suspicious = {"reason_text": "ice detainer"}
        await me.ask(body_of(mine) | suspicious)
        (held,) = await me.answers(mine.request_id)
        assert (held["verdict"], held["missing"]) == ("hold", [])
        assert (await another.call("POST", path))[0] == HTTPStatus.NOT_FOUND
        status, told = await me.call("POST", path)
        assert (status, told) == (HTTPStatus.ACCEPTED, {"request_id": mine.request_id})
        _, ended = await me.answers(mine.request_id, 2)
        assert (ended["kind"], ended["verdict"], ended["follows"]) == (
            "resolution",
            "block",
            held["decision_id"],
        )
        assert ended["reasons"][-1]["code"] == "WITHDRAWN"
        status, told = await me.call("POST", path)
        assert (status, "withdrawn already" in told["detail"]) == (HTTPStatus.CONFLICT, True)
        # It is not shaken off: the same matter under a new id is held, however it is worded.
        await me.ask(body_of(mine) | {"request_id": "anew"})
        (again,) = await me.answers("anew")
        assert "FOLLOWS_HELD_REQUEST" in [reason["code"] for reason in again["reasons"]]
        # What is decided is not withdrawn.
        await another.ask(body_of(others))
        await another.answers(others.request_id)
        status, told = await another.call("POST", f"/v1/requests/{others.request_id}/withdrawal")
        assert (status, "forward" in told["detail"]) == (HTTPStatus.CONFLICT, True)
    audit = await house.audit()
    assert (audit.sound, audit.forwards) == (True, 1)


async def test_nobody_asks_as_another(house: Gatehouse, tmp_path: Path) -> None:
    mine, others = two_senders(asked_by_recipient(house))
    await (await house.worker()).ready(partitions=2)
    async with api(house, tmp_path, sender_of(mine), sender_of(others)) as (me, another):
        # All of it is of the other agency: organisation, recipient, and the request id too.
        await me.ask(body_of(others))
        (answer,) = await me.answers(others.request_id)
        assert answer["verdict"] == "block"
        assert "REQUESTER_MISMATCH" in [reason["code"] for reason in answer["reasons"]]
        assert answer["organisation"] == others.requested_by.organisation
        assert (await another.see(others.request_id))[0] == HTTPStatus.NOT_FOUND
        # And it stands in nobody's way.
        await another.ask(body_of(others))
        (answer,) = await another.answers(others.request_id)
        assert answer["verdict"] == "forward"
        assert len(await me.answers(others.request_id)) == 1
        status, told = await me.ask(body_of(others) | {"authenticated_as": others.authenticated_as})
        assert (status, told["errors"][0]["pointer"]) == (
            HTTPStatus.UNPROCESSABLE_ENTITY,
            "#/authenticated_as",
        )


async def test_a_service_that_starts_again_knows_the_answers_of_before(
    house: Gatehouse, tmp_path: Path
) -> None:
    mine, others = two_senders(asked_by_recipient(house))
    await (await house.worker()).ready(partitions=2)
    # As another intake sends them.
    await house.send([house.sealed(mine), house.sealed(others)])
    await house.decided()
    async with api(house, tmp_path, sender_of(mine)) as (me,):
        assert [each["verdict"] for each in await me.answers(mine.request_id)] == ["forward"]
        assert (await me.see(others.request_id))[0] == HTTPStatus.NOT_FOUND


async def test_what_waits_for_the_gate_is_waiting(house: Gatehouse, tmp_path: Path) -> None:
    good = asked_by_recipient(house)[0].request
    async with api(house, tmp_path, sender_of(good)) as (me,):
        await me.ask(body_of(good))
        assert await me.see(good.request_id) == (
            HTTPStatus.OK,
            {"request_id": good.request_id, "state": "waiting", "answers": []},
        )


async def test_without_topics_or_tokens_it_does_not_start(
    settings: Settings, tmp_path: Path, house: Gatehouse
) -> None:
    with pytest.raises(InputError, match="alpr-gate api token"):
        await serve_api(house.settings, house.keyring, SystemClock()).__aenter__()
    add_token(tmp_path / "tokens", EntityId("us-ca-pasadena-pd"), new_token(bytes(32)))
    elsewhere = settings.model_copy(update={"topic_prefix": "nowhere.", "api_tokens": tmp_path / "tokens"})
    with pytest.raises(UnavailableError, match="there is no topic"):
        await serve_api(elsewhere, house.keyring, SystemClock()).__aenter__()
