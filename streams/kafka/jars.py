"""The broker's jars: pinned by SHA-256, fetched once into a cache folder that processes share.

`jars.txt` lists them, one a line: hash, size in bytes, Maven coordinates. Each start hashes the whole cache
again, for a jar is a program: what somebody put in its place would run with the rights of whoever starts it.
"""

import hashlib
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from importlib.resources import files
from pathlib import Path

from filelock import FileLock
from platformdirs import user_cache_path
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from streams.errors import UnavailableError

# Enough to hide the latency of 45 small files; more would be rude to a public server.
DOWNLOADS_AT_ONCE = 4
# Longer than any download: whoever waits for the lock waits for another process's download.
LOCK_TIMEOUT = 900.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Jar:
    """One pinned jar: its Maven coordinates, its SHA-256 in hex and its size in bytes."""

    group: str
    artifact: str
    version: str
    sha256: str
    size: int

    @property
    def file_name(self) -> str:
        """Return the name of the file in the cache."""
        return f"{self.artifact}-{self.version}.jar"


# Puts one jar below the folder, tells its second callback of the bytes as they come, and returns the file.
Download = Callable[[Jar, Path, Callable[[int], None]], Path]


def pinned_jars() -> tuple[Jar, ...]:
    """Return the jars that `jars.txt` pins."""
    text = files("streams.kafka").joinpath("jars.txt").read_text("utf-8")
    return tuple(_jar_of(line) for line in text.splitlines() if not line.startswith("#"))


def _jar_of(line: str) -> Jar:
    sha256, size, coordinates = line.split()
    group, artifact, version = coordinates.split(":")
    return Jar(group=group, artifact=artifact, version=version, sha256=sha256, size=int(size))


def cache_folder(given: Path | None) -> Path:
    """Return the folder of the jars: the given one, or the user's cache."""
    return given or user_cache_path("alpr-gate") / "kafka"


def fetch_jars(folder: Path, jars: Sequence[Jar], download: Download) -> tuple[Path, ...]:
    """Return the jars' files in order; download what the folder lacks or holds with another hash.

    Two processes may ask at once: one downloads, the other waits for it.

    Raises:
        UnavailableError: a jar cannot be downloaded, or what came is not the pinned one.
    """
    # Without the lock first: a full cache may be on a disk that cannot be written.
    if _unsound(folder, jars):
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / ".lock", timeout=LOCK_TIMEOUT):
            # Looked at again under the lock: whoever held it may have brought them.
            _download_all(folder, _unsound(folder, jars), download)
    return tuple(folder / jar.file_name for jar in jars)


def _unsound(folder: Path, jars: Iterable[Jar]) -> tuple[Jar, ...]:
    return tuple(jar for jar in jars if not _is_sound(folder / jar.file_name, jar))


def _is_sound(file: Path, jar: Jar) -> bool:
    # The size first: it is cheaper, and tells most partial files.
    if not file.is_file() or file.stat().st_size != jar.size:
        return False
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest() == jar.sha256


def _download_all(folder: Path, jars: Sequence[Jar], download: Download) -> None:
    if not jars:
        return
    # What a killed download has left; we hold the lock, so nobody uses it.
    for leftover in folder.glob(".partial-*"):
        shutil.rmtree(leftover, ignore_errors=True)
    # Inside the cache, so that the move at the end stays on one file system and is atomic.
    with (
        tempfile.TemporaryDirectory(dir=folder, prefix=".partial-") as partial_folder,
        _progress_bar(jars) as advance,
        ThreadPoolExecutor(DOWNLOADS_AT_ONCE) as threads,
    ):
        one = partial(_download_one, folder, Path(partial_folder), download, advance)
        # Taken out one by one, so that the first fault is raised here and not lost in its thread.
        tuple(threads.map(one, jars))


def _download_one(
    folder: Path, partial_folder: Path, download: Download, advance: Callable[[int], None], jar: Jar
) -> None:
    # INVARIANT: no file reaches the cache under its name before its hash is right.
    file = download(jar, partial_folder, advance)
    if not _is_sound(file, jar):
        raise UnavailableError(
            f"`{jar.file_name}` was downloaded but its SHA-256 is not the pinned one; try again, and if it "
            "stays so something between here and Maven Central changes files"
        )
    file.replace(folder / jar.file_name)


@contextmanager
def _progress_bar(jars: Sequence[Jar]) -> Iterator[Callable[[int], None]]:
    total = sum(jar.size for jar in jars)
    console = Console(file=sys.stderr)
    if not console.is_terminal:
        console.print(f"downloading Kafka, {total / 1e6:.0f} MB, once", highlight=False)
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as progress:
        task = progress.add_task("downloading Kafka", total=total)
        yield partial(progress.advance, task)
