"""Where a command that follows a topic begins, and where it stops."""

from collections.abc import Callable
from typing import Any

import click


def follow_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--from-start` and `--until-now`, told as `begin` and `end` in the words of `tail_topic`."""
    # Hidden, because they are the defaults; with a flag for each, none is a switch that forks a function.
    for option in (
        click.option("--follow", "end", flag_value="never", default="never", hidden=True),
        click.option("--until-now", "end", flag_value="now", help="Stop at what is there already."),
        click.option("--from-now", "begin", flag_value="next", default="next", hidden=True),
        click.option(
            "--from-start", "begin", flag_value="first", help="Begin with the oldest instead of the next."
        ),
    ):
        command = option(command)
    return command
