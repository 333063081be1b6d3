"""The options that the trials of a change share."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from pathlib import Path
from typing import Any

import click

from streams.cli.books_input import amendment_of
from streams.clock import SystemClock
from streams.codecs.yaml_kinds import DEFAULT_ZONE, read_instant

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
SPAN = re.compile(r"(\d{1,6})([dhm])")
UNITS = {"d": "days", "h": "hours", "m": "minutes"}


class Since(click.ParamType):
    """A span back from now, such as 90d, 12h or 30m; or a time with offset, or a date."""

    name = "since"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Return the instant in UTC, or fail with what was expected."""
        # click may convert once more what it has converted already.
        if isinstance(value, datetime):
            return value
        span = SPAN.fullmatch(str(value))
        try:
            if span is None:
                return read_instant(str(value), DEFAULT_ZONE)
            return SystemClock().now() - timedelta(**{UNITS[span[2]]: int(span[1])})
        except (ValueError, OverflowError):
            self.fail(f"expected a span such as 90d, 12h or 30m, or a time, got `{value}`", param, ctx)


def amended(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that name files to try, and give the command what they come to as `amendment`."""

    @wraps(command)
    def with_amendment(
        *, agreements: Path | None, policy: Path | None, registry: Path | None, **others: object
    ) -> object:
        return command(amendment=amendment_of(policy, registry, agreements), **others)

    options = (
        click.option("--agreements", type=FILE, help="Agreements to try, as `apply` takes them."),
        click.option("--policy", type=FILE, help="A policy to try."),
        click.option("--registry", type=FILE, help="Entities to try."),
    )
    changed: Callable[..., Any] = with_amendment
    for option in reversed(options):
        changed = option(changed)
    return changed
