"""What the commands on drift are given: where a vendor's word is, and the books to set it against."""

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from streams.adapters.vendor_source import read_vendor_text
from streams.adapters.vendor_word import Statement
from streams.cli.agreements_lint import FILE
from streams.settings import NAME

Command = Callable[..., Any]
DEFAULT_VENDOR = "vendor"


class VendorName(click.ParamType):
    """The name of a vendor's statements: it is part of what is on record."""

    name = "name"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the name, or fail with what one is made of."""
        if not re.fullmatch(NAME, str(value)):
            self.fail("use at most 100 letters, digits, `.`, `_` and `-`", param, ctx)
        return str(value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Where a vendor's word is: a list by its file or address, event logs, and whose of many lists."""

    vendor: str
    vendor_list: str | None
    event_logs: tuple[str, ...]
    source: str | None

    async def read(self) -> Statement:
        """Return what stands there now.

        Raises:
            InputError: one of them is not what it must be.
            UnavailableError: an address does not answer.
        """
        places = (*self.event_logs, *(() if self.vendor_list is None else (self.vendor_list,)))
        texts = await asyncio.gather(*map(read_vendor_text, places))
        logs, listed = texts[: len(self.event_logs)], texts[len(self.event_logs) :]
        return Statement(
            vendor=self.vendor, listed=listed[0] if listed else None, logs=logs, source=self.source
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class BookFiles:
    """Files instead of what is on the books; both of the first two, or none."""

    registry: Path | None = None
    agreements: Path | None = None
    policy: Path | None = None


def vendor_options(command: Command) -> Command:
    """Add the options that say where a vendor's word is; `asked_of` makes one value of them."""
    for option in (
        click.option("--vendor-list", metavar="FILE|URL", help="What the vendor lists as open."),
        click.option("--event-log", "event_logs", metavar="FILE|URL", multiple=True,
                     help="The vendor's log of grants and revocations."),
        click.option("--of", "source", help="Whose list, by the vendor's name, where a file has many."),
        click.option("--vendor", type=VendorName(), default=DEFAULT_VENDOR, show_default=True,
                     help="Whose word it is; each is compared with its own record."),
    ):  # fmt: skip
        command = option(command)
    return command


def book_options(command: Command) -> Command:
    """Add the options that put files in the place of the books."""
    for option in (
        click.option("--policy", type=FILE, help="The policy of a file, with --registry."),
        click.option("--agreements", type=FILE, help="Agreements of a file, with --registry."),
        click.option("--registry", type=FILE, help="Entities of a file instead of those on the books."),
    ):
        command = option(command)
    return command


def asked_of(given: dict[str, Any]) -> Asked:
    """Return where the vendor's word is, and take it out of what was given."""
    return Asked(
        vendor=given.pop("vendor"),
        vendor_list=given.pop("vendor_list"),
        event_logs=given.pop("event_logs"),
        source=given.pop("source"),
    )
