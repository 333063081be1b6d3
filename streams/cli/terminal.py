"""Where a command prints: colours and folded lines are for terminals alone."""

import sys

from rich.console import Console

# Wide enough that no line of ours is folded: what reads a pipe reads lines.
PIPE_WIDTH = 200


def console() -> Console:
    """Return a console as wide as the terminal, or wide enough for whatever reads a pipe."""
    width = None if sys.stdout.isatty() else PIPE_WIDTH
    return Console(width=width, highlight=False)
