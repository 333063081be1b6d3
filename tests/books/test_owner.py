"""The owner of the books on a real broker, and a worker's replica that listens to it."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from pathlib import Path

import pytest
from aiokafka import AIOKafkaProducer

from streams.books.custodian import Author, approve, change_books
from streams.books.owner import BooksOwner
from streams.books.plan import Planner, planned_policy
from streams.books.replica import BooksReplica
from streams.books.state import BooksState
from streams.clock import SystemClock
from streams.codecs.signing_key import write_signing_key
from streams.errors import InputError, LedgerError
from streams.ledger.books_head import BooksHead, read_head
from streams.ledger.signed_note import SignedNote
from streams.settings import Settings
from streams.topics import Topics
from tests.books.custodians import ALICE, BOB, STRANGER
from tests.books.samples import policy
from tests.gatehouse import signed
from tests.workers import eventually

pytestmark = pytest.mark.kafka
OWNER = STRANGER


@pytest.fixture
def owned(books_settings: Settings, tmp_path: Path) -> Settings:
    """Settings of a worker whose books have custodians and an owner."""
    (tmp_path / "owner.pub").write_text(f"{OWNER.verifier}\n", encoding="utf-8")
    return signed(books_settings, tmp_path).model_copy(
        update={"books_owner": tmp_path / "owner.pub", "owner_stale_after": 1.5}
    )


async def changed(settings: Settings, planner: Planner) -> None:
    """Have both custodians change the books."""
    alice, bob = (Author(by=key.name, reason="a test", key=key) for key in (ALICE, BOB))
    proposed = await change_books(settings, SystemClock(), planner, alice)
    if proposed.proposals:
        await approve(settings, SystemClock(), proposed.proposals, bob)


@asynccontextmanager
async def owning(settings: Settings, memory: Path) -> AsyncIterator[asyncio.Task[None]]:
    task = asyncio.create_task(BooksOwner(settings, SystemClock(), OWNER, memory).run())
    try:
        yield task
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError, LedgerError):
            await task


@asynccontextmanager
async def following(settings: Settings) -> AsyncIterator[BooksReplica]:
    replica = BooksReplica(settings, SystemClock(), "worker-1")
    await replica.start()
    try:
        yield replica
    finally:
        await replica.stop()


async def until(replica: BooksReplica, state: BooksState) -> None:
    async def is_so() -> bool:
        return replica.state is state

    await eventually(is_so, 30)


async def test_books_are_current_only_while_their_owner_signs_for_them(
    owned: Settings, tmp_path: Path
) -> None:
    await changed(owned, planned_policy(policy()))
    async with following(owned) as replica:
        await until_beating(replica)
        assert replica.state is BooksState.LOADING
        async with owning(owned, tmp_path / "head"):
            await until(replica, BooksState.CURRENT)
            await changed(owned, planned_policy(replace(policy(), require_case_number=False)))
            await until(replica, BooksState.CURRENT)
        await until(replica, BooksState.STALE)
        async with owning(owned, tmp_path / "head"):
            await until(replica, BooksState.CURRENT)


async def until_beating(replica: BooksReplica) -> None:
    async def beats() -> bool:
        return replica.age_seconds() < 1 and replica.revision >= 0

    await eventually(beats, 30)


async def test_an_owner_signs_nothing_that_is_behind_what_was_signed(owned: Settings, tmp_path: Path) -> None:
    await changed(owned, planned_policy(policy()))
    memory = tmp_path / "head"
    async with owning(owned, memory) as task:
        await eventually(lambda: asyncio.to_thread(memory.exists), 30)
        assert not task.done()
    head = read_head(memory.read_text(encoding="utf-8"), OWNER.verifier)
    for lost in (replace(head, revision=head.revision + 1), replace(head, root="0" * 64)):
        memory.write_text(_note(lost), encoding="utf-8")
        with pytest.raises(LedgerError, match="are not what was signed"):
            await asyncio.wait_for(BooksOwner(owned, SystemClock(), OWNER, memory).run(), 30)


def _note(head: BooksHead) -> str:
    return str(SignedNote(text=str(head), signatures=(OWNER.sign(str(head)),)))


async def test_an_owner_does_not_wait_for_books_that_have_failed(owned: Settings, tmp_path: Path) -> None:
    await changed(owned, planned_policy(policy()))
    async with owning(owned, tmp_path / "head") as task:
        await eventually(lambda: asyncio.to_thread((tmp_path / "head").exists), 30)
        await written_by_hand(owned, b"nothing that is known")
        with pytest.raises(LedgerError, match=r"have failed.*a key of the books cannot be read"):
            await asyncio.wait_for(task, 30)
    # Neither does one that finds them so.
    command = (sys.executable, "-m", "streams", "books", "own", *options(tmp_path))
    environment = {**os.environ, **owned.environment()}
    process = await asyncio.create_subprocess_exec(*command, env=environment, stderr=asyncio.subprocess.PIPE)
    _, error = await asyncio.wait_for(process.communicate(), 60)
    assert (process.returncode, b"alpr-gate: the books have failed" in error) == (4, True), error


def options(folder: Path) -> tuple[str, ...]:
    """Return the options of `books own`, with the owner's key in a file."""
    write_signing_key(OWNER, folder / "owner.key")
    return "--key", str(folder / "owner.key"), "--memory", str(folder / "head")


async def written_by_hand(settings: Settings, key: bytes) -> None:
    producer = AIOKafkaProducer(bootstrap_servers=settings.servers)
    await producer.start()
    try:
        await producer.send_and_wait(Topics.of(settings).books.name, b"", key=key, partition=0)
    finally:
        await producer.stop()


async def test_unsigned_books_have_no_owner(books_settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="nobody can sign"):
        await BooksOwner(books_settings, SystemClock(), OWNER, tmp_path / "head").run()
    with pytest.raises(InputError, match="ALPR_GATE_CUSTODIANS"):
        BooksReplica(
            books_settings.model_copy(update={"books_owner": tmp_path / "owner.pub"}),
            SystemClock(),
            "worker-1",
        )
