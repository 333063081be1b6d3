"""`alpr-gate drift` beside books of files, and on a real broker with a record of what was open before."""

import asyncio
import csv
import io
import signal
import sys
from functools import partial
from pathlib import Path

import aiohttp
import orjson
import pytest

from streams.adapters.share_record import open_record, read_record
from streams.adapters.vendor_source import VendorText
from streams.adapters.vendor_word import Statement, take_in
from streams.books.custodian import Author, change_books
from streams.books.loader import read_index
from streams.books.plan import planned_agreements, planned_entities, planned_policy, planned_revocation
from streams.cli import INTERRUPTED
from streams.clock import SystemClock
from streams.codecs.files import read_agreements, read_policy, read_registry
from streams.errors import DriftError, FencedError
from streams.examples import example_path, read_example
from streams.policy.closure import ClosureHow
from streams.policy.share_memory import ShareMemory
from streams.policy.vocabulary import AgreementId
from streams.settings import Settings
from tests.cli.books_runner import Ended, Gate, gate_on
from tests.interruptible import interruptible
from tests.workers import eventually

PORTAL = "src_agency,external_agency\nOurs,Albany CA PD\nOurs,FBI\nOurs,Burbank CA PD\nOurs,=Nobody\n"
NETWORKS = (
    "recipient,network,scopes\nBurbank CA PD,Harbour,Search\nBurbank CA PD,Garage,Search; VMS Download\n"
)
LOG = (
    "Timestamp,User,Event Type,Entity Type,Entity Details,Event Id\n"
    '2026-01-02T00:00:00Z,J Doe,create,networkShare,"Network Name: Harbour, Permissions: Search, '
    'Receiving Organization: Burbank CA PD",1\n'
    '2026-02-02T00:00:00Z,J Doe,delete,networkShare,"Network Name: Harbour, Permissions: Search, '
    'Receiving Organization: Burbank CA PD",2\n'
    '2026-03-02T00:00:00Z,J Doe,update,networkShareSettings,"Statewide Lookup: on",3\n'
)
BOOKS = (
    *("--registry", str(example_path("registry.yaml"))),
    *("--agreements", str(example_path("agreements.yaml"))),
    *("--policy", str(example_path("policy.yaml"))),
)
AUTHOR = Author(by="a custodian", reason="a test")


@pytest.fixture
def offline() -> Gate:
    return gate_on(Settings(bootstrap_servers="127.0.0.1:1", unsigned_books=True))


def compared(gate: Gate, folder: Path, text: str, *options: str) -> Ended:
    (folder / "list.csv").write_text(text, encoding="utf-8")
    return gate("drift", "--vendor-list", str(folder / "list.csv"), *options)


def test_it_tells_in_words_what_is_open_without_an_agreement_and_exits_with_6(
    offline: Gate, tmp_path: Path
) -> None:
    ended = compared(offline, tmp_path, PORTAL, *BOOKS)
    assert (ended.exit_code, ended.error) == (
        DriftError.exit_code,
        "3 to look at: what is open at a vendor's is closed there",
    )
    lines = ended.output.splitlines()
    assert lines[0] == "4 recipients have 4 shares open"
    assert lines[1] == "      1 with a federal agency: close it now"
    assert "      1 without an agreement: close it, or conclude one" in lines
    assert "Burbank" not in ended.output
    # What the list does not state is no column.
    assert "not stated" not in ended.output


def test_what_an_agreement_gives_is_in_order_and_exits_with_0(offline: Gate, tmp_path: Path) -> None:
    ended = compared(offline, tmp_path, "recipient\nBurbank CA PD\n", *BOOKS)
    assert (ended.exit_code, ended.error) == (0, "")
    assert "an agreement in force gives each of them" in ended.output


def test_csv_has_a_row_for_each_finding_and_no_formula(offline: Gate, tmp_path: Path) -> None:
    compared(offline, tmp_path, PORTAL, *BOOKS, "--csv", str(tmp_path / "drift.csv"))
    rows = list(csv.DictReader(io.StringIO((tmp_path / "drift.csv").read_text(encoding="utf-8"))))
    assert {row["recipient"]: (row["code"], row["tier"], row["severity"]) for row in rows} == {
        "Albany CA PD": ("NO_AGREEMENT", "agreement", "high"),
        "FBI": ("RECIPIENT_FEDERAL", "statute", "critical"),
        "'=Nobody": ("RECIPIENT_UNRESOLVED", "statute", "high"),
    }
    assert all(row["clause"] and row["message"] for row in rows)


def test_json_names_one_network_of_many(offline: Gate, tmp_path: Path) -> None:
    report = orjson.loads(compared(offline, tmp_path, NETWORKS, *BOOKS, "--json").output)
    found = [(one["recipient"], one["network"], one["scopes"], one["code"]) for one in report["findings"]]
    assert found == [("Burbank CA PD", "Garage", ["vms_download"], "SCOPE_NOT_COVERED")]


def test_a_log_says_what_is_open_and_its_settings_are_told(offline: Gate, tmp_path: Path) -> None:
    (tmp_path / "log.csv").write_text(LOG, encoding="utf-8")
    ended = offline("drift", "--event-log", str(tmp_path / "log.csv"), *BOOKS)
    assert ended.output.startswith("0 recipients have 0 shares open")
    assert ended.exit_code == DriftError.exit_code
    both = compared(offline, tmp_path, NETWORKS, "--event-log", str(tmp_path / "log.csv"), *BOOKS, "--json")
    report = orjson.loads(both.output)
    assert {one["code"] for one in report["findings"]} == {"SCOPE_NOT_COVERED", "SHARE_CAME_BACK"}
    assert [row["where"] for row in report["unread_rows"]] == ["log.csv:4"]
    assert "J Doe" not in both.output + both.error


@pytest.mark.parametrize(
    ("text", "options", "why"),
    [
        ("recipient\n", BOOKS, "list.csv: lists nobody"),
        (PORTAL + "Theirs,X\n", BOOKS, "has the lists of 2 agencies; say with --of"),
        (PORTAL, (*BOOKS, "--record"), "--record is for the books on Kafka"),
        (PORTAL, ("--vendor", "a b", *BOOKS), "use at most 100 letters"),
    ],
)
def test_what_cannot_be_compared_is_said_with_exit_code_2(
    text: str, options: tuple[str, ...], why: str, offline: Gate, tmp_path: Path
) -> None:
    ended = compared(offline, tmp_path, text, *options)
    assert ended.exit_code == 2
    assert why in ended.error


async def test_a_watch_compares_again_outlives_a_list_that_cannot_be_read_and_serves_what_it_found(
    tmp_path: Path,
) -> None:
    listed = tmp_path / "list.csv"
    listed.write_text(PORTAL, encoding="utf-8")
    watch = await asyncio.create_subprocess_exec(
        *interruptible(sys.executable, "-m", "streams", "drift", "--vendor-list", str(listed), *BOOKS),
        *("--every", "1", "--metrics-port", "0", "--json"),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    assert watch.stdout is not None
    assert watch.stderr is not None
    address = (await watch.stderr.readline()).decode().split()[-1]
    async with aiohttp.ClientSession() as session:

        async def found() -> set[str]:
            async with session.get(f"http://{address}/metrics") as response:
                lines = (await response.text()).splitlines()
            return {
                line for line in lines if line.startswith("alpr_gate_drift") and not line.endswith(" 0.0")
            }

        async def says(reason: str) -> bool:
            return f'alpr_gate_drift_findings_open{{reason="{reason}"}} 1.0' in await found()

        await eventually(partial(says, "RECIPIENT_FEDERAL"))
        listed.write_text("recipient\n", encoding="utf-8")
        assert b"list.csv: lists nobody" in await watch.stderr.readline()
        before = await found()
        listed.write_text("recipient\nStatewide Lookup\n", encoding="utf-8")
        await eventually(partial(says, "RECIPIENT_NONSPECIFIC"))
        assert not before & await found()
    watch.send_signal(signal.SIGINT)
    await watch.communicate()
    assert watch.returncode == INTERRUPTED


async def put_example_books(settings: Settings) -> None:
    registry = read_registry(read_example("registry.yaml"), "registry.yaml")
    agreements = read_agreements(read_example("agreements.yaml"), "agreements.yaml")
    policy = read_policy(read_example("policy.yaml"), "policy.yaml")
    lawful = [one for one in agreements if one.entity_id == "us-ca-burbank-pd"]
    for planner in (planned_policy(policy), planned_entities(registry), planned_agreements(lawful)):
        await change_books(settings, SystemClock(), planner, AUTHOR)


@pytest.mark.kafka
async def test_what_was_open_is_remembered_comes_back_and_closes_its_task(
    settings: Settings, tmp_path: Path
) -> None:
    await put_example_books(settings)
    gate = gate_on(settings)
    with_burbank = "recipient,network,scopes\nBurbank CA PD,Harbour,Search\nNobody,Harbour,Search\n"
    without = "recipient,network,scopes\nNobody,Harbour,Search\n"

    async def run(text: str) -> list[tuple[str, str]]:
        ended = await asyncio.to_thread(compared, gate, tmp_path, text, "--record", "--json")
        assert ended.exit_code in {0, DriftError.exit_code}, ended.error
        return [(one["recipient"], one["code"]) for one in orjson.loads(ended.output)["findings"]]

    nobody = ("Nobody", "RECIPIENT_UNRESOLVED")
    assert await run(with_burbank) == [nobody]
    assert await run(without) == [nobody]
    assert await run(with_burbank) == [("Burbank CA PD", "SHARE_CAME_BACK"), nobody]
    again = await read_record(settings)
    assert await run(with_burbank) == [("Burbank CA PD", "SHARE_CAME_BACK"), nobody]
    # What has not changed is not recorded once more.
    assert list((await read_record(settings)).memory.shares()) == list(again.memory.shares())

    revoked = planned_revocation(AgreementId("ex-burbank-pd"))
    await change_books(settings, SystemClock(), revoked, AUTHOR)
    assert ("Burbank CA PD", "AGREEMENT_REVOKED") in await run(with_burbank)
    told = await asyncio.to_thread(gate, "tasks", "confirm-removed", "--by", "tester")
    assert (told.exit_code, "0 changed" in told.output) == (0, True)
    assert await run(without) == [nobody]
    looked = await asyncio.to_thread(gate, "drift")
    assert "`agreement/ex-burbank-pd` is closed at the vendor's since" in looked.output
    told = await asyncio.to_thread(gate, "tasks", "confirm-removed", "--by", "tester")
    assert told.exit_code == 0, told.error
    closure = (await read_index(settings)).books.closures.get("agreement/ex-burbank-pd")
    assert closure is not None
    assert (closure.how, closure.by) == (ClosureHow.DRIFT, "tester")
    assert f"{settings.topic_prefix}alpr.share-changes: removed " in closure.reference
    assert "no open tasks" in (await asyncio.to_thread(gate, "tasks", "list")).output


@pytest.mark.kafka
async def test_a_burst_of_211_removals_is_recorded_in_one_go(settings: Settings, tmp_path: Path) -> None:
    await put_example_books(settings)
    gate = gate_on(settings)
    rows = [f"Agency {number} CA PD,Network {number % 7},Search" for number in range(300)]
    for kept in (rows, rows[211:]):
        text = "\n".join(("recipient,network,scopes", *kept))
        await asyncio.to_thread(compared, gate, tmp_path, text, "--record")
    shares = list((await read_record(settings)).memory.shares())
    assert len([one for one in shares if one.is_open]) == 89
    gone = [one for one in shares if not one.is_open]
    assert len(gone) == 211
    assert len({one.removed_at for one in gone}) == 1


@pytest.mark.kafka
async def test_of_two_who_record_at_once_the_first_is_shut_out_and_writes_nothing(settings: Settings) -> None:
    listed = VendorText(text="recipient\nFBI\n", name="list.csv")
    word = take_in(Statement(vendor="portal", listed=listed), ShareMemory(), SystemClock().now())

    async def late() -> None:
        async with open_record(settings) as first, open_record(settings):
            await first.add(word.changes)

    with pytest.raises(FencedError):
        await late()
    assert list((await read_record(settings)).memory.shares()) == []
