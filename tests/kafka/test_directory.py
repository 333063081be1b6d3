from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from streams.clock import ManualClock
from streams.errors import UnavailableError
from streams.kafka.admin import ensure_topics
from streams.kafka.directory import TopicDirectory
from streams.policy.vocabulary import EntityId
from streams.settings import Settings
from streams.topics import Topics, TopicSpec

pytestmark = pytest.mark.kafka


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(datetime(2026, 1, 2, tzinfo=UTC))


@pytest.fixture
async def directory(settings: Settings, clock: ManualClock) -> AsyncIterator[TopicDirectory]:
    async with TopicDirectory(settings, clock) as directory:
        yield directory


@pytest.fixture
def out(settings: Settings) -> TopicSpec:
    return Topics.of(settings).out(EntityId("pasadena-pd"))


async def made(settings: Settings, spec: TopicSpec) -> None:
    await ensure_topics(settings.bootstrap_servers, [spec], 1)


async def test_a_topic_that_exists_is_not_missing(
    settings: Settings, directory: TopicDirectory, out: TopicSpec
) -> None:
    await made(settings, out)
    assert await directory.missing(frozenset({out.name})) == frozenset()


async def test_only_what_is_missing_is_named(
    settings: Settings, directory: TopicDirectory, out: TopicSpec
) -> None:
    await made(settings, out)
    assert await directory.missing(frozenset({out.name, "nobody's"})) == {"nobody's"}


async def test_a_missing_topic_is_asked_for_again_after_a_second_and_not_before(
    settings: Settings, clock: ManualClock, directory: TopicDirectory, out: TopicSpec
) -> None:
    assert await directory.missing(frozenset({out.name})) == {out.name}
    await made(settings, out)
    assert await directory.missing(frozenset({out.name})) == {out.name}
    clock.advance(timedelta(seconds=1))
    assert await directory.missing(frozenset({out.name})) == frozenset()


async def test_a_topic_never_asked_for_does_not_wait_for_another_that_is_missing(
    settings: Settings, directory: TopicDirectory, out: TopicSpec
) -> None:
    assert await directory.missing(frozenset({"nobody's"})) == {"nobody's"}
    await made(settings, out)
    assert await directory.missing(frozenset({out.name})) == frozenset()


async def test_without_a_broker_it_cannot_open(clock: ManualClock) -> None:
    with pytest.raises(UnavailableError, match="could not reach the broker"):
        async with TopicDirectory(Settings(bootstrap_servers="127.0.0.1:1"), clock):
            pass
