"""The notary on a real ledger: what it signs, what it refuses, and what others can check of it."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from aiokafka import AIOKafkaProducer

from streams.clock import SystemClock
from streams.codecs.ledger_record import decode_ledger_record
from streams.codecs.signing_key import SigningKey, new_signing_key, write_signing_key
from streams.errors import InputError, LedgerError
from streams.kafka.admin import ensure_topics
from streams.ledger.proof import check_proof, read_proof
from streams.ledger.signed_note import COSIGNATURE
from streams.notary.cosigner import Cosigner
from streams.notary.notary import Notary
from streams.notary.proving import check_trees, prove
from streams.notary.published import published
from streams.notary.witness import Witness
from streams.notary.witness_pages import serve_witness
from streams.settings import Settings
from streams.topics import Topics
from tests.gatehouse import Gatehouse
from tests.ledger.chains import written

pytestmark = pytest.mark.kafka

KEY = new_signing_key("alpr-gate/ledger", bytes(range(32)))
CLERK = new_signing_key("clerk", bytes(range(1, 33)), COSIGNATURE)
TOOL = Path(__file__).parents[2] / "tools" / "verify_ledger.py"


async def decided(house: Gatehouse, count: int, seed: int = 1) -> None:
    await house.send(each.request for each in house.day(seed).requests(count))
    await house.decided()


async def values(house: Gatehouse, topic: str) -> list[bytes]:
    return [raw.value for raw in await house.read(topic) if raw.value is not None]


async def copied(settings: Settings, ledger: Sequence[bytes], checkpoints: Sequence[bytes]) -> Settings:
    """Write a ledger and checkpoints to topics of their own, as an administrator could."""
    other = settings.model_copy(update={"topic_prefix": f"{settings.topic_prefix}copy.", "partitions": 1})
    topics = Topics.of(other)
    await ensure_topics(other.bootstrap_servers, (topics.decisions, topics.checkpoints), 1)
    async with AIOKafkaProducer(bootstrap_servers=other.servers, enable_idempotence=True) as producer:
        for value in ledger:
            await producer.send(topics.decisions.name, value, partition=0)
        for value in checkpoints:
            await producer.send(topics.checkpoints.name, value, partition=0)
        await producer.flush()
    return other


def rewritten_chain(ledger: Sequence[bytes]) -> list[bytes]:
    """Return a chain that holds together, and in which the last decision says something else."""
    records = [decode_ledger_record(value) for value in ledger]
    records[-1] = replace(records[-1], policy_hash="0" * 64)
    return written(records)


async def tool(*arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, str(TOOL), *arguments]
    return await asyncio.to_thread(subprocess.run, command, capture_output=True, text=True, check=False)


async def test_a_ledger_is_signed_proven_and_verified_by_a_second_program(
    house: Gatehouse, tmp_path: Path
) -> None:
    worker = await house.worker()
    await worker.ready(2)
    await decided(house, 200)
    settings, folder = house.settings, tmp_path / "checkpoints"
    assert await Notary(settings, KEY, folder).run(None) == 2
    # Nothing new, nothing to sign; then the ledger grows, and the old checkpoint stays true.
    assert await Notary(settings, KEY, folder).run(None) == 0
    kept = [(path, path.read_text()) for path in sorted(folder.iterdir())]
    assert len(kept) == 2
    await decided(house, 100, seed=2)
    assert await Notary(settings, KEY, folder).run(None) == 2
    trees = await check_trees(settings, KEY.verifier, kept)
    assert (trees.checkpoints, trees.problems) == (6, ())

    record = (await house.ledger())[-1]
    proof = await prove(settings, record.decision_id, KEY.verifier)
    assert check_proof(read_proof(str(proof)), KEY.verifier).size == record.seq + 1
    file = tmp_path / "decision.proof"
    file.write_text(str(proof))
    found = await tool("proof", str(file), str(KEY.verifier))
    assert found.stdout.startswith(f"OK: record {record.seq} of alpr-gate/ledger/1"), found.stderr
    topics = house.topics
    arguments = (
        settings.bootstrap_servers,
        topics.decisions.name,
        topics.checkpoints.name,
        str(KEY.verifier),
    )
    found = await tool("ledger", *arguments)
    assert found.stdout.startswith(f"OK: {len(await house.ledger())} records, 4 signed"), found.stderr


async def test_what_an_administrator_could_do_is_found_against_the_checkpoints(house: Gatehouse) -> None:
    worker = await house.worker()
    await worker.ready(2)
    await decided(house, 60)
    settings, origin = house.settings, "alpr-gate/ledger/0"
    await Notary(settings, KEY, None).run(None)
    honest = [record for record in await house.ledger() if record.partition == 0]
    signed = [each for each in await values(house, house.topics.checkpoints.name) if origin.encode() in each]
    ledger = [raw.value for raw in await house.read(house.topics.decisions.name) if raw.value is not None]
    mine = [value for value in ledger if any(record.hash == value[-32:] for record in honest)]

    cut_off = await copied(settings, mine[:-1], signed)
    trees = await check_trees(cut_off, KEY.verifier, ())
    assert trees.problems == (f"`{origin}` ends after {len(mine) - 1} records, and {len(mine)} were signed",)
    with pytest.raises(LedgerError, match="it was cut off since"):
        await Notary(cut_off, KEY, None).run(None)
    arguments = (Topics.of(cut_off).decisions.name, Topics.of(cut_off).checkpoints.name, str(KEY.verifier))
    found = await tool("ledger", settings.bootstrap_servers, *arguments)
    assert found.returncode == 1
    assert "is not the ledger that was signed" in found.stderr


@asynccontextmanager
async def clerk(folder: Path) -> AsyncIterator[Cosigner]:
    """A witness on a port of its own; it remembers as long as the folder lasts."""
    witness = Witness(CLERK.name, CLERK.key, [KEY.verifier], folder)
    async with serve_witness(witness, SystemClock(), "127.0.0.1", 0) as port:
        yield Cosigner(f"http://127.0.0.1:{port}/", CLERK.verifier)


async def test_what_even_the_notarys_key_cannot_hide_from_a_witness(house: Gatehouse, tmp_path: Path) -> None:
    worker = await house.worker()
    await worker.ready(2)
    await decided(house, 60)
    settings = house.settings
    async with clerk(tmp_path) as cosigner:
        assert await Notary(settings, KEY, None, [cosigner]).run(None) == 2
    await decided(house, 20, seed=2)
    async with clerk(tmp_path) as cosigner:
        assert await Notary(settings, KEY, None, [cosigner]).run(None) == 2
    trees = await check_trees(settings, KEY.verifier, (), [CLERK.verifier])
    assert trees.problems == ()

    # All of it written anew on topics of its own, without any checkpoint, and signed with the right key.
    ledger = await values(house, house.topics.decisions.name)
    chain = [value for value in ledger if decode_ledger_record(value).partition == 0]
    rewritten = await copied(settings, rewritten_chain(chain), ())
    async with clerk(tmp_path) as cosigner:
        with pytest.raises(LedgerError, match=r"saw another ledger .* it was rewritten since"):
            await Notary(rewritten, KEY, None, [cosigner]).run(None)
    assert await Notary(rewritten, KEY, None).run(None) == 1
    trees = await check_trees(rewritten, KEY.verifier, (), [CLERK.verifier])
    assert [problem.endswith("is not cosigned by `clerk`") for problem in trees.problems] == [True]

    cut_off = settings.model_copy(update={"topic_prefix": f"{settings.topic_prefix}cut."})
    cut_off = await copied(cut_off, chain[:-1], ())
    async with clerk(tmp_path) as cosigner:
        with pytest.raises(LedgerError, match=rf"saw {len(chain)} records .* cut off since"):
            await Notary(cut_off, KEY, None, [cosigner]).run(None)


async def test_a_witness_that_is_away_does_not_stop_the_notary(house: Gatehouse) -> None:
    worker = await house.worker()
    await worker.ready(2)
    away = Cosigner("http://127.0.0.1:1", CLERK.verifier)
    await decided(house, 5)
    assert await Notary(house.settings, KEY, None, [away]).run(None) == 2
    trees = await check_trees(house.settings, KEY.verifier, (), [CLERK.verifier])
    assert len(trees.problems) == 2


async def test_nothing_is_proven_before_it_is_signed(house: Gatehouse) -> None:
    worker = await house.worker()
    await worker.ready(2)
    await decided(house, 10)
    decision_id = (await house.ledger())[-1].decision_id
    with pytest.raises(InputError, match="run `alpr-gate ledger sign`"):
        await prove(house.settings, decision_id, KEY.verifier)
    with pytest.raises(InputError, match="there is no decision `nothing`"):
        await prove(house.settings, "nothing", KEY.verifier)
    with pytest.raises(InputError, match="has signed nothing here yet"):
        await check_trees(house.settings, KEY.verifier, ())


async def test_what_others_write_to_the_topic_of_checkpoints_counts_for_nothing(house: Gatehouse) -> None:
    stranger: SigningKey = new_signing_key("alpr-gate/ledger", bytes(32))
    await Notary(house.settings, stranger, None).run(None)
    assert await published(house.settings, KEY.verifier) == ()


async def test_the_commands_sign_prove_and_check(house: Gatehouse, tmp_path: Path) -> None:
    worker = await house.worker()
    await worker.ready(2)
    await decided(house, 20)
    write_signing_key(KEY, tmp_path / "ledger.key")

    async def gate(*words: str) -> "subprocess.CompletedProcess[str]":
        command = [sys.executable, "-m", "streams", "ledger", *words]
        environment = {"PATH": "/usr/bin", **house.settings.environment()}
        return await asyncio.to_thread(
            subprocess.run, command, capture_output=True, text=True, check=False, env=environment
        )

    signed = await gate("sign", "--once", "--key", str(tmp_path / "ledger.key"), "--output", str(tmp_path))
    assert signed.stdout == "2 checkpoints signed\n", signed.stderr
    verified = await gate(
        "verify", "--verifier", str(KEY.verifier), "--checkpoint", str(tmp_path / "0.checkpoint")
    )
    assert verified.returncode == 0, verified.stderr
    assert "the trees are those of 3 signed checkpoints" in verified.stdout
    decision_id = (await house.ledger())[-1].decision_id
    proven = await gate("prove", decision_id, "--verifier", str(KEY.verifier))
    (tmp_path / "a.proof").write_text(proven.stdout)
    checked = await gate("check", str(tmp_path / "a.proof"), "--verifier", str(KEY.verifier))
    assert checked.stdout.startswith(f"decision {decision_id} ("), checked.stderr
    (tmp_path / "a.proof").write_text(proven.stdout.replace("index ", "index 1"))
    checked = await gate("check", str(tmp_path / "a.proof"), "--verifier", str(KEY.verifier))
    assert checked.returncode == 4
