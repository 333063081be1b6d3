"""The spool: what it says it has kept is on the disk, in order, and nobody else may read it."""

import asyncio
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from streams.adapters.reads import spool as spool_module
from streams.adapters.reads.spool import Payload, Spool
from streams.adapters.reads.unread import Unread, UnreadReason
from streams.errors import InputError

NOW = datetime(2027, 3, 1, 20, 0, tzinfo=UTC)
LONG_AGO = NOW - timedelta(days=400)
ROOM = 1 << 20


def payload(number: int, size: int = 10) -> Payload:
    body = str(number).encode().ljust(size)
    return Payload(feed="harbour", content_type="text/plain", received_at=NOW, body=body)


async def test_what_was_kept_is_there_in_order_after_a_restart(tmp_path: Path) -> None:
    async with Spool.open(tmp_path / "spool", ROOM) as spool:
        await asyncio.gather(*(spool.put(payload(number)) for number in range(50)))
    async with Spool.open(tmp_path / "spool", ROOM) as spool:
        found = await spool.first(100)
        assert [each.payload for each in found] == [payload(number) for number in range(50)]
        assert [each.place for each in found] == sorted(each.place for each in found)
        backlog = await spool.backlog()
        assert (backlog.payloads, backlog.size, backlog.oldest) == (50, 500, NOW)


async def test_what_is_done_is_gone_and_places_are_never_used_again(tmp_path: Path) -> None:
    async with Spool.open(tmp_path / "spool", ROOM) as spool:
        for number in range(3):
            await spool.put(payload(number))
        first, second, third = await spool.first(3)
        await spool.done(second.place, (), LONG_AGO)
        assert await spool.first(3) == (third,)
        await spool.done(third.place, (), LONG_AGO)
    async with Spool.open(tmp_path / "spool", ROOM) as spool:
        await spool.put(payload(3))
        (fourth,) = await spool.first(3)
        assert fourth.place > third.place > first.place


async def test_it_is_full_at_its_limit_and_not_after_that(tmp_path: Path) -> None:
    async with Spool.open(tmp_path / "spool", 1000) as spool:
        await spool.put(payload(1, 999))
        assert not spool.is_full
        await spool.put(payload(2, 1))
        assert spool.is_full
        (first, _) = await spool.first(2)
        await spool.done(first.place, (), LONG_AGO)
        assert not spool.is_full
    async with Spool.open(tmp_path / "spool", 1) as spool:
        assert spool.is_full


async def test_what_could_not_be_read_stays_until_it_is_too_old(tmp_path: Path) -> None:
    unread = Unread(reason=UnreadReason.UNPARSABLE, message="expected JSON", source_digest="ab")
    async with Spool.open(tmp_path / "spool", ROOM) as spool:
        await spool.put(payload(1))
        (spooled,) = await spool.first(1)
        await spool.done(spooled.place, [(spooled, unread)], LONG_AGO)
        (kept,) = await spool.unread()
        assert kept.payload.body == payload(1).body
        assert (kept.reason, kept.message) == ("unparsable", "expected JSON")
        await spool.done(spooled.place, (), NOW + timedelta(seconds=1))
        assert await spool.unread() == ()


async def test_a_second_process_is_told_that_the_file_is_taken(tmp_path: Path) -> None:
    async with Spool.open(tmp_path / "spool", ROOM):
        with pytest.raises(InputError, match="one process alone may have it open"):
            async with Spool.open(tmp_path / "spool", ROOM):
                pass


async def test_a_file_that_is_no_spool_is_told(tmp_path: Path) -> None:
    (tmp_path / "spool").write_bytes(b"no database at all" * 100)
    with pytest.raises(InputError, match="spool"):
        async with Spool.open(tmp_path / "spool", ROOM):
            pass


def modes_of(folder: Path) -> set[int]:
    return {stat.S_IMODE(each.stat().st_mode) for each in folder.iterdir()}


async def test_it_is_for_its_owners_eyes_alone(tmp_path: Path) -> None:
    async with Spool.open(tmp_path / "spool", ROOM) as spool:
        await spool.put(payload(1))
        assert modes_of(tmp_path) == {0o600}


async def test_large_payloads_come_a_few_at_a_time_and_always_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spool_module, "AT_ONCE_BYTES", 100)
    async with Spool.open(tmp_path / "spool", ROOM) as spool:
        for number in range(5):
            await spool.put(payload(number, 60))
        await spool.put(payload(5, 500))
        assert len(await spool.first(10)) == 2
        *_, last = await spool.first(2)
        await spool.done(last.place, (), LONG_AGO)
        await spool.done((await spool.first(2))[-1].place, (), LONG_AGO)
        await spool.done((await spool.first(1))[-1].place, (), LONG_AGO)
        assert [len(each.payload.body) for each in await spool.first(10)] == [500]
