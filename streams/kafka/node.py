"""One Kafka node that is broker and controller at once: its settings, its command, and whether it answers.

It runs from jars by their main classes, for Kafka's shell scripts need a whole distribution. Times in the
names here are seconds; those in the broker's own settings are milliseconds. It is KRaft (KIP-500): there is
no ZooKeeper, and the node votes for itself.

A node only describes. `streams.kafka.child` or `streams.kafka.background` runs its command, and decides how
long the broker lives.
"""

import base64
import fcntl
import hashlib
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from streams.errors import UnavailableError
from streams.kafka.ports import HOST, answers

# Far beyond what a start takes (3 s): these end a hang, not a slow machine.
FORMAT_TIMEOUT = 120.0
START_TIMEOUT = 120.0
STOP_TIMEOUT = 20.0
PROBE_EVERY = 0.05
TAIL_LINES = 3
# Formatting is over before a better compiler or collector has paid for itself.
SHORT_LIVED = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")
# Lines of a Java stack trace, which say nothing to whoever reads the one line of an error.
STACK_TRACE = ("at ", "... ")

# One node holds every copy, and few internal partitions make the start and the first group fast.
SETTINGS = {
    "process.roles": "broker,controller",
    "node.id": "1",
    "controller.listener.names": "CONTROLLER",
    "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
    # A misspelt topic must fail, not come to life with other settings than `streams.topics` says.
    "auto.create.topics.enable": "false",
    # There is nobody to wait for: the first worker gets its partitions at once.
    "group.initial.rebalance.delay.ms": "0",
    "offsets.topic.num.partitions": "4",
    "offsets.topic.replication.factor": "1",
    "transaction.state.log.num.partitions": "4",
    "transaction.state.log.replication.factor": "1",
    "transaction.state.log.min.isr": "1",
    "share.coordinator.state.topic.num.partitions": "1",
    "share.coordinator.state.topic.replication.factor": "1",
    "share.coordinator.state.topic.min.isr": "1",
    # After a crash the controller lets the node back in only when its earlier session is over.
    "broker.session.timeout.ms": "3000",
    "broker.heartbeat.interval.ms": "500",
    # A quarter of the heap would go to compaction otherwise.
    "log.cleaner.dedupe.buffer.size": str(16 << 20),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """One node: where it keeps its data, where it listens, and what runs it.

    The folder holds `data`, `server.properties` and `broker.log`. Started again on it, the node is the same.
    """

    folder: Path
    port: int
    controller_port: int
    java: Path
    jars: tuple[Path, ...]

    @property
    def bootstrap_servers(self) -> str:
        """Return the address for clients."""
        return f"{HOST}:{self.port}"

    @property
    def log(self) -> Path:
        """Return the file that takes the node's output."""
        return self.folder / "broker.log"

    @property
    def _properties(self) -> Path:
        return self.folder / "server.properties"

    def prepare(self) -> None:
        """Write the settings, and format the data folder unless it is already.

        Raises:
            UnavailableError: another broker runs on the folder, or Kafka's tool cannot format it.
        """
        data = self.folder / "data"
        data.mkdir(parents=True, exist_ok=True)
        # Kafka looks too, but only after it has written to the metadata that the other one uses.
        if _is_locked(data / ".lock"):
            raise UnavailableError(
                f"a broker runs on `{self.folder}` already; stop it, or give another folder"
            )
        lines = (f"{key}={value}" for key, value in (SETTINGS | self._places(data)).items())
        self._properties.write_text("\n".join(lines) + "\n", "utf-8")
        # Kafka's own tool refuses a folder that is formatted already.
        if not (data / "meta.properties").exists():
            self._format()

    def _places(self, data: Path) -> dict[str, str]:
        broker, controller = f"{HOST}:{self.port}", f"{HOST}:{self.controller_port}"
        return {
            "controller.quorum.voters": f"1@{controller}",
            "listeners": f"PLAINTEXT://{broker},CONTROLLER://{controller}",
            "advertised.listeners": f"PLAINTEXT://{broker}",
            "log.dirs": data.as_posix(),
        }

    def _format(self) -> None:
        command = [
            *self._java(64),
            *SHORT_LIVED,
            "kafka.tools.StorageTool",
            "format",
            "--cluster-id",
            self._cluster_id(),
        ]
        done = subprocess.run(
            [*command, "--config", str(self._properties)],
            capture_output=True, text=True, timeout=FORMAT_TIMEOUT, check=False,
        )  # fmt: skip
        if done.returncode != 0:
            raise UnavailableError(
                f"cannot format the broker's folder `{self.folder}`: {_last_lines(done.stderr + done.stdout)}"
            )

    def _cluster_id(self) -> str:
        """Return an id that the same folder always has, so that nothing about it needs to be stored."""
        digest = bytearray(hashlib.sha256(str(self.folder.resolve()).encode()).digest()[:16])
        digest[0] &= 0x7F  # so that the id never starts with a dash
        return base64.urlsafe_b64encode(digest).decode().rstrip("=")

    def _java(self, megabytes: int) -> list[str]:
        classpath = os.pathsep.join(map(str, self.jars))
        return [
            # Without -UsePerfData each killed Java leaves a file in the temporary folder.
            str(self.java), f"-Xmx{megabytes}m", "-XX:-UsePerfData", "-Djava.awt.headless=true",
            "-Dorg.apache.logging.log4j.level=WARN", "-cp", classpath,
        ]  # fmt: skip

    def command(self) -> list[str]:
        """Return the command line that runs the node."""
        # 512 MB carry the demo and the tests; by itself Java would take a quarter of the machine.
        return [*self._java(512), "kafka.Kafka", str(self._properties)]

    def tail(self) -> str:
        """Return the last lines of the node's output, as one line."""
        return _last_lines(self.log.read_text("utf-8", "replace")) if self.log.exists() else "no output"

    def await_answer(self, alive: Callable[[], bool], timeout: float) -> None:
        """Wait until the node answers.

        Raises:
            UnavailableError: it died or took longer than `timeout` seconds; the end of its log says why.
        """
        deadline = time.monotonic() + timeout
        while not answers(self.port):
            if not alive():
                raise UnavailableError(f"Kafka ended before it answered: {self.tail()}")
            if time.monotonic() > deadline:
                raise UnavailableError(f"Kafka did not answer within {timeout:g} s: {self.tail()}")
            time.sleep(PROBE_EVERY)


def _last_lines(text: str) -> str:
    """Return the last lines that say something, joined to one."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    said = [line for line in lines if not line.startswith(STACK_TRACE)]
    return " | ".join(said[-TAIL_LINES:]) or "no output"


@contextmanager
def starting_on(folder: Path) -> Iterator[None]:
    """Keep others from starting on the folder meanwhile; the lock goes with the process that holds it.

    Raises:
        UnavailableError: somebody else has been starting on it for two minutes.
    """
    folder.mkdir(parents=True, exist_ok=True)
    try:
        # A lock of our own: Kafka takes its lock only when Java is up, seconds after we have looked.
        with FileLock(folder / ".starting", timeout=START_TIMEOUT):
            yield
    except Timeout as error:
        raise UnavailableError(f"another broker is being started on `{folder}`; try again") from error


def _is_locked(file: Path) -> bool:
    """Tell whether another process holds Kafka's own lock on the data.

    The lock is taken to see, and given back when the file is closed.
    """
    if not file.exists():
        return False
    with file.open("r+b") as opened:
        try:
            fcntl.lockf(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        return False
