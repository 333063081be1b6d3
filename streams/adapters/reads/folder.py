"""The watched folders: files that cameras and exports drop, each taken as a whole.

A file counts once its name does: whoever drops it writes under a name with a dot in front or `.part` at the
end, and renames. Waiting for a size that no longer changes would take half a file from a slow writer.

A file goes to `taking`, is read, put into the spool, and goes on to `done` or `unread`. What a kill leaves in
`taking` is taken again at the start; it may then be spooled twice, and the sender writes each read once.
"""

import asyncio
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path

from streams.adapters.reads.delivery import MOST_BYTES, Delivery
from streams.adapters.reads.feed_file import FeedAccess
from streams.adapters.reads.meter import ReadMeter
from streams.adapters.reads.spool import Payload, Spool
from streams.adapters.reads.unread import Unread
from streams.clock import Clock
from streams.errors import UnavailableError
from streams.logs import get_logger
from streams.metric_names import NotTaken

log = get_logger(__name__)

TAKING, DONE, UNREAD = "taking", "done", "unread"
UNFINISHED = (".part", ".partial", ".tmp", ".filepart")
# As long as the spool keeps what nobody could read, and as the topic keeps reads.
KEPT: Mapping[str, timedelta] = {DONE: timedelta(days=7), UNREAD: timedelta(days=30)}
AT_ONCE = 50
LOOK_SECONDS = 0.5
FORGET_SECONDS = 60.0
# Sorts as time goes, and keeps two files of one name apart.
STAMP = "%Y%m%dT%H%M%S.%fZ"
# So that with the stamp before it a name is not longer than names may be.
_NAME_BYTES = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class _Taken:
    """A file in `taking` with its payload, None for what is left out, and where it goes from there."""

    path: Path
    payload: Payload | None
    towards: str


class FolderIntake:
    """Takes the files of all feeds that have a folder into the spool."""

    def __init__(self, feeds: Mapping[str, FeedAccess], spool: Spool, meter: ReadMeter, clock: Clock) -> None:
        self._folders = {each.folder: each for each in feeds.values() if each.folder is not None}
        self._spool = spool
        self._meter = meter
        self._clock = clock
        self._forgotten_at = -FORGET_SECONDS
        self.problem: str | None = None

    async def run(self) -> None:
        """Take files until cancelled; a folder that is not there is looked for again."""
        while True:
            found = 0
            try:
                for folder, access in self._folders.items():
                    found += await self._take(folder, access)
                await self._forget()
                self.problem = None
            except (UnavailableError, OSError) as error:
                # The text of an error of the system has the name of a file, which may be a plate.
                known = isinstance(error, UnavailableError)
                problem = str(error) if known else "a folder cannot be read or written"
                if self.problem != problem:
                    log.warning("files wait in their folder", error=error)
                self.problem = problem
            if not found:
                await asyncio.sleep(LOOK_SECONDS)

    async def _take(self, folder: Path, access: FeedAccess) -> int:
        while self._spool.is_full:
            self.problem = "the spool is full: Kafka has been away too long"
            self._meter.not_taken(NotTaken.SPOOL_FULL)
            await asyncio.sleep(LOOK_SECONDS)
        taken = await asyncio.to_thread(self._claim, folder, access)
        payloads = [each.payload for each in taken if each.payload is not None]
        await asyncio.gather(*map(self._spool.put, payloads))
        for payload in payloads:
            self._meter.taken(payload.feed)
        await asyncio.to_thread(_move, folder, taken)
        return len(taken)

    def _claim(self, folder: Path, access: FeedAccess) -> list[_Taken]:
        """Move files aside and read them; under their own name they could be replaced meanwhile."""
        if not folder.is_dir():
            raise UnavailableError(f"the folder of feed `{access.feed.name}` is not there")
        for name in (TAKING, DONE, UNREAD):
            (folder / name).mkdir(mode=0o700, exist_ok=True)
        now = self._clock.now()
        claimed = [Path(each.path) for each in islice(_files(folder / TAKING), AT_ONCE)]
        for number, each in enumerate(islice(_files(folder), AT_ONCE - len(claimed))):
            # A name may be as long as a name can be, and two may differ at their beginning alone.
            name = os.fsdecode(os.fsencode(each.name)[-_NAME_BYTES:])
            claimed.append(folder / TAKING / f"{now.strftime(STAMP)}{number:02}-{name}")
            Path(each.path).rename(claimed[-1])
        return [self._read(path, access, now) for path in claimed]

    def _read(self, path: Path, access: FeedAccess, now: datetime) -> _Taken:
        size = path.lstat().st_size
        if size == 0 or size > MOST_BYTES:
            return self._left_out(path, NotTaken.TOO_LARGE if size else NotTaken.EMPTY)
        try:
            # Looked at before it was moved, it may have been exchanged for a link since.
            body = b"" if path.is_symlink() else path.read_bytes()
        except PermissionError:
            body = b""
        if not body:
            return self._left_out(path, NotTaken.REFUSED)
        payload = Payload(feed=access.feed.name, content_type="", received_at=now, body=body)
        delivery = Delivery(feed=access.feed, body=body, content_type="", received_at=now)
        found = access.form.parse(delivery)
        is_read = all(not isinstance(each, Unread) or each.reason.is_noise for each in found)
        return _Taken(path=path, payload=payload, towards=DONE if is_read else UNREAD)

    def _left_out(self, path: Path, reason: NotTaken) -> _Taken:
        self._meter.not_taken(reason)
        log.warning("a file is left out", reason=reason)
        return _Taken(path=path, payload=None, towards=UNREAD)

    async def _forget(self) -> None:
        """Remove what was kept long enough: the files have plates, and nobody else removes them."""
        if self._clock.monotonic() - self._forgotten_at < FORGET_SECONDS:
            return
        self._forgotten_at = self._clock.monotonic()
        for folder in self._folders:
            for name, kept in KEPT.items():
                await asyncio.to_thread(_remove_older, folder / name, self._clock.now() - kept)


def _files(folder: Path) -> Iterator[os.DirEntry[str]]:
    """Yield the finished files of a folder; no links, which could lead to what is not the feed's."""
    with os.scandir(folder) as entries:
        for each in entries:
            if each.name.startswith(".") or each.name.lower().endswith(UNFINISHED):
                continue
            if each.is_file(follow_symlinks=False):
                yield each


def _move(folder: Path, taken: Iterable[_Taken]) -> None:
    for each in taken:
        each.path.rename(folder / each.towards / each.path.name)


def _remove_older(folder: Path, before: datetime) -> None:
    for each in _files(folder):
        if each.name < before.strftime(STAMP):
            Path(each.path).unlink(missing_ok=True)
