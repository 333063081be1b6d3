"""`alpr-gate queries`: exports of searches screened, and sent once however often they are imported."""

import asyncio
import json
from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer
from click.testing import CliRunner, Result

from streams.cli.queries import queries
from streams.codecs.query_event import decode_query_event
from streams.errors import InputError
from streams.policy.query_event import QueryEvent, query_digest
from streams.settings import Settings
from streams.topics import Topics
from tests.adapters.queries.samples import (
    AGENCY,
    NETWORK_HEADS,
    NETWORK_ROW,
    ORGANISATION_HEADS,
    ORGANISATION_ROW,
    PORTAL_HEADS,
    PORTAL_ROW,
    changed,
    written,
)

FORM = ("--format", "flock-organization-audit")
PLATE, OFFICER = "7QZX987", "Q. Officer"
# Something is found about it, and both secrets stand in many places.
SEARCH = changed(
    ORGANISATION_HEADS, ORGANISATION_ROW, name=OFFICER, license_plate=PLATE, case_number=PLATE,
    reason=f"ICE {PLATE} {OFFICER}", total_networks_searched="6709",
)  # fmt: skip
SHIFTED = (OFFICER, PLATE)
USERS = """
users:
  - {user_id: A. Officer, entity_id: us-ca-lapd, status: suspended}
"""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(data: bytes, *arguments: str) -> Result:
    Path("audit.csv").write_bytes(data)
    return CliRunner().invoke(queries, (arguments[0], "audit.csv", *arguments[1:]))


def counted(result: Result) -> dict[tuple[str, str], int]:
    found = json.loads(result.stdout)["findings"]
    return {(one["code"], one["field"]): one["searches"] for one in found}


@pytest.mark.usefixtures("here")
def test_it_tells_what_is_found_and_shows_neither_plate_nor_user() -> None:
    result = run(written(ORGANISATION_HEADS, SEARCH, SHIFTED), "screen", *FORM)
    assert "2 rows: 1 searches, 1 rejected" in result.stdout
    for told in (
        "REASON_NEEDS_REVIEW",
        "more than 700 networks",
        "a plate stands where",
        "expected 14 cells",
    ):
        assert told in result.stdout
    assert PLATE not in result.output
    assert OFFICER not in result.output
    assert isinstance(result.exception, InputError)
    assert str(result.exception) == "1 of 2 rows could not be read; the report names each"


@pytest.mark.usefixtures("here")
def test_json_has_every_count_and_every_reject() -> None:
    data = written(ORGANISATION_HEADS, SEARCH, SEARCH, ORGANISATION_ROW, SHIFTED, *[("",)] * 20)
    told = json.loads(run(data, "screen", *FORM, "--json").stdout)
    assert (told["rows"], told["searches"], told["told_again"], told["found_in"]) == (24, 3, 2, 2)
    assert len(told["rejected"]) == 21
    assert told["rejected"][0] == {
        "line": 8,
        "reason": "cells",
        "message": "expected 14 cells, one per column, got 2",
    }
    assert told["reasons"] == {"different": 2, "commonest": 2}


@pytest.mark.usefixtures("here")
def test_rows_of_blanks_and_headers_lose_nothing_and_are_no_error() -> None:
    result = run(written(ORGANISATION_HEADS, (), ORGANISATION_HEADS), "screen", *FORM)
    assert result.exit_code == 0
    assert "2 rows: 0 searches, 2 rejected" in result.stdout


@pytest.mark.usefixtures("here")
def test_own_users_are_checked_when_they_are_given() -> None:
    data = written(ORGANISATION_HEADS, changed(ORGANISATION_HEADS, ORGANISATION_ROW, org_name="us-ca-lapd"))
    unchecked = run(data, "screen", *FORM, "--json")
    assert ("USER_NOT_AUTHORISED", "user") not in counted(unchecked)
    assert "no --users given" in unchecked.stderr
    Path("users.yaml").write_text(USERS, encoding="utf-8")
    assert (
        counted(run(data, "screen", *FORM, "--json", "--users", "users.yaml"))["USER_NOT_AUTHORISED", "user"]
        == 1
    )


@pytest.mark.usefixtures("here")
def test_a_portal_needs_to_be_told_whose_it_is_and_is_no_access_record() -> None:
    data = written(PORTAL_HEADS, PORTAL_ROW)
    without = run(data, "screen", "--format", "flock-portal")
    assert str(without.exception) == "audit.csv:1: no column says whose searches these are; name it with --of"
    told = counted(run(data, "screen", "--format", "flock-portal", "--of", AGENCY, "--json"))
    assert told == {("ACCESS_RECORD_INCOMPLETE", "plate,user"): 1}


@pytest.mark.kafka
@pytest.mark.usefixtures("here")
async def test_what_is_imported_twice_has_the_same_ids_and_the_same_content(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", settings.bootstrap_servers)
    monkeypatch.setenv("ALPR_GATE_TOPIC_PREFIX", settings.topic_prefix)
    monkeypatch.setenv("ALPR_GATE_PARTITIONS", str(settings.partitions))
    rows = [ORGANISATION_ROW, changed(ORGANISATION_HEADS, ORGANISATION_ROW, id=NETWORK_ROW[0])]
    data = written(ORGANISATION_HEADS, *rows)
    for _ in range(2):
        result = await asyncio.to_thread(run, data, "import", *FORM)
        assert result.exit_code == 0, result.exception
        assert "2 searches sent to" in result.stdout
    network = written(NETWORK_HEADS, NETWORK_ROW)
    result = await asyncio.to_thread(run, network, "import", "--format", "flock-network-audit")
    assert result.exit_code == 0, result.exception
    events = await arrived(settings, 5)
    assert len({event.query_id for event in events}) == 2
    assert len({query_digest(event) for event in events}) == 3


async def arrived(settings: Settings, count: int) -> list[QueryEvent]:
    """Wait for so many searches on the topic."""
    consumer = AIOKafkaConsumer(
        Topics.of(settings).queries.name,
        bootstrap_servers=settings.servers,
        auto_offset_reset="earliest",
        enable_auto_commit=False,
    )
    await consumer.start()
    try:
        async with asyncio.timeout(30):
            return [decode_query_event((await consumer.getone()).value) for _ in range(count)]
    finally:
        await consumer.stop()
