"""A broker that outlives the command that started it; a state file in its folder tells of it.

No supervisor stands above it: whoever runs it wants it to stay. Process ids are used again by the system,
so a broker is known by its id and the moment of its start together, and nothing else is ever stopped. The
broker that ends with its program is in `streams.kafka.embedded`.
"""

import subprocess
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

import orjson
import psutil
from platformdirs import user_data_path

from streams.errors import UnavailableError
from streams.kafka.embedded import new_node
from streams.kafka.node import START_TIMEOUT, STOP_TIMEOUT, Node, starting_on
from streams.kafka.ports import is_free

STATE_FILE = "broker.json"


def default_folder() -> Path:
    """Return the folder of the user's own broker."""
    return user_data_path("alpr-gate") / "broker"


@dataclass(frozen=True, slots=True, kw_only=True)
class BackgroundKafka:
    """A broker that runs by itself: a process id with its start tells it from a later process of that id.

    `born` is in seconds since the epoch, as the system tells it. These fields are the state file.
    """

    bootstrap_servers: str
    pid: int
    born: float

    @classmethod
    def find(cls, folder: Path) -> Self | None:
        """Return the broker that runs on the folder, if one was started and still lives.

        Raises:
            UnavailableError: the state file is not one of ours; to guess could stop some other process.
        """
        try:
            found = cls(**orjson.loads((folder / STATE_FILE).read_bytes()))
        except FileNotFoundError:
            return None
        except (orjson.JSONDecodeError, TypeError) as error:
            raise UnavailableError(
                f"cannot read `{folder / STATE_FILE}`; end the broker by hand and remove the file"
            ) from error
        return found if found._process() else None

    @classmethod
    def start(cls, folder: Path, port: int, cache: Path | None) -> Self:
        """Start a broker on the folder and wait until it answers; return the one that runs if one does.

        Raises:
            UnavailableError: the port is taken, there is no Java, or the broker does not come up.
        """
        with starting_on(folder):
            running = cls.find(folder)
            if running is not None:
                return running
            if port and not is_free(port):
                raise UnavailableError(f"port `{port}` is taken; give another one, or 0 for a free one")
            return cls._launch(new_node(folder, port, cache))

    @classmethod
    def _launch(cls, node: Node) -> Self:
        node.prepare()
        with node.log.open("ab") as log:
            process = subprocess.Popen(
                node.command(), stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )
        with ExitStack() as undo:
            # Until it answers it is ours to end; after that it belongs to whoever stops it.
            undo.callback(process.kill)
            node.await_answer(lambda: process.poll() is None, START_TIMEOUT)
            born = psutil.Process(process.pid).create_time()
            started = cls(bootstrap_servers=node.bootstrap_servers, pid=process.pid, born=born)
            _write(node.folder / STATE_FILE, orjson.dumps(asdict(started)))
            undo.pop_all()
        # Not ours to wait for: it lives on.
        process.returncode = 0
        return started

    def stop(self, folder: Path) -> None:
        """Stop the broker in order, or kill it after `STOP_TIMEOUT` seconds; its data stay.

        Nothing happens to a process that is not this very broker.
        """
        process = self._process()
        if process is not None:
            process.terminate()
            _, alive = psutil.wait_procs([process], STOP_TIMEOUT)
            for each in alive:
                each.kill()
        (folder / STATE_FILE).unlink(missing_ok=True)

    def _process(self) -> psutil.Process | None:
        """Return the process if it is this very broker and lives; a zombie is dead."""
        try:
            process = psutil.Process(self.pid)
            same = process.create_time() == self.born and process.status() != psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            return None
        return process if same else None


def _write(file: Path, content: bytes) -> None:
    """Write all or nothing: a reader never finds half a state file."""
    fresh = file.with_suffix(".new")
    fresh.write_bytes(content)
    fresh.replace(file)
