"""What a change would have made of requests that were asked: from a file, and from a gate's own topics."""

import asyncio
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
import pytest

from streams.cli.books_output import plain
from streams.codecs.request_json import request_to_json
from streams.policy.agreement import Agreement
from streams.policy.vocabulary import AgreementStatus, ReasonCode, RecordKind, Verdict
from streams.rehearsal import recorded
from streams.settings import Settings
from streams.simulators.agencies import Condition, Region, simulated_region
from streams.simulators.traffic import Day
from tests.cli.books_runner import Ended, Gate, gate_after, gate_on
from tests.gate.bench import KEYRING
from tests.gatehouse import Gatehouse, Raw
from tests.policy.building import NOW

REGION = simulated_region(1, NOW)
REQUESTS = [each.request for each in Day(REGION, KEYRING, NOW).requests(150)]
UNLAWFUL = {
    neighbour.agreement
    for condition in (Condition.NO_CLAUSE, Condition.REVIEW_OVERDUE)
    for neighbour in REGION.neighbours[condition]
}


def first_in_force(region: Region = REGION) -> Agreement:
    agreement = region.neighbours[Condition.IN_FORCE][0].agreement
    assert agreement is not None
    return agreement


def written(path: Path, **content: object) -> Path:
    path.write_bytes(orjson.dumps({key: plain(value) for key, value in content.items()}))
    return path


def revocation(folder: Path, region: Region = REGION) -> Path:
    known = first_in_force(region)
    revoked = replace(known, version=known.version + 1, status=AgreementStatus.REVOKED)
    return written(folder / "revoked.yaml", agreements=(revoked,))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with books and requests."""
    (tmp_path / "policy.yaml").write_bytes(orjson.dumps(plain(REGION.policy)))
    written(tmp_path / "registry.yaml", entities=tuple(REGION.entities()))
    written(tmp_path / "users.yaml", users=REGION.users)
    lawful = tuple(one for one in REGION.agreements() if one not in UNLAWFUL)
    written(tmp_path / "agreements.yaml", agreements=lawful)
    (tmp_path / "requests.jsonl").write_bytes(b"\n".join(map(request_to_json, REQUESTS)) + b"\n\n")
    return tmp_path


def backtest(folder: Path, *options: object) -> Ended:
    arguments = ("backtest", folder / "requests.jsonl", "--against", folder, *options)
    return gate_on(Settings())(*map(str, arguments))


def test_a_revocation_blocks_what_was_forwarded_under_it_and_nothing_else(folder: Path) -> None:
    told = backtest(folder, "--agreements", revocation(folder), "--json")
    assert told.exit_code == 5
    assert "decisions would change" in told.error
    found: dict[str, Any] = json.loads(told.output)
    assert found["replayed"] == len(REQUESTS)
    assert {change["entity_id"] for change in found["changes"]} == {first_in_force().entity_id}
    forwards = [one for one in found["changes"] if one["before"]["verdict"] == "forward"]
    assert {one["after"]["leading_reason"] for one in forwards} == {"AGREEMENT_REVOKED"}
    assert sum(one["requests"] for one in found["changes"]) == found["changed"] > 0
    assert found["by"]["agency"] == {first_in_force().entity_id: found["changed"]}
    assert sum(found["by"]["purpose"].values()) == sum(found["by"]["reason"].values()) == found["changed"]


def test_the_table_has_no_plate_no_person_and_no_bar(folder: Path) -> None:
    told = backtest(folder, "--agreements", revocation(folder))
    assert told.output.endswith(" 0 of them to forward\n")
    assert "block AGREEMENT_REVOKED" in told.output
    assert "replaying" not in told.output + told.error
    personal = {str(request.selector.plate) for request in REQUESTS if request.selector.plate}
    personal |= {request.requested_by.user for request in REQUESTS if request.requested_by.user.strip()}
    assert [word for word in personal if word in told.output] == []


def test_a_change_of_nothing_changes_nothing(folder: Path) -> None:
    told = backtest(folder, "--policy", folder / "policy.yaml", "--registry", folder / "registry.yaml")
    assert (told.exit_code, told.error) == (0, "")
    assert told.output == "150 requests replayed, 0 decisions change, 0 of them to forward\n"


def test_only_what_widens_fails_if_that_is_asked_for(folder: Path) -> None:
    narrower = revocation(folder)
    assert backtest(folder, "--agreements", narrower, "--fail-on", "wider").exit_code == 0
    assert backtest(folder, "--agreements", narrower, "--fail-on", "nothing").exit_code == 0
    suspended = REGION.neighbours[Condition.SUSPENDED][0].agreement
    assert suspended is not None
    lifted = replace(suspended, version=suspended.version + 1, status=AgreementStatus.ACTIVE)
    wider = written(folder / "wider.yaml", agreements=(lifted,))
    told = backtest(folder, "--agreements", wider, "--fail-on", "wider", "--json")
    assert told.exit_code == 5
    assert json.loads(told.output)["wider"] > 0


def test_what_apply_would_refuse_is_refused(folder: Path) -> None:
    known = first_in_force()
    same = written(folder / "same.yaml", agreements=(replace(known, purposes=()),))
    told = backtest(folder, "--agreements", same)
    assert (told.exit_code, told.output) == (2, "")
    assert f"to change it give version {known.version + 1}" in told.error
    loose = replace(known, version=known.version + 1, onward_sharing_prohibited=False)
    assert (
        backtest(folder, "--agreements", written(folder / "loose.yaml", agreements=(loose,))).exit_code == 3
    )


def test_a_line_that_is_no_request_is_told_by_its_number(folder: Path) -> None:
    path = folder / "requests.jsonl"
    path.write_bytes(b"\n" + request_to_json(REQUESTS[0]) + b'\n{"plate": "8ABC123"}\n')
    told = backtest(folder, "--agreements", revocation(folder))
    assert (told.exit_code, told.output) == (2, "")
    assert told.error.startswith(f"{path}:3: ")
    assert "8ABC123" not in told.error


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ((), "name what to try"),
        (("--policy", "policy.yaml", "--since", "9d"), "--since is for requests from Kafka"),
        (("--policy", "policy.yaml", "--since", "9 days"), "expected a span such as 90d"),
    ],
)
def test_wrong_usage_is_told(folder: Path, options: tuple[str, ...], expected: str) -> None:
    told = backtest(folder, *(folder / one if one.endswith(".yaml") else one for one in options))
    assert told.exit_code == 2
    assert expected in told.error


@pytest.fixture
async def gate(house: Gatehouse) -> Gate:
    """The commands on a Kafka where a gate has decided 300 requests."""
    asked = (each.request for each in house.day().requests(300))
    return await gate_after(house, asked, Raw(b"garbage", b"no request"))


@pytest.mark.kafka
async def test_recorded_requests_come_out_as_the_ledger_has_them(
    house: Gatehouse, gate: Gate, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = first_in_force(house.region)
    ledger = await house.ledger()
    decisions = [each for each in ledger if each.kind is RecordKind.DECISION]
    mine = [each for each in decisions if each.agreement_id == known.agreement_id]
    forwarded = [each for each in mine if each.verdict is Verdict.FORWARD]
    path = revocation(tmp_path, house.region)

    told = await asyncio.to_thread(gate, "backtest", "--agreements", str(path), "--json")
    assert told.exit_code == 5, told.error
    found = json.loads(told.output)
    assert found["replayed"] == len(decisions)
    assert found["unreadable"] == 0
    assert found["left_out"]["malformed"] == 1
    assert sum(found["left_out"].values()) == 301 - len(decisions)
    gone = [change for change in found["changes"] if change["before"]["verdict"] == "forward"]
    assert sum(change["requests"] for change in gone) == len(forwarded) > 0
    examples = {example["decision_id"] for change in gone for example in change["examples"]}
    assert examples <= {each.decision_id for each in forwarded}
    # Who was refused for want of a seal is nobody on both sides: nothing of theirs changes.
    assert any(each.leading_reason is ReasonCode.REQUESTER_NOT_AUTHENTICATED for each in decisions)
    assert "REQUESTER_NOT_AUTHENTICATED" not in told.output

    told = await asyncio.to_thread(gate, "backtest", "--agreements", str(path), "--since", "1d", "--json")
    assert json.loads(told.output) == found
    # However finely it is cut.
    monkeypatch.setattr(recorded, "STRETCH", 40)
    pieces = await recorded.stretches(house.settings, None)
    assert len(pieces) > house.settings.partitions
    assert sum(piece.extent for piece in pieces) >= 301
    told = await asyncio.to_thread(gate, "backtest", "--agreements", str(path), "--json")
    assert json.loads(told.output) == found
    await asyncio.to_thread(gate, "agreements", "apply", str(path))
    told = await asyncio.to_thread(gate, "backtest", "--agreements", str(path), "--since", "2020-01-01")
    assert told.exit_code == 0
    assert " 0 decisions change" in told.output


@pytest.mark.kafka
async def test_what_came_before_since_is_left_alone(house: Gatehouse, gate: Gate, tmp_path: Path) -> None:
    later = (house.clock.now().replace(year=house.now.year + 1)).isoformat(timespec="seconds")
    path = str(revocation(tmp_path, house.region))
    told = await asyncio.to_thread(gate, "backtest", "--agreements", path, "--since", later)
    assert told.output.startswith("0 requests replayed")
