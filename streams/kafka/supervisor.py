"""Runs a command as its child and ends it once the program that asked for it is gone, however it went.

Started as a script with the standard library alone, so that it is up before the command and needs no
installed package. Its standard input is a pipe from that program: `t` asks the command to stop, `k` kills
it, and the end of the pipe means that the program has died. The command's id is its first line of output.
"""

import os
import select
import shutil
import signal
import subprocess
import sys
from types import FrameType

STDIN = 0
# How soon a death is noticed that the pipe does not tell.
LOOK_EVERY = 0.2


def supervise(scratch: str, command: list[str]) -> int:
    """Run the command until it ends or is orphaned; then remove `scratch` if it is orphaned.

    Return the command's exit code, negative for a signal as `subprocess` has it.
    """
    # Taken before the command starts: if the parent dies in between, its pipe is closed all the same.
    parent = os.getppid()
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=sys.stderr) as child:
        try:
            sys.stdout.write(f"{child.pid}\n")
            sys.stdout.flush()
            orphaned = _watch(child, parent)
        # However the watch ended: with SIGTERM to this process too.
        finally:
            child.kill()
    if orphaned and scratch:
        shutil.rmtree(scratch, ignore_errors=True)
    return child.returncode


def _watch(child: "subprocess.Popen[bytes]", parent: int) -> bool:
    """Pass on what the parent says until the child ends; return whether the parent went first."""
    while child.poll() is None:
        ready, _, _ = select.select([STDIN], [], [], LOOK_EVERY)
        # One letter at a time: two orders that came together are carried out one after the other.
        word = os.read(STDIN, 1) if ready else None
        # A forked child of the parent may keep the pipe open, so the parent's id is looked at too.
        if word == b"" or os.getppid() != parent:
            return True
        if word == b"t":
            child.terminate()
        elif word == b"k":
            child.kill()
            child.wait()
    return False


def _leave(_signal: int, _frame: FrameType | None) -> None:
    """End by an exception, so that the child is killed on the way out."""
    sys.exit(1)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, _leave)
    sys.exit(supervise(sys.argv[1], sys.argv[2:]))
