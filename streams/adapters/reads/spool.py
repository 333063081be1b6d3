"""A spool on disk: what feeds have delivered and Kafka does not have yet, and what nobody could read.

A camera sends once and forgets, so what was accepted must outlive this process and a broker that is away. A
payload is in the file, and the file on the disk, before its sender is told that it was taken. SQLite keeps
the file whole whatever happens to the process; one thread alone touches it, since writing to a disk blocks.

Payloads may hold images and plates in plain: the file is for its owner's eyes alone.
"""

import asyncio
import os
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from streams.adapters.reads.unread import Unread
from streams.errors import InputError, UnavailableError

T = TypeVar("T")

_SCHEMA = """
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
PRAGMA locking_mode = EXCLUSIVE;
CREATE TABLE IF NOT EXISTS payloads (
    place INTEGER PRIMARY KEY AUTOINCREMENT, feed TEXT NOT NULL, content_type TEXT NOT NULL,
    received_at INTEGER NOT NULL, body BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS unread (
    place INTEGER NOT NULL, feed TEXT NOT NULL, received_at INTEGER NOT NULL, reason TEXT NOT NULL,
    message TEXT NOT NULL, content_type TEXT NOT NULL, body BLOB NOT NULL);
"""
MODE = 0o600
# Payloads with images are megabytes each.
AT_ONCE_BYTES = 32 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Payload:
    """What a feed sent at once; `received_at` is UTC."""

    feed: str
    content_type: str
    received_at: datetime
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Spooled:
    """A payload with its place, which only rises."""

    place: int
    payload: Payload


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptUnread:
    """A payload that, or a part of which, could not be read, with the reason and what was wrong."""

    place: int
    payload: Payload
    reason: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Backlog:
    """How much waits in the spool; `oldest` is when the first of it was received, None for nothing."""

    payloads: int
    size: int
    oldest: datetime | None


class Spool:
    """The open file. Every call returns when the disk has what it says."""

    def __init__(self, path: Path, most_bytes: int) -> None:
        self._path = path
        self._most = most_bytes
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="spool")
        self._waiting: list[tuple[Payload, asyncio.Future[None]]] = []
        self._flushing = False
        self._held = 0
        self._database: sqlite3.Connection | None = None

    @classmethod
    @asynccontextmanager
    async def open(cls, path: Path, most_bytes: int) -> "AsyncIterator[Spool]":
        """Open the file, which is made where there is none; `most_bytes` of payloads fit.

        Raises:
            InputError: it cannot be opened, is no spool, or another process has it open.
        """
        spool = cls(path, most_bytes)
        await spool._run(spool._open)
        try:
            yield spool
        finally:
            await spool._run(spool._close)
            spool._thread.shutdown()

    @property
    def is_full(self) -> bool:
        """Tell whether no more is taken until Kafka has taken some."""
        return self._held >= self._most

    async def put(self, payload: Payload) -> None:
        """Keep a payload.

        Those that come while the disk is busy are written together: a disk syncs about as fast for many.

        Raises:
            UnavailableError: the disk does not take it.
        """
        kept = asyncio.get_running_loop().create_future()
        self._waiting.append((payload, kept))
        if not self._flushing:
            self._flushing = True
            try:
                while self._waiting:
                    await self._flush()
            finally:
                self._flushing = False
        await kept

    async def _flush(self) -> None:
        batch, self._waiting = self._waiting, []
        try:
            await asyncio.shield(self._run(lambda: self._insert(payload for payload, _ in batch)))
        except UnavailableError as error:
            for _, kept in batch:
                kept.set_exception(error)
            return
        for _, kept in batch:
            if not kept.done():
                kept.set_result(None)

    async def first(self, most: int) -> tuple[Spooled, ...]:
        """Return the payloads that wait longest, in order: at most so many, and few large ones."""
        return await self._run(lambda: self._select(most))

    async def done(self, upto: int, unread: Iterable[tuple[Spooled, Unread]], forget: datetime) -> None:
        """Take away all up to a place, which Kafka has; keep what could not be read, until it is too old."""
        await self._run(lambda: self._finish(upto, tuple(unread), forget))

    async def unread(self) -> tuple[KeptUnread, ...]:
        """Return what could not be read, in the order in which it came."""
        return await self._run(self._select_unread)

    async def backlog(self) -> Backlog:
        """Return how much waits."""
        return await self._run(self._measure)

    async def _run(self, work: Callable[[], T]) -> T:
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, work)
        except sqlite3.Error as error:
            raise UnavailableError(
                f"spool `{self._path}` cannot be used: {error}; look at its disk"
            ) from error

    @property
    def _rows(self) -> sqlite3.Connection:
        if self._database is None:
            raise RuntimeError("the spool is not open")
        return self._database

    def _open(self) -> None:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            os.close(os.open(self._path, os.O_RDWR | os.O_CREAT, MODE))
            self._database = sqlite3.connect(self._path, timeout=0)
            self._database.executescript(_SCHEMA)
            # Takes the lock now: of two processes on one file, the second is told so at its start.
            with self._database:
                self._database.execute("UPDATE payloads SET place = place WHERE place < 0")
            self._held = self._measure().size
        except (OSError, sqlite3.Error) as error:
            raise InputError(f"spool `{self._path}`: {error}; one process alone may have it open") from error

    def _close(self) -> None:
        if self._database is not None:
            self._database.close()

    def _insert(self, payloads: Iterable[Payload]) -> None:
        rows = [(each.feed, each.content_type, _number(each.received_at), each.body) for each in payloads]
        with self._rows:
            self._rows.executemany(
                "INSERT INTO payloads (feed, content_type, received_at, body) VALUES (?, ?, ?, ?)", rows
            )
        self._held += sum(len(row[3]) for row in rows)

    def _select(self, most: int) -> tuple[Spooled, ...]:
        with closing(
            self._rows.execute(
                "SELECT place, feed, content_type, received_at, body FROM payloads ORDER BY place LIMIT ?",
                (most,),
            )
        ) as found:
            return tuple(_within(AT_ONCE_BYTES, found))

    def _finish(self, upto: int, unread: tuple[tuple[Spooled, Unread], ...], forget: datetime) -> None:
        kept = [
            (
                spooled.place,
                spooled.payload.feed,
                _number(spooled.payload.received_at),
                each.reason.value,
                each.message,
                spooled.payload.content_type,
                spooled.payload.body,
            )
            for spooled, each in unread
        ]
        with self._rows:
            self._rows.executemany("INSERT INTO unread VALUES (?, ?, ?, ?, ?, ?, ?)", kept)
            self._rows.execute("DELETE FROM unread WHERE received_at < ?", (_number(forget),))
            (freed,) = self._rows.execute(
                "SELECT coalesce(sum(length(body)), 0) FROM payloads WHERE place <= ?", (upto,)
            ).fetchone()
            self._rows.execute("DELETE FROM payloads WHERE place <= ?", (upto,))
        # Not counted anew: after a day without Kafka there are a million rows, and thousands of batches.
        self._held -= freed

    def _select_unread(self) -> tuple[KeptUnread, ...]:
        found = self._rows.execute(
            "SELECT place, feed, content_type, received_at, body, reason, message FROM unread ORDER BY place"
        )
        return tuple(
            KeptUnread(place=place, payload=_payload(row), reason=reason, message=message)
            for place, *row, reason, message in found
        )

    def _measure(self) -> Backlog:
        count, size, oldest = self._rows.execute(
            "SELECT count(*), coalesce(sum(length(body)), 0), min(received_at) FROM payloads"
        ).fetchone()
        return Backlog(payloads=count, size=size, oldest=None if oldest is None else _instant(oldest))


def _within(limit: int, rows: Iterable[Sequence[Any]]) -> Iterator[Spooled]:
    """Yield the payloads of the rows up to the one with which there are so many bytes."""
    size = 0
    for place, *row in rows:
        spooled = Spooled(place=place, payload=_payload(row))
        yield spooled
        size += len(spooled.payload.body)
        if size >= limit:
            return


def _payload(row: Sequence[Any]) -> Payload:
    feed, content_type, received_at, body = row
    return Payload(feed=feed, content_type=content_type, received_at=_instant(received_at), body=body)


def _number(instant: datetime) -> int:
    return (instant - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


def _instant(number: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=number)
