import asyncio
from pathlib import Path

import orjson
import pytest

from streams.books.custodian import Author, change_books
from streams.books.plan import planned_policy, planned_revocation
from streams.clock import SystemClock
from streams.codecs.ledger_record import encode_ledger_record
from streams.examples import example_path
from streams.settings import Settings
from tests.books.samples import policy
from tests.cli.books_runner import Gate, gate_after, gate_on
from tests.gatehouse import Gatehouse

TEXT = str(example_path("policy_text.yaml"))
FILES = (
    "index.html", "publication.json", "recipients.csv", "processors.csv", "requests.csv", "disclosures.csv",
)  # fmt: skip


@pytest.fixture
async def gate(house: Gatehouse) -> Gate:
    """The commands on a Kafka where a gate has decided 60 requests and ended."""
    return await gate_after(house, (each.request for each in house.day().requests(60)))


def published(gate: Gate, folder: Path, *options: str) -> dict[str, bytes]:
    ended = gate("publish", str(folder), "--policy-text", TEXT, *options)
    assert (ended.error, ended.exit_code) == ("", 0)
    return {name: (folder / name).read_bytes() for name in FILES}


@pytest.mark.kafka
async def test_what_is_published_follows_from_the_topics_alone(
    house: Gatehouse, gate: Gate, tmp_path: Path
) -> None:
    first = await asyncio.to_thread(published, gate, tmp_path / "one")
    plain = orjson.loads(first["publication.json"])
    ledger = await house.ledger()
    assert plain["as_of"] == max(one.decided_at for one in ledger).isoformat()
    heads = [[one for one in ledger if one.partition == number][-1] for number in range(2)]
    assert [each["hash"] for each in plain["ledger_heads"]] == [head.hash.hex() for head in heads]
    assert {each["entity_id"] for each in plain["recipients"] if each["shared_now"]}
    # What comes later does not change what was: the same instant gives the same bytes.
    region = house.region
    await house.change(planned_revocation(next(iter(region.agreements())).agreement_id))
    again = await asyncio.to_thread(published, gate, tmp_path / "two", "--as-of", plain["as_of"])
    assert again == first
    now = await asyncio.to_thread(published, gate, tmp_path / "three")
    assert now["recipients.csv"] != first["recipients.csv"]


@pytest.mark.kafka
async def test_searches_of_partners_are_compared_with_the_books_of_their_moment(
    gate: Gate, tmp_path: Path
) -> None:
    searches = tmp_path / "searches.csv"
    searches.write_text("organisation,at\nA,2020-01-02T00:00:00Z\nB,2020-05-02T00:00:00Z\n", encoding="utf-8")
    files = await asyncio.to_thread(published, gate, tmp_path / "out", "--partner-searches", str(searches))
    assert orjson.loads(files["publication.json"])["partner_searches"] == [
        {"quarter": "2020 Q2", "searches": 1, "unexplained": 1},
        {"quarter": "2020 Q1", "searches": 1, "unexplained": 1},
    ]
    searches.write_text("organisation,at\nA,yesterday\n", encoding="utf-8")
    ended = gate("publish", str(tmp_path / "no"), "--policy-text", TEXT, "--partner-searches", str(searches))
    assert (ended.exit_code, "searches.csv:2: at:" in ended.error) == (2, True)


@pytest.mark.kafka
async def test_nothing_is_published_of_a_ledger_that_does_not_verify(
    house: Gatehouse, gate: Gate, tmp_path: Path
) -> None:
    last = (await house.ledger())[-1]
    await house.put(house.topics.decisions.name, encode_ledger_record(last), last.partition)
    ended = await asyncio.to_thread(gate, "publish", str(tmp_path / "out"), "--policy-text", TEXT)
    assert ended.exit_code == 4
    assert not (tmp_path / "out").exists()


@pytest.mark.kafka
async def test_before_there_is_a_ledger_it_says_so(settings: Settings, tmp_path: Path) -> None:
    await change_books(settings, SystemClock(), planned_policy(policy()), Author(by="a custodian", reason=""))
    gate = gate_on(settings)
    ended = await asyncio.to_thread(gate, "publish", str(tmp_path / "out"), "--policy-text", TEXT)
    assert (ended.exit_code, "there is no ledger on this Kafka yet" in ended.error) == (2, True)


def test_while_a_section_is_missing_nothing_is_published(tmp_path: Path) -> None:
    text = tmp_path / "text.yaml"
    text.write_text(
        Path(TEXT).read_text(encoding="utf-8").replace("training:", "trainings:"), encoding="utf-8"
    )
    offline = gate_on(Settings(bootstrap_servers="127.0.0.1:1", unsigned_books=True))
    ended = offline("publish", str(tmp_path / "out"), "--policy-text", str(text))
    assert ended.exit_code == 2
    assert not (tmp_path / "out").exists()


def test_an_instant_to_come_is_refused(tmp_path: Path) -> None:
    offline = gate_on(Settings(bootstrap_servers="127.0.0.1:1", unsigned_books=True))
    year = SystemClock().now().year + 1
    ended = offline("publish", str(tmp_path / "out"), "--policy-text", TEXT, "--as-of", f"{year}-01-01")
    assert (ended.exit_code, "expected an instant that is past" in ended.error) == (2, True)
