import asyncio
from dataclasses import replace
from pathlib import Path

import orjson
import pytest
from aiokafka import AIOKafkaProducer

from streams.cli.books_output import plain
from streams.codecs.files import agreement_lines
from streams.examples import example_path
from streams.kafka.admin import ensure_topics
from streams.policy.agreement import Agreement
from streams.policy.vocabulary import AgreementId
from streams.settings import Settings
from streams.topics import Topics
from tests.books.samples import agreement, entity
from tests.cli.books_runner import Gate, gate_on
from tests.ledger.chains import forward, sealed

REGISTRY = orjson.dumps({"entities": [plain(entity())]}).decode()
COMPLETE = replace(agreement(), contract_digest="sha256:00", counterparty_signatory="chief")


@pytest.fixture
def offline() -> Gate:
    return gate_on(Settings(bootstrap_servers="127.0.0.1:1", unsigned_books=True))


def linted(gate: Gate, folder: Path, text: str, *options: str) -> tuple[str, int]:
    (folder / "agreements.yaml").write_text(text, encoding="utf-8")
    (folder / "registry.yaml").write_text(REGISTRY, encoding="utf-8")
    ended = gate(
        *("agreements", "lint", str(folder / "agreements.yaml")),
        *("--registry", str(folder / "registry.yaml"), *options),
    )
    return ended.output, ended.exit_code


def file_of(*agreements: Agreement) -> str:
    return orjson.dumps(
        {"agreements": [plain(each) for each in agreements]}, option=orjson.OPT_INDENT_2
    ).decode()


def test_a_file_without_flaws_ends_well(offline: Gate, tmp_path: Path) -> None:
    assert linted(offline, tmp_path, file_of(COMPLETE)) == ("1 agreements checked: 0 errors, 0 warnings\n", 0)


def test_an_error_is_told_with_its_line_and_ends_with_exit_code_2(offline: Gate, tmp_path: Path) -> None:
    text = file_of(COMPLETE, replace(COMPLETE, agreement_id=AgreementId("other"), need_evaluation=None))
    output, code = linted(offline, tmp_path, text)
    line = agreement_lines(text, "x")["other", 1]
    assert f"agreements.yaml:{line}: error: other: evidence_missing: no evaluation of need" in output
    assert code == 2


def test_json_has_every_finding_with_its_place(offline: Gate, tmp_path: Path) -> None:
    output, _ = linted(offline, tmp_path, file_of(replace(COMPLETE, contract_digest=None)), "--json")
    (finding,) = orjson.loads(output)["findings"]
    assert finding == {
        "level": "warning",
        "check": "evidence_missing",
        "agreement_id": "burbank-2026",
        "version": 1,
        "field": "contract_digest",
        "message": "no digest ties it to the contract on paper",
        "file": str(tmp_path / "agreements.yaml"),
        "line": 3,
    }


def test_a_file_needs_to_be_told_whom_its_agreements_are_with(offline: Gate) -> None:
    ended = offline("agreements", "lint", str(example_path("agreements.yaml")))
    assert (ended.exit_code, "FILE needs --registry" in ended.error) == (2, True)


async def record_a_use(settings: Settings) -> None:
    topic = Topics.of(settings).decisions
    await ensure_topics(settings.bootstrap_servers, (topic,), 1)
    producer = AIOKafkaProducer(bootstrap_servers=settings.servers)
    await producer.start()
    await producer.send_and_wait(
        topic.name, sealed(replace(forward(1), agreement_id=AgreementId("burbank-2026"))), partition=0
    )
    await producer.stop()


@pytest.mark.kafka
def test_the_books_are_asked_for_what_is_used_once_there_is_a_ledger(settings: Settings) -> None:
    gate = gate_on(settings)
    assert gate("entities", "apply", "-", stdin=REGISTRY).exit_code == 0
    idle = replace(COMPLETE, agreement_id=AgreementId("idle"))
    assert gate("agreements", "apply", "-", stdin=file_of(COMPLETE, idle)).exit_code == 0
    before = gate("agreements", "lint")
    assert "there is no ledger yet" in before.error
    assert "never_used" not in before.output
    asyncio.run(record_a_use(settings))
    after = gate("agreements", "lint").output
    assert "idle: never_used" in after
    assert "burbank-2026: never_used" not in after
