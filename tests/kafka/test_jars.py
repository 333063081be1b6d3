import hashlib
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from streams.errors import UnavailableError
from streams.kafka.central import download_from_central
from streams.kafka.jars import Jar, cache_folder, fetch_jars, pinned_jars

PROGRAM = """
import sys
from pathlib import Path
from streams.kafka.central import download_from_central
from streams.kafka.jars import fetch_jars, pinned_jars
small = sorted(pinned_jars(), key=lambda jar: jar.size)[:8]
print(len(fetch_jars(Path(sys.argv[1]), small, download_from_central)))
"""


def a_jar(name: str, content: bytes) -> Jar:
    digest = hashlib.sha256(content).hexdigest()
    return Jar(group="org.example", artifact=name, version="1.0", sha256=digest, size=len(content))


class Shelf:
    """A repository in memory that counts what it hands out."""

    def __init__(self, **contents: bytes) -> None:
        self.contents = contents
        self.handed_out: list[str] = []

    def download(self, jar: Jar, folder: Path, advance: Callable[[int], None]) -> Path:
        self.handed_out.append(jar.artifact)
        file = folder / f"download-{jar.artifact}"
        file.write_bytes(self.contents[jar.artifact])
        advance(jar.size)
        return file


def test_the_pins_name_the_broker_and_each_file_once() -> None:
    jars = pinned_jars()

    assert "kafka_2.13-4.2.0.jar" in {jar.file_name for jar in jars}
    assert len({jar.file_name for jar in jars}) == len(jars) == 46
    assert {len(jar.sha256) for jar in jars} == {64}


def test_jars_are_downloaded_once(tmp_path: Path) -> None:
    shelf = Shelf(one=b"1", two=b"22")
    jars = [a_jar("one", b"1"), a_jar("two", b"22")]

    first = fetch_jars(tmp_path, jars, shelf.download)
    second = fetch_jars(tmp_path, jars, shelf.download)

    assert first == second == (tmp_path / "one-1.0.jar", tmp_path / "two-1.0.jar")
    assert [file.read_bytes() for file in first] == [b"1", b"22"]
    assert sorted(shelf.handed_out) == ["one", "two"]


@pytest.mark.parametrize(
    "content", [b"", b"12", b"12345", b"4321"], ids=["empty", "partial", "longer", "tampered"]
)
def test_a_file_that_is_not_the_pinned_one_is_downloaded_again(tmp_path: Path, content: bytes) -> None:
    shelf = Shelf(one=b"1234")
    (tmp_path / "one-1.0.jar").write_bytes(content)

    (file,) = fetch_jars(tmp_path, [a_jar("one", b"1234")], shelf.download)

    assert file.read_bytes() == b"1234"
    assert shelf.handed_out == ["one"]


def test_a_download_with_another_hash_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    shelf = Shelf(one=b"evil")

    with pytest.raises(
        UnavailableError, match=r"`one-1.0.jar` was downloaded but its SHA-256 is not the pinned one"
    ):
        fetch_jars(tmp_path, [a_jar("one", b"good")], shelf.download)

    assert [file.name for file in tmp_path.iterdir()] == [".lock"]


def test_what_a_killed_download_left_is_removed_by_the_next(tmp_path: Path) -> None:
    (tmp_path / ".partial-old").mkdir()
    (tmp_path / ".partial-old" / "half.jar").write_bytes(b"h")

    fetch_jars(tmp_path, [a_jar("one", b"1")], Shelf(one=b"1").download)

    assert sorted(file.name for file in tmp_path.iterdir()) == [".lock", "one-1.0.jar"]


def test_who_waits_for_the_lock_finds_the_jars_of_the_other(tmp_path: Path) -> None:
    shelf = Shelf(one=b"1")
    started, go_on = threading.Event(), threading.Event()

    def slowly(jar: Jar, folder: Path, advance: Callable[[int], None]) -> Path:
        started.set()
        assert go_on.wait(10)
        return shelf.download(jar, folder, advance)

    jars = [a_jar("one", b"1")]
    first = threading.Thread(target=fetch_jars, args=(tmp_path, jars, slowly))
    second = threading.Thread(target=fetch_jars, args=(tmp_path, jars, shelf.download))
    first.start()
    assert started.wait(10)
    second.start()
    go_on.set()
    first.join(10)
    second.join(10)

    assert shelf.handed_out == ["one"]


def test_two_processes_fill_an_empty_cache_at_once(tmp_path: Path) -> None:
    command = [sys.executable, "-c", PROGRAM, str(tmp_path)]
    programs = [
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(2)
    ]
    outputs = [program.communicate(timeout=120) for program in programs]

    assert [out for out, _ in outputs] == ["8\n", "8\n"]
    # One downloads and says so in one line; the other waits and says nothing.
    assert sorted(len(err.splitlines()) for _, err in outputs) == [0, 1]
    assert len(list(tmp_path.glob("*.jar"))) == 8
    assert not list(tmp_path.glob(".partial-*"))


def test_a_jar_that_the_repository_lacks_says_how_to_go_on(tmp_path: Path) -> None:
    with pytest.raises(UnavailableError, match=r"cannot download `no-such-jar-1.0.jar` from Maven Central"):
        download_from_central(a_jar("no-such-jar", b""), tmp_path, lambda _: None)


def test_without_a_network_the_error_is_one_line_with_a_way_out(tmp_path: Path) -> None:
    command = [sys.executable, "-c", PROGRAM, str(tmp_path)]
    # Nobody listens on port 9 of this machine, so the proxy refuses at once.
    nowhere = {"https_proxy": "http://127.0.0.1:9", "http_proxy": "http://127.0.0.1:9"}

    failed = subprocess.run(command, capture_output=True, text=True, timeout=60, env=nowhere, check=False)

    assert failed.returncode == 1
    last = failed.stderr.splitlines()[-1]
    assert last.startswith("streams.errors.UnavailableError: cannot download `")
    assert last.endswith("connect to the network, or set KAFKA_BOOTSTRAP_SERVERS to a broker of your own")


def test_the_cache_is_the_given_folder_or_the_users(tmp_path: Path) -> None:
    assert cache_folder(tmp_path) == tmp_path
    assert cache_folder(None).parts[-2:] == ("alpr-gate", "kafka")
