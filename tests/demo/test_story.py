from dataclasses import replace
from pathlib import Path

import pytest

from streams.books.loader import read_books
from streams.clock import SystemClock
from streams.codecs.keyring import KEY_BYTES, new_keyring
from streams.demo.material import simulated_day
from streams.demo.people import people_in
from streams.demo.playground import Playground
from streams.demo.story import fill_books
from streams.kafka.admin import ensure_topics
from streams.settings import Settings
from streams.topics import Topics

pytestmark = pytest.mark.kafka
MATERIAL = simulated_day(new_keyring(bytes(range(2 * KEY_BYTES))), SystemClock().now(), 1)


@pytest.fixture
def ground(settings: Settings, tmp_path: Path) -> Playground:
    people = people_in(tmp_path)
    signed = settings.model_copy(update={**people.settings, "unsigned_books": False})
    return Playground(settings=signed, log=tmp_path / "log", people=people)


async def test_the_books_are_filled_by_two_and_the_unlawful_agreement_is_refused(ground: Playground) -> None:
    settings = ground.settings
    await ensure_topics(settings.bootstrap_servers, Topics.of(settings).fixed(), 1)
    told: list[str] = []
    await fill_books(ground, SystemClock(), MATERIAL, told.append)
    books = await read_books(settings)
    assert set(books.agreements()) == set(MATERIAL.agreements)
    assert len(tuple(books.entities())) == len(MATERIAL.entities)
    assert told[0].endswith(f"revision {books.revision}")
    refused = MATERIAL.unlawful[0].agreement_id
    assert told[1] == "each of it was proposed by castro and approved by clerk, signed"
    assert told[2:] == [told[2]]
    assert f"`agreement/{refused}` is refused" in told[2]


async def test_without_an_unlawful_agreement_nothing_is_told_of_one(ground: Playground) -> None:
    settings = ground.settings
    await ensure_topics(settings.bootstrap_servers, Topics.of(settings).fixed(), 1)
    told: list[str] = []
    await fill_books(ground, SystemClock(), replace(MATERIAL, unlawful=()), told.append)
    assert len(told) == 2
