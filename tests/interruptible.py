"""Commands that hear Ctrl-C, also where the tests run in the background of a shell, which deafens them."""

import sys

_HEAR = """
import os, signal, sys
signal.signal(signal.SIGINT, signal.SIG_DFL)
os.execv(sys.argv[1], sys.argv[1:])
"""


def interruptible(*command: str) -> list[str]:
    """Return the command line that runs the command with SIGINT as a terminal would have it."""
    return [sys.executable, "-c", _HEAR, *command]
