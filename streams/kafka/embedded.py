"""A real Kafka on this machine for the demo, the tests and a first try; it ends with the program.

One node with one copy of everything: what it shows of transactions, groups and offsets is what any Kafka
does, and what it shows of durability and speed is not. For a broker that outlives its starter there is
`streams.kafka.background`.
"""

import os
import shutil
import tempfile
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

from streams.errors import UnavailableError
from streams.kafka.central import download_from_central
from streams.kafka.child import Child
from streams.kafka.jars import cache_folder, fetch_jars, pinned_jars
from streams.kafka.java import find_java, packaged_java
from streams.kafka.node import START_TIMEOUT, STOP_TIMEOUT, Node, starting_on
from streams.kafka.ports import free_port

# A port that was free a moment ago can be taken when the broker gets there; five times is no accident.
PORT_TRIES = 5
PORT_TAKEN = "Address already in use"


class EmbeddedKafka:
    """One broker with its own data folder and port.

    It ends with this process, even when that is killed. A folder that is given is kept; without one the
    data are in a temporary folder, which goes with the broker. All methods block, up to two minutes for a
    start that hangs; a usual one takes about 3 seconds. They are for one thread.
    """

    def __init__(self, folder: Path | None = None, *, port: int = 0, cache: Path | None = None) -> None:
        self._given = folder
        self._port = port
        self._cache = cache
        self._node: Node | None = None
        self._child: Child | None = None

    def __enter__(self) -> Self:
        """Start the broker."""
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop the broker."""
        self.stop()

    @property
    def bootstrap_servers(self) -> str:
        """Return the address for clients; it stays the same until `stop`.

        Raises:
            UnavailableError: the broker was never started, or was stopped.
        """
        return self._started().bootstrap_servers

    @property
    def folder(self) -> Path:
        """Return the folder with the data and the log."""
        return self._started().folder

    @property
    def pid(self) -> int:
        """Return the process id of the broker, or of the last one."""
        return self._child.pid if self._child else 0

    @property
    def running(self) -> bool:
        """Tell whether the broker's process lives."""
        return self._child is not None and self._child.alive

    def _started(self) -> Node:
        if self._node is None:
            raise UnavailableError("the embedded Kafka is not there yet; start it first")
        return self._node

    def start(self) -> None:
        """Start the broker and wait until it answers; do nothing when it runs.

        Raises:
            UnavailableError: no Java, no jars, no free port, or the broker ended or did not answer in time.
        """
        if self.running:
            return
        if self._node is None:
            self._node = self._on_a_free_port()
        else:
            self._run(self._node)

    def _on_a_free_port(self) -> Node:
        for tries_left in reversed(range(PORT_TRIES)):
            node = new_node(self._given, self._port, self._cache)
            try:
                self._run(node)
            except UnavailableError as error:
                self._discard(node)
                # Between our look at the port and the broker's another program may have taken it.
                if self._port or not tries_left or PORT_TAKEN not in str(error):
                    raise
            else:
                return node
        raise AssertionError  # the last try returns or raises

    def _run(self, node: Node) -> None:
        self.kill()  # gives back what is left of one that ended by itself
        with starting_on(node.folder), ExitStack() as undo:
            node.prepare()
            # A folder of our own making is the supervisor's to remove when this process is killed.
            self._child = Child(node.command(), node.log, None if self._given else node.folder)
            # A broker that never answered, or a Ctrl-C meanwhile, must not leave a process behind.
            undo.callback(self.kill)
            node.await_answer(lambda: self.running, START_TIMEOUT)
            undo.pop_all()

    def stop(self) -> None:
        """Stop the broker, and remove its data if their folder was not given."""
        if self._child is None or self._node is None:
            return
        # Data that are thrown away need no orderly end.
        self._child.stop(STOP_TIMEOUT if self._given else 0)
        self._discard(self._node)
        self._node = self._child = None

    def _discard(self, node: Node) -> None:
        """Remove the node's data, unless their folder was given: that is its owner's."""
        if self._given is None:
            shutil.rmtree(node.folder, ignore_errors=True)

    def kill(self) -> None:
        """Kill the broker as a crash would, without a flush; folder and port stay for `start`."""
        if self._child is not None:
            self._child.kill()

    def restart(self) -> None:
        """Kill the broker and start it again on the same folder and port."""
        self.kill()
        self.start()


def new_node(folder: Path | None, port: int, cache: Path | None) -> Node:
    """Return a node that can be started: Java found, jars there, ports free, folder made.

    A `port` of 0 takes a free one. The first call on a machine downloads the jars.

    Raises:
        UnavailableError: there is no Java, or a jar cannot be had.
    """
    # Java first: without one there is no use in the download.
    java = find_java(os.environ, packaged_java())
    jars = fetch_jars(cache_folder(cache), pinned_jars(), download_from_central)
    place = folder or Path(tempfile.mkdtemp(prefix="alpr-gate-kafka-"))
    return Node(
        folder=place.resolve(), port=port or free_port(), controller_port=free_port(), java=java, jars=jars
    )
