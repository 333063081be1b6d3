"""What every test may ask for: a real Kafka, settings of its own, real data, Debian's programs."""

import os
import re
import secrets
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Protocol

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from streams.kafka.embedded import EmbeddedKafka
from streams.settings import Settings
from tests.gatehouse import Gatehouse, gatehouse
from tests.programs import program_path

PROJECT = Path(__file__).parent.parent

hypothesis_settings.register_profile(
    "alpr-gate", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
hypothesis_settings.load_profile("alpr-gate")


class Broker(Protocol):
    """A Kafka that can be reached."""

    @property
    def bootstrap_servers(self) -> str: ...


class GivenBroker:
    """The broker that KAFKA_BOOTSTRAP_SERVERS names."""

    def __init__(self, bootstrap_servers: str) -> None:
        self.bootstrap_servers = bootstrap_servers


@pytest.fixture(scope="session")
def kafka() -> Iterator[Broker]:
    """One real broker for the whole run, started when the first test asks for it. Never kill it."""
    given = os.environ.get("KAFKA_BOOTSTRAP_SERVERS")
    if given:
        yield GivenBroker(given)
        return
    with EmbeddedKafka() as broker:
        yield broker


@pytest.fixture
def own_kafka() -> Iterator[EmbeddedKafka]:
    """A real broker for one test alone, which may kill and restart it."""
    with EmbeddedKafka() as broker:
        yield broker


@pytest.fixture
def settings(kafka: Broker, request: pytest.FixtureRequest) -> Settings:
    """Settings with topics and a group that no other test uses, on the session's broker."""
    test = re.sub(r"[^a-z0-9]+", "-", request.node.name.lower()).strip("-")[:40]
    unique = f"{test}-{secrets.token_hex(4)}"
    return Settings(
        app_id=unique,
        topic_prefix=f"{unique}.",
        bootstrap_servers=kafka.bootstrap_servers,
        web_port=0,
        partitions=2,
        # Most tests are about other things than signatures; `tests.gatehouse.signed` takes it back.
        unsigned_books=True,
    )


@pytest.fixture
async def house(settings: Settings, tmp_path: Path) -> AsyncIterator[Gatehouse]:
    """A gate with filled books on the session's broker; its workers end with the test."""
    async with gatehouse(settings, tmp_path) as house:
        yield house


@pytest.fixture
def in_los_angeles(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A machine whose own zone is not UTC, as most are where nobody thought of it."""
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "PST8PDT,M3.2.0,M11.1.0")
        time.tzset()
        yield
    time.tzset()


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real inputs, from ALPR_REAL_DATA."""
    folder = Path(os.environ.get("ALPR_REAL_DATA", PROJECT / ".." / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"there is no folder `{folder}`; name one in ALPR_REAL_DATA")
    return folder


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip, or fail where REQUIRE_SERVICES=1, a test marked `services("program", …)` without its programs."""
    for mark in item.iter_markers("services"):
        missing = [program for program in mark.args if program_path(program) is None]
        if not missing:
            continue
        reason = f"not installed: {', '.join(missing)}"
        if os.environ.get("REQUIRE_SERVICES") == "1":
            pytest.fail(f"{reason}, and REQUIRE_SERVICES=1", pytrace=False)
        pytest.skip(reason)
