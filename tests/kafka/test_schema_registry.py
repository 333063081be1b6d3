import asyncio
import json
import urllib.error
from collections.abc import Iterator
from typing import Any

import pytest
from aiohttp import web

from schemas import register
from streams.codecs.catalogue import rows, schema_text
from streams.codecs.schema_ids import ids_in_use, refuse_ambiguous
from streams.errors import InputError, UnavailableError
from streams.kafka.ports import free_port
from streams.kafka.schema_registry import registered_ids, settle_schema_ids, subjects
from streams.settings import Settings
from streams.topics import Topics
from tests.registry import Registry, running

OURS = {bytes.fromhex(row.fingerprint): row.schema_id for row in rows()}


@pytest.fixture
def registry() -> Iterator[Registry]:
    with running() as registry:
        yield registry


def at(url: str) -> Settings:
    return Settings(schema_registry=url)


def test_an_empty_registry_gives_each_of_the_oldest_schemas_its_own_id(registry: Registry) -> None:
    async def two_workers() -> list[dict[bytes, int]]:
        return await asyncio.gather(*(registered_ids(at(registry.url)) for _ in range(2)))

    first, second = asyncio.run(two_workers())
    assert first == second

    low = [row for row in rows() if row.schema_id < register.FIRST_ID]
    assert {row.schema_id for row in low} == set(range(1, len(low) + 1))
    assert all(first[bytes.fromhex(row.fingerprint)] == row.schema_id for row in low)
    # And both again tomorrow.
    assert asyncio.run(registered_ids(at(registry.url))) == first
    refuse_ambiguous(first)


def test_a_registry_in_use_gives_other_ids_and_keeps_its_rule(registry: Registry) -> None:
    registry.fill(len(rows()) + 5)

    found = asyncio.run(registered_ids(at(registry.url)))

    assert found.keys() == OURS.keys()
    assert not set(found.values()) & set(OURS.values())
    refuse_ambiguous(found)
    for subject in set(subjects(Topics.of(at(registry.url))).values()):
        assert registry.call("GET", f"/config/{subject}") == {"compatibilityLevel": "FULL_TRANSITIVE"}
    # What breaks the rule is refused by the registry itself, whoever tries.
    newest = json.loads(schema_text([row for row in rows() if row.record == "answer"][-1]))
    newest["fields"].append({"name": "more", "type": "string", "doc": "No default."})
    with pytest.raises(urllib.error.HTTPError, match="409"):
        registry.call("POST", "/subjects/alpr.sharing.answers-value/versions", {"schema": json.dumps(newest)})


def test_ids_that_are_ours_for_other_schemas_are_refused(registry: Registry) -> None:
    registry.fill(3)

    with pytest.raises(InputError, match=r"gives the id 4 to `history/sharing_request.1.avsc`, and here it"):
        asyncio.run(settle_schema_ids(at(registry.url)))
    assert not ids_in_use()
    assert len(registry.subjects()) == 4


def test_a_registry_that_refuses_a_schema_says_which(registry: Registry) -> None:
    registry.fill(len(rows()) + 5)
    other = {"type": "record", "name": "Alert", "namespace": "org.alprgate", "fields": [
        {"name": "more", "type": "string"},
    ]}  # fmt: skip
    registry.call("POST", "/subjects/alpr.alerts-value/versions", {"schema": json.dumps(other)})

    with pytest.raises(InputError, match=r"refuses `subjects/alpr.alerts-value/versions` \(HTTP 409\)"):
        asyncio.run(settle_schema_ids(at(registry.url)))


async def test_a_registry_that_is_away_is_unavailable_and_its_password_is_not_told() -> None:
    with pytest.raises(UnavailableError, match="does not answer") as caught:
        await settle_schema_ids(at(f"http://gate:secret@127.0.0.1:{free_port()}"))
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("status", "said", "error"),
    [
        (200, {}, UnavailableError),
        (200, {"id": 1, "schema": "{"}, UnavailableError),
        (200, {"id": 1, "schema": '"string"'}, InputError),
        (404, "no such page", UnavailableError),
        (500, {}, UnavailableError),
        (403, {}, InputError),
    ],
    ids=["nothing", "half", "another-schema", "no-registry", "broken", "forbidden"],
)
async def test_what_is_no_registry_is_not_believed(status: int, said: Any, error: type[Exception]) -> None:
    async def answer(_: web.Request) -> web.Response:
        return web.json_response(said, status=status)

    app = web.Application()
    app.router.add_route("*", "/{any:.*}", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    port = free_port()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    try:
        with pytest.raises(error):
            await settle_schema_ids(at(f"http://127.0.0.1:{port}"))
    finally:
        await runner.cleanup()
    assert not ids_in_use()


async def test_without_a_registry_nothing_is_asked() -> None:
    await settle_schema_ids(Settings())
    assert not ids_in_use()
