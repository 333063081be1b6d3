import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from tests.interruptible import interruptible

GATE = str(Path(sys.executable).with_name("alpr-gate"))
PATIENCE = 120
GONE_WITHIN = 20.0
NOTICES = """requesting_organisation,request_date,permissions_requested
Pasadena CA PD,2024-05-06,Search
Nobody We Know,2024-05-07,Search | Hot List
"""
PORTALS = """src_agency,external_agency
Napa CA PD,Pasadena CA PD
Reno NV PD,Pasadena CA PD
Napa CA PD,FBI
"""


def environment(scratch: Path) -> dict[str, str]:
    """This test's own temporary folder, to see what is left in it."""
    scratch.mkdir()
    ours = {name: value for name, value in os.environ.items() if not name.startswith(("KAFKA_", "ALPR_"))}
    return {**ours, "TMPDIR": str(scratch)}


def demo(folder: Path, *arguments: str | Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [GATE, "demo", *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
        env=environment(folder / "scratch"),
    )


@contextmanager
def running(folder: Path, until: str) -> Iterator["subprocess.Popen[str]"]:
    """A demonstration that has said `until` and has more to do."""
    process = subprocess.Popen(
        interruptible(GATE, "demo", "--count", "5000"),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=environment(folder / "scratch"),
        start_new_session=True,
    )
    with process:
        assert process.stdout
        assert any(until in line for line in process.stdout)
        try:
            yield process
        finally:
            process.kill()


def eventually(what: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + GONE_WITHIN
    while not what():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def alive(process: psutil.Process) -> bool:
    """Tell whether it runs; one that nobody has waited for is dead."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def descendants(process: "subprocess.Popen[str]") -> list[psutil.Process]:
    return psutil.Process(process.pid).children(recursive=True)


def words_of(processes: list[psutil.Process]) -> list[str]:
    return [word for process in processes for word in process.cmdline()]


@pytest.mark.kafka
def test_a_demonstration_shows_verdicts_a_revocation_and_the_proof(tmp_path: Path) -> None:
    done = demo(tmp_path, "--count", "600")
    assert (done.returncode, done.stderr) == (0, "")
    verdicts = {line.split()[0] for line in done.stdout.splitlines() if line.split()}
    assert {"forward", "hold", "block"} <= verdicts
    assert "an unlawful agreement was tried, and `agreement/" in done.stdout
    assert "bound on all 4 partitions within" in done.stdout
    assert "; 0 after" in done.stdout
    assert "verified: 4 chains, 606 inputs with one record each" in done.stdout
    assert "\x1b" not in done.stdout
    assert list((tmp_path / "scratch").iterdir()) == []


@pytest.mark.kafka
@pytest.mark.parametrize(("text", "verified"), [(NOTICES, "2 inputs"), (PORTALS, "2 inputs")])
def test_real_requests_are_decided_and_verified(tmp_path: Path, text: str, verified: str) -> None:
    file = tmp_path / "given.csv"
    file.write_text(text, encoding="utf-8")
    done = demo(tmp_path, "--requests", file)
    assert (done.returncode, done.stderr) == (0, "")
    assert f"verified: 4 chains, {verified} with one record each" in done.stdout
    assert "revocation" not in done.stdout


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a,b\n1,2\n", "given.csv:1: expected the header of notices"),
        (
            "requesting_organisation,request_date,permissions_requested\nX,soon,Search\n",
            "given.csv:2:",
        ),
    ],
)
def test_a_wrong_file_is_one_line_before_anything_starts(tmp_path: Path, text: str, told: str) -> None:
    file = tmp_path / "given.csv"
    file.write_text(text, encoding="utf-8")
    done = demo(tmp_path, "--requests", file)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"alpr-gate: {tmp_path}/{told}")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("arguments", [["--requests", "missing.csv"], ["--count", "0"], ["--count", "many"]])
def test_a_wrong_option_is_named(tmp_path: Path, arguments: list[str]) -> None:
    done = demo(tmp_path, *arguments)
    assert done.returncode == 2
    assert f"Error: Invalid value for '{arguments[0]}'" in done.stderr.splitlines()[-1]


@pytest.mark.kafka
@pytest.mark.parametrize("until", ["starting a Kafka", "starting a worker", "sending"])
def test_ctrl_c_leaves_nothing(tmp_path: Path, until: str) -> None:
    with running(tmp_path, until) as process:
        below = descendants(process)
        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE) == 130
        assert eventually(lambda: not any(map(alive, below)))
    assert list((tmp_path / "scratch").iterdir()) == []


@pytest.mark.kafka
def test_kill_leaves_nothing(tmp_path: Path) -> None:
    with running(tmp_path, "sending") as process:
        below = descendants(process)
        words = words_of(below)
        assert {"kafka.Kafka", "run"} <= set(words)
        process.kill()
        assert eventually(lambda: not any(map(alive, below)))
    assert eventually(lambda: list((tmp_path / "scratch").iterdir()) == [])
