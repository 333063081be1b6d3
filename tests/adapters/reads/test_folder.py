"""The watched folders: files dropped whole, read once whatever is killed, on a real broker."""

import asyncio
import json
import os
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from streams.adapters.reads.delivery import MOST_BYTES
from streams.adapters.reads.feed_file import FeedAccess, read_feeds
from streams.adapters.reads.folder import DONE, STAMP, TAKING, UNREAD, FolderIntake
from streams.adapters.reads.meter import ReadMeter
from streams.adapters.reads.spool import Spool
from streams.clock import ManualClock
from streams.kafka.embedded import EmbeddedKafka
from streams.settings import Settings
from tests.adapters.reads.doors import Intake, group, intake
from tests.workers import eventually

NOW = datetime(2027, 3, 1, 20, 0, tzinfo=UTC)


def body(number: int) -> bytes:
    return json.dumps(group(number)).encode()


def drop(folder: Path, name: str, content: bytes) -> None:
    """Write a file as whoever drops it ought to: under another name first."""
    partial = folder / f".{name}"
    partial.write_bytes(content)
    partial.rename(folder / name)


def names(folder: Path) -> list[str]:
    """Return the names of what lies in a folder, without the times that they came."""
    return sorted(each.name.partition("-")[2] or each.name for each in folder.iterdir() if each.is_file())


def feed_of(folder: Path) -> dict[str, FeedAccess]:
    text = (
        f"reference_key: {bytes(32).hex()}\nfeeds:\n  - name: drop\n    format: rekor\n    network: Drop\n"
        f"    zone: America/Los_Angeles\n    folder: {folder}\n"
    )
    return dict(read_feeds(text, Path("feeds.yaml")))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "drop"
    made.mkdir()
    return made


async def looked(folder: Path, tmp_path: Path, now: datetime = NOW) -> list[bytes]:
    """Let the intake look once, and return what is in the spool then."""
    feeds, clock, room = feed_of(folder), ManualClock(now), 1 << 30
    async with Spool.open(tmp_path / "spool", room) as spool:
        work = FolderIntake(feeds, spool, ReadMeter(feeds, room, clock), clock)
        await work._take(folder, feeds["drop"])
        await work._forget()
        return [each.payload.body for each in await spool.first(1000)]


async def test_a_file_is_taken_and_moved_by_whether_it_is_read(folder: Path, tmp_path: Path) -> None:
    drop(folder, "1.json", body(1))
    drop(folder, "2.json", b"no JSON")
    drop(folder, "3.json", json.dumps({"data_type": "heartbeat"}).encode())
    assert len(await looked(folder, tmp_path)) == 3
    assert (names(folder), names(folder / TAKING)) == ([], [])
    assert (names(folder / DONE), names(folder / UNREAD)) == (["1.json", "3.json"], ["2.json"])


@pytest.mark.parametrize("name", [".1.json", "1.json.part", "1.json.TMP", "1.json.filepart"])
async def test_a_file_that_is_not_finished_is_not_read(folder: Path, tmp_path: Path, name: str) -> None:
    (folder / name).write_bytes(body(1))
    assert await looked(folder, tmp_path) == []
    assert (folder / name).exists()


async def test_links_and_folders_are_not_followed(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "private").write_bytes(body(1))
    (folder / "link.json").symlink_to(tmp_path / "private")
    (folder / "inner").mkdir()
    drop(folder / "inner", "1.json", body(1))
    assert await looked(folder, tmp_path) == []


async def test_two_files_of_one_name_are_both_kept(folder: Path, tmp_path: Path) -> None:
    drop(folder, "1.json", body(1))
    await looked(folder, tmp_path)
    drop(folder, "1.json", body(2))
    drop(folder / TAKING, f"{(NOW - timedelta(hours=1)).strftime(STAMP)}-1.json", body(3))
    later = NOW + timedelta(seconds=1)
    assert sorted(await looked(folder, tmp_path, later)) == [body(1), body(2), body(3)]
    assert len(list((folder / DONE).iterdir())) == 3


async def test_names_as_long_as_they_can_be_are_not_mixed_up(folder: Path, tmp_path: Path) -> None:
    for number in (1, 2):
        (folder / f"{number}{'ü' * 125}.js").write_bytes(body(number))
    assert sorted(await looked(folder, tmp_path)) == [body(1), body(2)]
    assert len(list((folder / DONE).iterdir())) == 2


async def test_what_is_no_payload_at_all_is_put_aside(folder: Path, tmp_path: Path) -> None:
    drop(folder, "empty.json", b"")
    drop(folder, "large.json", b"")
    os.truncate(folder / "large.json", MOST_BYTES + 1)
    assert await looked(folder, tmp_path) == []
    assert names(folder / UNREAD) == ["empty.json", "large.json"]


async def test_what_was_kept_long_enough_is_removed(folder: Path, tmp_path: Path) -> None:
    for place in (DONE, UNREAD):
        (folder / place).mkdir()
        for days in (1, 10, 40):
            stamp = (NOW - timedelta(days=days)).strftime(STAMP)
            (folder / place / f"{stamp}-{days}.json").write_bytes(body(days))
    await looked(folder, tmp_path)
    assert names(folder / DONE) == ["1.json"]
    assert names(folder / UNREAD) == ["1.json", "10.json"]


async def arrived(door: Intake, numbers: Iterable[int]) -> None:
    expected = {f"AGENT-1234-{number}": 1 for number in numbers}

    async def they_have() -> bool:
        await door.emptied()
        return {event.source_read_id for event in await door.reads()} >= set(expected)

    await eventually(they_have)
    assert Counter(event.source_read_id for event in await door.reads()) == expected


@pytest.mark.kafka
async def test_dropped_files_arrive_once_through_kills_and_a_broker_that_is_away(
    own_kafka: EmbeddedKafka, folder: Path, tmp_path: Path
) -> None:
    settings = Settings(app_id="folder", bootstrap_servers=own_kafka.bootstrap_servers, partitions=2)
    async with intake(settings, tmp_path, drop=f"folder: {folder}") as door:

        async def send(numbers: range) -> None:
            for number in numbers:
                drop(folder, f"{number}.json", body(number))
                await asyncio.sleep(0)

        await send(range(50))
        await asyncio.to_thread(own_kafka.kill)
        await send(range(50, 100))
        await door.kill()
        await send(range(100, 500))
        for _ in range(4):
            await door.start()
            await door.kill()
        await door.start()
        await asyncio.to_thread(own_kafka.start)
        await arrived(door, range(500))
        assert sum(1 for _ in (folder / DONE).iterdir()) == 500


@pytest.mark.kafka
async def test_a_kill_between_two_steps_neither_loses_nor_doubles(
    settings: Settings, folder: Path, tmp_path: Path
) -> None:
    stamp = NOW.strftime(STAMP)
    async with intake(settings, tmp_path, drop=f"folder: {folder}") as door:
        drop(folder, "1.json", body(1))
        await arrived(door, [1])
        await door.kill()
        # Killed after it was claimed; and after it was spooled, and even written, but not moved.
        (folder / TAKING / f"{stamp}-2.json").write_bytes(body(2))
        (folder / TAKING / f"{stamp}-1.json").write_bytes(body(1))
        await door.start()
        await arrived(door, [1, 2])
        assert names(folder / TAKING) == []


@pytest.mark.kafka
async def test_a_folder_that_is_not_there_is_told_and_looked_for_again(
    settings: Settings, tmp_path: Path
) -> None:
    folder = tmp_path / "later"
    async with intake(settings, tmp_path, drop=f"folder: {folder}") as door:

        async def it_is_told() -> bool:
            return "the folder of feed `drop` is not there" in (await door.page())[1]["problems"]

        await eventually(it_is_told)
        folder.mkdir()
        drop(folder, "1.json", body(1))
        await arrived(door, [1])
