"""The 53 real share requests over HTTP, each by its own agency, and then through the review queue."""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest

from streams.books.plan import planned_agreements, planned_entities, planned_policy
from streams.codecs.signing_key import new_signing_key, write_signing_key
from streams.kafka.admin import ensure_topics
from streams.policy.books import Books
from streams.policy.decide import decide
from streams.policy.policy_in_force import PolicyInForce
from streams.policy.request import SharingRequest
from streams.policy.vocabulary import EntityId, ReasonCode, Verdict
from streams.settings import Settings
from tests.adapters.api.test_service import Agency, Json, api, body_of
from tests.cli.books_runner import Ended, gate_on
from tests.gatehouse import Gatehouse
from tests.real_data.test_requests import WITH_AGREEMENT

pytestmark = [pytest.mark.kafka, pytest.mark.real_data]

CASTRO = new_signing_key("m.castro", bytes(range(32)))
MISSING = {"data_types", "requested_by.user", "purpose_code", "reason_text"}


@pytest.fixture
async def example_house(
    settings: Settings, tmp_path: Path, books: Books, policy: PolicyInForce
) -> AsyncIterator[Gatehouse]:
    """A gate with the example books, and one reviewer."""
    house = Gatehouse(settings, tmp_path)
    (tmp_path / "reviewers").write_text(f"{CASTRO.verifier}\n", encoding="utf-8")
    write_signing_key(CASTRO, tmp_path / "castro.key")
    try:
        await ensure_topics(settings.bootstrap_servers, house.topics.fixed(), settings.replication_factor)
        await house.change(planned_policy(policy.policy))
        await house.change(planned_entities(tuple(books.entities())))
        await house.change(planned_agreements(tuple(books.agreements())))
        await (await house.worker(reviewers=tmp_path / "reviewers")).ready(partitions=2)
        yield house
    finally:
        await house.close()


def asker(notice: SharingRequest, books: Books) -> EntityId:
    entity = books.resolve(notice.requested_by.organisation)
    assert entity is not None
    return entity.entity_id


async def answers_of(agencies: dict[EntityId, Agency], asked: list[tuple[EntityId, Json]]) -> list[Json]:
    """Send all of it, in order, and return all the answers."""
    sent: Counter[tuple[EntityId, str]] = Counter()
    for entity_id, body in asked:
        status, told = await agencies[entity_id].ask(body)
        assert status == HTTPStatus.ACCEPTED, told
        sent[entity_id, body["request_id"]] += 1
    return [
        answer
        for (entity_id, request_id), count in sent.items()
        for answer in await agencies[entity_id].answers(request_id, count)
    ]


async def test_the_53_are_answered_as_they_are_decided_and_wait_in_the_queue(
    example_house: Gatehouse,
    tmp_path: Path,
    notices: list[SharingRequest],
    books: Books,
    policy: PolicyInForce,
) -> None:
    house = example_house
    # As if they were made today: what is years old is blocked for that alone.
    today = [replace(notice, requested_at=house.now) for notice in notices]
    asked = [(asker(notice, books), body_of(notice)) for notice in today]
    expected = Counter(
        decide(
            replace(notice, authenticated_as=entity_id, channel="api"), books, policy, house.clock.now()
        ).verdict
        for notice, (entity_id, _) in zip(today, asked, strict=True)
    )
    async with api(house, tmp_path, *dict.fromkeys(entity_id for entity_id, _ in asked)) as agencies:
        by_entity = {agency.entity_id: agency for agency in agencies}
        answers = await answers_of(by_entity, asked)
        assert len(answers) == len(notices)
        assert Counter(answer["verdict"] for answer in answers) == expected
        assert expected[Verdict.FORWARD] == 0
        held = {answer["organisation"]: answer for answer in answers if answer["verdict"] == "hold"}
        assert held.keys() == WITH_AGREEMENT
        await the_queue(house, by_entity, held)
    assert (await house.audit()).sound


async def the_queue(house: Gatehouse, agencies: dict[EntityId, Agency], held: dict[str, Json]) -> None:
    """See all that are held in the queue, and let each end in another way."""
    first, second, third, fourth = (held[name] for name in sorted(held))
    rows = {row["decision_id"]: row for row in await listed(house)}
    assert rows.keys() == {answer["decision_id"] for answer in held.values()}
    for answer in held.values():
        missing = set(rows[answer["decision_id"]]["missing"].split())
        assert missing == set(answer["missing"]) == MISSING

    await act(house, "return", first, "--reason", "which case is it for?")
    asked = (await agency_of(agencies, first).answers(first["request_id"], 2))[-1]
    assert (asked["kind"], asked["verdict"]) == ("review", "hold")
    assert "which case is it for?" in asked["explanation"]

    await act(house, "deny", second, "--reason", "no need was shown")
    denied = (await agency_of(agencies, second).answers(second["request_id"], 2))[-1]
    assert codes(denied)[-1] == ReasonCode.REVIEW_DENIED

    withdrawn = agency_of(agencies, third)
    await withdrawn.call("POST", f"/v1/requests/{third['request_id']}/withdrawal")
    assert codes((await withdrawn.answers(third["request_id"], 2))[-1])[-1] == ReasonCode.WITHDRAWN

    # Completed with a word that somebody has to read, and then approved by a reviewer.
    completed = agency_of(agencies, fourth)
    supplement = {
        "kind": "standing_share",
        "initiated_by": "recipient",
        "data_types": ["plate_read"],
        "requested_by": {"user": "det.smith", "organisation": ""},
        "purpose_code": "criminal_investigation",
        "reason_text": "homicide on Ice House Road",
        "case_number": "26-0142",
    }
    path = f"/v1/requests/{fourth['request_id']}/supplement"
    status, told = await completed.call("POST", path, supplement)
    assert status == HTTPStatus.ACCEPTED, told
    again = (await completed.answers(fourth["request_id"], 2))[-1]
    assert (again["verdict"], codes(again)) == ("hold", [ReasonCode.REASON_NEEDS_REVIEW]), again
    await act(house, "approve", again, "--clears", "REASON_NEEDS_REVIEW", "--reason", "a street")
    approved = (await completed.answers(fourth["request_id"], 3))[-1]
    assert approved["verdict"] == "forward", approved
    assert [row["decision_id"] for row in await listed(house)] == [first["decision_id"]]


def codes(answer: Json) -> list[str]:
    return [reason["code"] for reason in answer["reasons"]]


def agency_of(agencies: dict[EntityId, Agency], answer: Json) -> Agency:
    return agencies[EntityId(answer["authenticated_as"])]


async def review(house: Gatehouse, *words: str) -> Ended:
    return await asyncio.to_thread(gate_on(house.settings), "review", *words)


async def listed(house: Gatehouse) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (await review(house, "list", "--json")).output.splitlines()]


async def act(house: Gatehouse, what: str, answer: Json, *words: str) -> None:
    key = str(house.folder / "castro.key")
    ended = await review(house, what, answer["decision_id"], "--key", key, "--timeout", "30", *words)
    assert ended.exit_code == 0, ended
