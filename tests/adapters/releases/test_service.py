"""The desk of releases on a real broker: what the gate let go is carried out once, and on record."""

import hashlib
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from http import HTTPStatus
from pathlib import Path
from typing import Any

import aiohttp
import orjson
import pytest

from streams.adapters.releases.log import release_log
from streams.adapters.releases.pages import AVRO_TYPE, READ_ID, USER
from streams.adapters.releases.service import serve_releases
from streams.books.plan import planned_agreements
from streams.chains.log import read_log
from streams.clock import Clock, ManualClock, SystemClock
from streams.codecs.access_tokens import add_token, new_token
from streams.codecs.release import decode_release, encode_release
from streams.codecs.vault import open_vault
from streams.ledger.release_action import ReleaseAct, ReleaseAction
from streams.policy.release import Release
from streams.policy.request import SharingRequest
from streams.policy.vocabulary import AgreementStatus, DataType, EntityId, ReasonCode, Verdict
from tests.gatehouse import Gatehouse
from tests.workers import eventually

pytestmark = pytest.mark.kafka

IMAGE = b"\xff\xd8 a picture"
DIGEST = hashlib.sha256(b"twelve reads").hexdigest()


@dataclass
class Caller:
    """Somebody with a token."""

    session: aiohttp.ClientSession
    token: str

    async def show(self, path: str, value: bytes, **headers: str) -> tuple[int, bytes]:
        named = {name.replace("_", "-"): text for name, text in headers.items()}
        known = {"Authorization": f"Bearer {self.token}", "Content-Type": AVRO_TYPE, **named}
        async with self.session.post(path, data=value, headers=known) as response:
            return response.status, await response.read()

    async def close(self, decision_id: str, body: Mapping[str, Any]) -> int:
        headers = {"Authorization": f"Bearer {self.token}"}
        path = f"/v1/orders/{decision_id}/receipt"
        async with self.session.post(path, json=body, headers=headers) as response:
            return response.status


@dataclass
class Counter:
    """A desk that is open, with the agency's system and one recipient before it."""

    house: Gatehouse
    agency: Caller
    recipient: Caller

    async def acts(self) -> list[ReleaseAction]:
        return list(await read_log(self.house.settings, release_log(self.house.settings)))


@asynccontextmanager
async def desk(
    house: Gatehouse, folder: Path, recipient: EntityId, clock: Clock | None = None
) -> AsyncIterator[Counter]:
    file, images = folder / "tokens", folder / "images"
    images.mkdir(exist_ok=True)
    file.unlink(missing_ok=True)
    agency = house.region.policy.agency.entity_id
    tokens = [new_token(bytes([number]) * 32) for number in (1, 2)]
    for entity_id, token in zip((agency, recipient), tokens, strict=True):
        add_token(file, entity_id, token)
    settings = house.settings.model_copy(
        update={"api_tokens": file, "releases_port": 0, "images": images, "api_per_minute": 10_000}
    )
    async with (
        serve_releases(settings, clock or SystemClock()) as serving,
        aiohttp.ClientSession(f"http://127.0.0.1:{serving.port}") as session,
    ):

        async def is_ready() -> bool:
            async with session.get("/readyz") as response:
                return response.status == HTTPStatus.OK

        await eventually(is_ready)
        yield Counter(house, Caller(session, tokens[0]), Caller(session, tokens[1]))


def orders_of(house: Gatehouse) -> list[SharingRequest]:
    """Return good requests of recipients that ask for reads by a selector."""
    return [
        each.request
        for each in house.day().requests(300)
        if each.verdict is Verdict.FORWARD
        and each.story == "search"
        and each.request.initiated_by == "recipient"
    ]


async def released(house: Gatehouse, request: SharingRequest) -> tuple[bytes, Release]:
    """Return the release of the request, as it lies in its recipient's topic."""
    await house.send([request])
    await house.decided()
    for topic in await house.out_topics():
        for raw in await house.read(topic):
            release = decode_release(raw.value)
            if raw.value is not None and release.request_id == request.request_id:
                return raw.value, release
    raise AssertionError("nothing was released")


async def test_an_order_is_carried_out_once_and_closed_by_a_receipt(house: Gatehouse, tmp_path: Path) -> None:
    await (await house.worker()).ready(partitions=2)
    value, order = await released(house, orders_of(house)[0])
    async with desk(house, tmp_path, order.entity_id) as counter:
        status, told = await counter.agency.show("/v1/orders", value)
        assert (status, orjson.loads(told)["decision_id"]) == (HTTPStatus.OK, order.decision_id)
        again, why = await counter.agency.show("/v1/orders", value)
        assert (again, b"was begun before" in why) == (HTTPStatus.FORBIDDEN, True)

        receipt = {"count": 12, "digest": DIGEST}
        assert await counter.agency.close(order.decision_id, {"count": -1, "digest": DIGEST}) == 422
        assert await counter.recipient.close(order.decision_id, receipt) == HTTPStatus.CONFLICT
        assert await counter.agency.close(order.decision_id, receipt) == HTTPStatus.NO_CONTENT
        assert await counter.agency.close(order.decision_id, receipt) == HTTPStatus.NO_CONTENT
        assert await counter.agency.close(order.decision_id, {**receipt, "count": 13}) == HTTPStatus.CONFLICT

        acts = await counter.acts()
    assert [one.act for one in acts] == [ReleaseAct.REDEEM, ReleaseAct.REFUSE, ReleaseAct.RECEIPT]
    assert (acts[2].count, acts[2].digest, acts[2].release_digest) == (12, DIGEST, acts[0].release_digest)
    assert [one.kind for one in await house.alerts()] == [ReasonCode.ORDER_REFUSED]


async def test_neither_a_forged_order_nor_one_of_a_recipient_is_carried_out(
    house: Gatehouse, tmp_path: Path
) -> None:
    await (await house.worker()).ready(partitions=2)
    value, order = await released(house, orders_of(house)[0])
    forged = encode_release(replace(order, fields=(*order.fields, "latitude", "longitude")))
    async with desk(house, tmp_path, order.entity_id) as counter:
        status, why = await counter.agency.show("/v1/orders", forged)
        assert (status, b"the ledger knows no such release" in why) == (HTTPStatus.FORBIDDEN, True)
        assert (await counter.recipient.show("/v1/orders", value))[0] == HTTPStatus.FORBIDDEN
        assert (await counter.agency.show("/v1/orders", b"?"))[0] == HTTPStatus.BAD_REQUEST
        assert (await Caller(counter.agency.session, "x").show("/v1/orders", value))[0] == 401
        acts = await counter.acts()
    assert [one.act for one in acts] == [ReleaseAct.REFUSE, ReleaseAct.REFUSE]
    # Of what nobody vouches for nothing but its digest stays on record.
    assert (acts[0].agreement_id, acts[1].agreement_id) == ("", order.agreement_id)


async def test_a_revocation_stops_an_order_that_was_not_begun(house: Gatehouse, tmp_path: Path) -> None:
    await (await house.worker()).ready(partitions=2)
    value, order = await released(house, orders_of(house)[0])
    (agreement,) = [one for one in house.region.agreements() if one.agreement_id == order.agreement_id]
    revoked = replace(agreement, version=agreement.version + 1, status=AgreementStatus.REVOKED)
    await house.change(planned_agreements([revoked]))
    async with desk(house, tmp_path, order.entity_id) as counter:
        status, why = await counter.agency.show("/v1/orders", value)
    assert (status, b"AGREEMENT_REVOKED" in why) == (HTTPStatus.FORBIDDEN, True)


async def test_a_missing_receipt_alerts_once_also_after_a_restart(house: Gatehouse, tmp_path: Path) -> None:
    await (await house.worker()).ready(partitions=2)
    value, order = await released(house, orders_of(house)[0])
    async with desk(house, tmp_path, order.entity_id) as counter:
        assert (await counter.agency.show("/v1/orders", value))[0] == HTTPStatus.OK
    (begun,) = await read_log(house.settings, release_log(house.settings))
    assert begun.receipt_due is not None
    for _ in range(2):
        later = ManualClock(begun.receipt_due)
        async with desk(house, tmp_path, order.entity_id, later) as counter:
            assert [one.act for one in await counter.acts()] == [ReleaseAct.REDEEM, ReleaseAct.OVERDUE]
    (alert,) = [one for one in await house.alerts() if one.kind is ReasonCode.RECEIPT_MISSING]
    assert alert.decision_ids == (order.decision_id,)


async def test_an_image_is_fetched_through_the_desk_and_each_fetch_is_on_record(
    house: Gatehouse, tmp_path: Path
) -> None:
    await (await house.worker()).ready(partitions=2)
    value, release = await with_image(house)
    read = next(one for one in release.records if one.image_reference)
    (tmp_path / "images").mkdir()
    (tmp_path / "images" / (read.image_reference or "")).write_bytes(IMAGE)
    wanted = {READ_ID.replace("-", "_"): read.read_id, USER.replace("-", "_"): "j.doe"}
    async with desk(house, tmp_path, release.entity_id) as counter:
        assert await counter.recipient.show("/v1/images", value, **wanted) == (HTTPStatus.OK, IMAGE)
        assert (await counter.agency.show("/v1/images", value, **wanted))[0] == HTTPStatus.FORBIDDEN
        assert (await counter.recipient.show("/v1/images", value))[0] == HTTPStatus.BAD_REQUEST
        (agreement,) = [one for one in house.region.agreements() if one.agreement_id == release.agreement_id]
        narrower = replace(agreement, version=agreement.version + 2, data_types=(DataType.PLATE_READ,))
        await house.change(planned_agreements([narrower]))

        async def is_refused() -> bool:
            return (await counter.recipient.show("/v1/images", value, **wanted))[0] == HTTPStatus.FORBIDDEN

        await eventually(is_refused)
        fetched, *refused = await counter.acts()
    assert (fetched.act, fetched.digest) == (ReleaseAct.FETCH, hashlib.sha256(IMAGE).hexdigest())
    assert {one.act for one in refused} <= {ReleaseAct.FETCH, ReleaseAct.REFUSE}
    assert fetched.access is not None
    assert house.settings.vault is not None
    sealed = open_vault(house.settings.vault).opened(fetched.access, release.decision_id)
    assert orjson.loads(sealed) == {"user": "j.doe", "read_id": read.read_id}
    # The person is on record for those who may open it, and for nobody else.
    raws = await house.read(house.topics.release_actions.name)
    assert all(b"j.doe" not in (raw.value or b"") for raw in raws)


async def with_image(house: Gatehouse) -> tuple[bytes, Release]:
    """Return a release of a push with an image, under an agreement that is widened for it."""
    pushed = next(
        each.request
        for each in house.day().requests(300)
        if each.verdict is Verdict.FORWARD
        and each.request.records
        and each.story not in {"repeat", "supplement"}
    )
    standing = house.region.books().recipient(pushed.recipient_name)
    assert standing is not None
    for terms in standing.terms:
        wider = replace(
            terms.agreement,
            version=terms.version + 1,
            data_types=(*terms.agreement.data_types, DataType.IMAGE),
            fields=(*terms.agreement.fields, "image_reference"),
        )
        await house.change(planned_agreements([wider]))
    records = tuple(replace(one, data_type=DataType.IMAGE, image_reference="img-1") for one in pushed.records)
    return await released(house, house.sealed(replace(pushed, data_types=(DataType.IMAGE,), records=records)))
