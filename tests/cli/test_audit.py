import asyncio
from dataclasses import replace
from pathlib import Path

import orjson
import pytest

from streams.clock import SystemClock
from streams.ledger.audit_log import AuditLog, begun, read_log
from streams.ledger.sampling import draw
from streams.policy.vocabulary import Verdict
from streams.settings import Settings
from tests.cli.books_runner import Ended, Gate, gate_after, gate_on
from tests.gatehouse import Gatehouse
from tests.ledger.test_sampling import FRAME, decisions

HOW = ("--method", "compared with the case file", "--by", "auditor")


@pytest.fixture
def offline() -> Gate:
    return gate_on(Settings(bootstrap_servers="127.0.0.1:1", unsigned_books=True))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "audit.jsonl"
    path.write_bytes(begun(draw(decisions(30), FRAME))[1])
    return path


def log_of(path: Path) -> AuditLog:
    return read_log(path.read_bytes(), str(path))


def test_findings_are_recorded_and_reported(offline: Gate, file: Path) -> None:
    first, second = log_of(file).open()[:2]
    told = offline("audit", "record", str(file), first, "--outcome", "in_order", *HOW)
    assert (told.error, told.output) == ("", f"{first}: in_order; 9 left\n")
    offline("audit", "record", str(file), second, "--outcome", "irregular", "--note", "no case", *HOW)
    report = offline("audit", "report", str(file)).output
    assert "10 of 30 decisions" in report
    assert "     1 in order" in report
    assert "     1 irregular" in report
    assert "     8 not looked at yet" in report
    assert f"hash {log_of(file).head}" in report
    plain = orjson.loads(offline("audit", "report", str(file), "--json").output)
    assert (plain["examined"], plain["outcomes"]) == (2, {"in_order": 1, "irregular": 1})


def test_a_file_that_was_changed_ends_with_exit_code_4(offline: Gate, file: Path) -> None:
    first = log_of(file).open()[0]
    offline("audit", "record", str(file), first, "--outcome", "irregular", *HOW)
    file.write_bytes(file.read_bytes().replace(b"irregular", b"in_order"))
    for command in (("report", str(file)), ("record", str(file), first, "--outcome", "in_order", *HOW)):
        assert offline("audit", *command).exit_code == 4


@pytest.fixture
async def gate(house: Gatehouse) -> Gate:
    """The commands on a Kafka where a gate has decided 60 requests and ended."""
    return await gate_after(house, (each.request for each in house.day().requests(60)))


def drawn(gate: Gate, file: Path, seed: str, *options: str) -> Ended:
    until = SystemClock().now().isoformat(timespec="microseconds")
    period = ("--from", "2020-01-01", "--until", until)
    return gate("audit", "sample", str(file), "--seed", seed, "--size", "7", *period, *options)


@pytest.mark.kafka
async def test_a_sample_can_be_drawn_again_and_one_that_was_picked_is_found(
    gate: Gate, tmp_path: Path
) -> None:
    file = tmp_path / "audit.jsonl"
    ended = await asyncio.to_thread(drawn, gate, file, "a seed")
    assert (ended.error, ended.exit_code) == ("", 0)
    assert len(log_of(file).sample.drawn) == 7
    assert (await asyncio.to_thread(gate, "audit", "check", str(file))).exit_code == 0
    again = await asyncio.to_thread(drawn, gate, file, "a seed")
    assert (again.exit_code, "is there already" in again.error) == (2, True)
    only = tmp_path / "forwards.jsonl"
    await asyncio.to_thread(drawn, gate, only, "a seed", "--verdict", "forward")
    assert {one.verdict for one in log_of(only).sample.drawn} == {Verdict.FORWARD}
    # Whole by its hashes, and yet not what the seed draws.
    sample = log_of(file).sample
    file.write_bytes(begun(replace(sample, drawn=sample.drawn[1:]))[1])
    assert (await asyncio.to_thread(gate, "audit", "check", str(file))).exit_code == 4
