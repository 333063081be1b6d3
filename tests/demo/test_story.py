from dataclasses import replace

import pytest

from streams.books.loader import read_books
from streams.clock import SystemClock
from streams.codecs.keyring import KEY_BYTES, new_keyring
from streams.demo.material import simulated_day
from streams.demo.story import fill_books
from streams.kafka.admin import ensure_topics
from streams.settings import Settings
from streams.topics import Topics

pytestmark = pytest.mark.kafka
MATERIAL = simulated_day(new_keyring(bytes(range(2 * KEY_BYTES))), SystemClock().now(), 1)


async def test_the_books_are_filled_and_the_unlawful_agreement_is_refused(settings: Settings) -> None:
    await ensure_topics(settings.bootstrap_servers, Topics.of(settings).fixed(), 1)
    told: list[str] = []
    await fill_books(settings, SystemClock(), MATERIAL, told.append)
    books = await read_books(settings)
    assert set(books.agreements()) == set(MATERIAL.agreements)
    assert len(tuple(books.entities())) == len(MATERIAL.entities)
    assert told[0].endswith(f"revision {books.revision}")
    refused = MATERIAL.unlawful[0].agreement_id
    assert told[1:] == [told[1]]
    assert f"`agreement/{refused}` is refused" in told[1]


async def test_without_an_unlawful_agreement_nothing_is_told_of_one(settings: Settings) -> None:
    await ensure_topics(settings.bootstrap_servers, Topics.of(settings).fixed(), 1)
    told: list[str] = []
    await fill_books(settings, SystemClock(), replace(MATERIAL, unlawful=()), told.append)
    assert len(told) == 1
