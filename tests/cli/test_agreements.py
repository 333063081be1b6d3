import asyncio
import os
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from itertools import product
from pathlib import Path

import orjson
import pytest
from aiokafka import AIOKafkaProducer

from streams.books.acks import INPUTS
from streams.books.loader import read_index
from streams.cli.books_output import plain, standing_words
from streams.codecs.books_ack import encode_books_ack
from streams.policy.agreement import Agreement, Obligation
from streams.policy.book_records import BooksAck
from streams.policy.vocabulary import AgreementStatus, EntityId, Purpose
from streams.settings import Settings
from streams.topics import Topics
from tests.books.samples import NOW, agreement, entity
from tests.cli.books_runner import Gate, gate_on

REGISTRY = orjson.dumps({"entities": [plain(entity())]}).decode()


def file_of(*agreements: Agreement) -> str:
    return orjson.dumps({"agreements": [plain(each) for each in agreements]}).decode()


@pytest.fixture
def gate(settings: Settings) -> Gate:
    """The command, on books with one entity and one agreement."""
    gate = gate_on(settings)
    assert gate("entities", "apply", "-", stdin=REGISTRY).exit_code == 0
    applied = gate("agreements", "apply", "-", stdin=file_of(agreement()))
    assert (applied.error, applied.exit_code) == ("", 0)
    return gate


async def acknowledge(settings: Settings, revision: int) -> None:
    producer = AIOKafkaProducer(bootstrap_servers=settings.servers)
    await producer.start()
    for name, partition in product(INPUTS, range(settings.partitions)):
        ack = BooksAck(worker="w", partition=partition, revision=revision, at=NOW, epoch=1, input=name)
        key = f"w/{name}/{partition}".encode()
        topic = Topics.of(settings).books_acks.name
        await producer.send_and_wait(topic, encode_books_ack(ack), key=key, partition=0)
    await producer.stop()


async def deliver(settings: Settings, count: int) -> None:
    producer = AIOKafkaProducer(bootstrap_servers=settings.servers)
    await producer.start()
    for _ in range(count):
        await producer.send_and_wait(
            Topics.of(settings).out(EntityId("burbank")).name, b"a release", partition=0
        )
    await producer.stop()


@pytest.mark.kafka
def test_agreements_are_listed_and_shown(gate: Gate) -> None:
    listed = gate("agreements", "list").output
    assert "burbank-2026" in listed
    assert "in force" in listed
    shown = gate("agreements", "show", "burbank-2026").output
    assert "section 7" in shown
    assert gate("agreements", "show", "nothing").exit_code == 2


@pytest.mark.kafka
def test_the_json_of_a_list_is_what_apply_reads(gate: Gate) -> None:
    listed = gate("agreements", "list", "--json").output
    assert orjson.loads(listed) == orjson.loads(file_of(agreement()))
    assert "0 changed, 1 unchanged" in gate("agreements", "apply", "-", stdin=listed).output


@pytest.mark.kafka
def test_an_unlawful_agreement_is_refused_with_a_request_that_shows_it(gate: Gate) -> None:
    unlawful = plain(agreement("unlawful"))
    assert isinstance(unlawful, dict)
    unlawful["purposes"] = [Purpose.IMMIGRATION_ENFORCEMENT.value]
    refused = gate("agreements", "apply", "-", stdin=orjson.dumps({"agreements": [unlawful]}).decode())
    assert refused.exit_code == 3
    assert "would let through a request of `burbank` for `immigration_enforcement`" in refused.error
    assert "unlawful" not in gate("agreements", "list").output


@pytest.mark.kafka
def test_a_revocation_waits_for_the_gates_and_deletes_what_is_undelivered(
    gate: Gate, settings: Settings
) -> None:
    asyncio.run(deliver(settings, 3))
    asyncio.run(acknowledge(settings, 10**6))
    revoked = gate("agreements", "revoke", "burbank-2026", "--reason", "terminated", "--by", "tester")
    assert (revoked.error, revoked.exit_code) == ("", 0)
    assert "version 2 revoked" in revoked.output
    assert "binds everywhere since 2026-11-23T12:00:00.000+00:00: 2 of 2 partitions" in revoked.output
    assert "undelivered records of `burbank` deleted: 3 offsets" in revoked.output
    assert "revoked" in gate("agreements", "list").output


@pytest.mark.kafka
def test_a_revocation_that_no_gate_acknowledges_says_what_binds_and_what_does_not(
    gate: Gate, settings: Settings
) -> None:
    asyncio.run(deliver(settings, 1))
    revoked = gate("agreements", "revoke", "burbank-2026", "--reason", "terminated", "--timeout", "0.3")
    assert revoked.exit_code == 69
    assert "the revocation stands at revision" in revoked.error
    assert "partitions 0, 1 did not acknowledge" in revoked.error
    assert "deleted: 1 offsets" in revoked.output
    index = asyncio.run(read_index(settings))
    assert [each.status for each in index.books.agreements()] == [AgreementStatus.REVOKED]
    asyncio.run(acknowledge(settings, index.revision))
    again = gate("agreements", "revoke", "burbank-2026", "--reason", "terminated")
    assert (again.exit_code, "binds everywhere" in again.output) == (0, True)


@pytest.mark.kafka
def test_the_old_file_does_not_undo_a_revocation(gate: Gate) -> None:
    gate("agreements", "revoke", "burbank-2026", "--reason", "terminated", "--timeout", "0")
    refused = gate("agreements", "apply", "-", stdin=file_of(agreement()))
    assert (refused.exit_code, "give version 3" in refused.error) == (2, True)


@pytest.mark.kafka
def test_a_revocation_needs_a_reason(gate: Gate) -> None:
    assert gate("agreements", "revoke", "burbank-2026").exit_code == 2
    assert gate("agreements", "revoke", "burbank-2026", "--reason", " ").exit_code == 2
    assert "in force" in gate("agreements", "list").output


def test_without_a_broker_the_error_is_one_line() -> None:
    command = str(Path(sys.executable).with_name("alpr-gate"))
    nowhere = {
        **os.environ,
        "KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:1",
        "ALPR_GATE_UNSIGNED_BOOKS": "1",
    }
    for arguments in (("agreements", "list"), ("agreements", "revoke", "x", "--reason", "y")):
        ended = subprocess.run(
            [command, *arguments], capture_output=True, text=True, env=nowhere, timeout=60, check=False
        )
        assert ended.returncode == 69
        assert ended.stderr.startswith("alpr-gate: ")
        assert ended.stderr.count("\n") == 1


def test_an_agreement_stands_by_its_status_or_its_term() -> None:
    at = agreement().start
    assert standing_words(agreement(), at) == "in force"
    assert standing_words(agreement(), at - timedelta(seconds=1)) == "not yet in force"
    assert standing_words(agreement(), agreement().end) == "ended"
    assert standing_words(agreement(status=AgreementStatus.REVOKED), at) == "revoked"
    owed = replace(agreement(), obligations=(Obligation(kind="report", text="yearly", due=at.date()),))
    assert standing_words(owed, at) == "in force"
    assert standing_words(owed, at + timedelta(days=2)) == "overdue"
    reviewed = agreement().contract_reviewed
    assert reviewed is not None
    assert standing_words(agreement(), reviewed.due) == "overdue"
    assert standing_words(replace(agreement(), contract_reviewed=None), at) == "overdue"
