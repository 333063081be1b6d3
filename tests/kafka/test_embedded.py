import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from streams.errors import UnavailableError
from streams.kafka.admin import ensure_topics
from streams.kafka.embedded import EmbeddedKafka
from streams.kafka.ports import answers
from streams.topics import TopicSpec

pytestmark = pytest.mark.kafka

# Starts a broker, says where, and waits; `fork` leaves a child behind that holds every open pipe.
PARENT = """
import os, sys, time
from streams.kafka.embedded import EmbeddedKafka
broker = EmbeddedKafka()
broker.start()
if "fork" in sys.argv and os.fork() == 0:
    time.sleep(60)
    os._exit(0)
print(broker.pid, broker.folder, flush=True)
time.sleep(60)
"""


def eventually(what: Callable[[], bool], timeout: float = 15.0) -> bool:
    deadline = time.monotonic() + timeout
    while not what():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def port_of(broker: EmbeddedKafka) -> int:
    return int(broker.bootstrap_servers.split(":")[1])


async def produce(servers: str, topic: str, value: bytes) -> None:
    async with AIOKafkaProducer(bootstrap_servers=servers) as producer:
        await producer.send_and_wait(topic, value)


async def read_one(servers: str, topic: str) -> bytes:
    async with AIOKafkaConsumer(bootstrap_servers=servers) as consumer:
        partition = TopicPartition(topic, 0)
        consumer.assign([partition])
        await consumer.seek_to_beginning(partition)
        return bytes((await consumer.getone()).value)


@pytest.fixture(scope="module")
def broker() -> Iterator[EmbeddedKafka]:
    """A broker that each test leaves running."""
    with EmbeddedKafka() as started:
        yield started


async def test_what_was_written_is_there_after_a_crash_at_the_same_address(broker: EmbeddedKafka) -> None:
    servers = broker.bootstrap_servers
    await ensure_topics(servers, [TopicSpec(name="kept", partitions=1)], 1)
    await produce(servers, "kept", b"still here")

    broker.kill()
    assert not broker.running
    assert not answers(port_of(broker))
    broker.restart()

    assert broker.bootstrap_servers == servers
    assert await read_one(servers, "kept") == b"still here"


def test_start_again_does_nothing_while_it_runs(broker: EmbeddedKafka) -> None:
    pid = broker.pid

    broker.start()

    assert broker.pid == pid


def test_a_broker_that_ends_by_itself_is_not_running_and_can_be_started(broker: EmbeddedKafka) -> None:
    os.kill(broker.pid, signal.SIGKILL)

    assert eventually(lambda: not broker.running)
    broker.start()
    assert answers(port_of(broker))


def test_another_broker_lives_beside_it_until_it_is_stopped_with_its_folder(broker: EmbeddedKafka) -> None:
    other = EmbeddedKafka()
    with other:
        folder, pid = other.folder, other.pid
        assert answers(port_of(other))
        assert answers(port_of(broker))

    assert not folder.exists()
    assert not psutil.pid_exists(pid)
    other.stop()
    with pytest.raises(UnavailableError, match="start it first"):
        _ = other.bootstrap_servers


async def test_a_given_folder_is_kept_for_the_next_broker(tmp_path: Path) -> None:
    with EmbeddedKafka(tmp_path) as first:
        await ensure_topics(first.bootstrap_servers, [TopicSpec(name="kept", partitions=1)], 1)
        await produce(first.bootstrap_servers, "kept", b"still here")

    with EmbeddedKafka(tmp_path) as second:
        assert await read_one(second.bootstrap_servers, "kept") == b"still here"


async def test_a_folder_in_use_is_refused_and_left_alone(tmp_path: Path) -> None:
    with EmbeddedKafka(tmp_path) as first:
        with pytest.raises(UnavailableError, match=r"a broker runs on .* already"):
            EmbeddedKafka(tmp_path).start()

        await ensure_topics(first.bootstrap_servers, [TopicSpec(name="works", partitions=1)], 1)


def test_a_broker_that_cannot_start_is_an_error_with_the_end_of_its_log(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "meta.properties").write_text("node.id=7\nversion=1\n")
    broker = EmbeddedKafka(tmp_path)

    with pytest.raises(
        UnavailableError, match=r"Kafka ended before it answered: .*cluster\.id was not found"
    ):
        broker.start()

    assert not broker.running


def test_a_given_port_that_is_taken_is_refused() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        broker = EmbeddedKafka(port=taken.getsockname()[1])
        with pytest.raises(UnavailableError, match="Address already in use"):
            broker.start()

    assert not broker.running


@pytest.mark.parametrize(
    ("how", "arguments"),
    [(signal.SIGKILL, []), (signal.SIGTERM, []), (signal.SIGKILL, ["fork"])],
    ids=["killed", "terminated", "killed, with a forked child that lives on"],
)
def test_the_broker_ends_with_its_parent(how: signal.Signals, arguments: list[str]) -> None:
    command = [sys.executable, "-W", "ignore", "-c", PARENT, *arguments]
    parent = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True)
    assert parent.stdout
    try:
        pid, folder = parent.stdout.readline().split()
        assert psutil.pid_exists(int(pid))

        parent.send_signal(how)
        parent.wait(10)

        assert eventually(lambda: not psutil.pid_exists(int(pid)))
        assert eventually(lambda: not Path(folder).exists())
    finally:
        with suppress(ProcessLookupError):
            os.killpg(parent.pid, signal.SIGKILL)
        parent.stdout.close()
