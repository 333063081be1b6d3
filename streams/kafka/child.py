"""A process that ends with this one, even when this one is killed.

A killed process runs no clean-up of its own, so a supervisor stands between the two: it holds the other end
of a pipe, and what is below it ends when the pipe does. The wire between the two is described there, in
`streams.kafka.supervisor`.
"""

import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from streams.kafka import supervisor


class Child:
    """A running command below a supervisor; when this process dies, `scratch` is removed as well.

    Its output goes to the end of `log`. Its environment is the one given, or this process's own. It starts
    with the object; `pid` is the command's id, not the supervisor's.
    """

    def __init__(
        self,
        command: list[str],
        log: Path,
        scratch: Path | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        # Isolated and without site packages: it starts in milliseconds, and nothing that is installed can
        # break it.
        arguments = [sys.executable, "-I", "-S", supervisor.__file__, str(scratch or ""), *command]
        with log.open("ab") as output:
            # A session of its own: an interrupt from the terminal is for the program, which then stops us.
            self._supervisor = subprocess.Popen(
                arguments, bufsize=0, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=output,
                start_new_session=True, env=environment,
            )  # fmt: skip
        # 0 when the supervisor ended before the command began; `alive` then says so.
        self.pid = int(self._answer() or 0)

    def _answer(self) -> bytes:
        # Blocks until the command is started, or until a supervisor that could not start it has ended.
        pipe = self._supervisor.stdout
        return pipe.readline() if pipe else b""

    @property
    def alive(self) -> bool:
        """Tell whether the command still runs."""
        return self._supervisor.poll() is None

    def stop(self, timeout: float) -> None:
        """Ask the command to stop, and kill it when it takes longer than `timeout` seconds."""
        # The supervisor ends with its command, so waiting for it is waiting for both.
        self._say(b"t")
        with suppress(subprocess.TimeoutExpired):
            self._supervisor.wait(timeout)
        self.kill()

    def kill(self) -> None:
        """Kill the command and wait until it is gone."""
        # Always, also for one that has ended: the wait is what frees its process id.
        self._say(b"k")
        self._supervisor.wait()
        for pipe in (self._supervisor.stdin, self._supervisor.stdout):
            if pipe:
                pipe.close()

    def _say(self, word: bytes) -> None:
        pipe = self._supervisor.stdin
        if pipe is None or pipe.closed:
            return
        with suppress(BrokenPipeError):  # it has ended already
            pipe.write(word)
