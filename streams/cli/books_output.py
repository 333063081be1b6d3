"""How entries of the books look: tables for people, and JSON in the form that `apply` reads."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import datetime
from enum import Enum
from typing import TypeVar

import click
import orjson
from rich.table import Table
from rich.text import Text

from streams.cli.terminal import console
from streams.policy.agreement import Agreement
from streams.policy.duties import duties_of
from streams.policy.terms import zone_of
from streams.policy.vocabulary import AgreementStatus

T = TypeVar("T")

# Characters from which on a table has all of its columns.
WIDE = 150
# A Python word stands where the files have a shorter name.
FILE_KEYS = {"entity_class": "class"}
STYLES = {
    "active": "green",
    "in force": "green",
    "revoked": "red",
    "suspended": "yellow",
    "not yet in force": "yellow",
    "unknown": "red",
    "overdue": "red",
    "released": "yellow",
    "ended": "yellow",
    "yes": "green",
}


def grid(*columns: str) -> Table:
    """Return an empty table with these columns."""
    table = Table(header_style="bold", box=None, pad_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    return table


def print_rows(rows: Sequence[T], columns: Mapping[str, Callable[[T], str]], few: int) -> None:
    """Print a table with one row each; a narrow terminal gets the first `few` columns only.

    An id that is folded in the middle of a word cannot be copied into the next command.
    """
    out = console()
    titles = list(columns)[: few if out.width < WIDE else None]
    table = grid(*titles)
    table.columns[0].no_wrap = True
    for row in rows:
        table.add_row(*(phrase(columns[title](row)) for title in titles))
    out.print(table)
    if len(titles) < len(columns):
        left_out = ", ".join(list(columns)[few:])
        click.echo(f"left out here: {left_out}; a terminal of {WIDE} columns or --json shows all", err=True)


def phrase(value: str) -> Text:
    """Return the words as they stand, never as markup, in the colour of their meaning."""
    return Text(value, style=STYLES.get(value, ""))


def standing_words(agreement: Agreement, now: datetime) -> str:
    """Return how an agreement stands at `now`: by its status or its term, or by what is overdue in it.

    Overdue is a review that is due, or an obligation, in its days of grace too: somebody has to see to it.
    """
    if agreement.status is not AgreementStatus.ACTIVE:
        return agreement.status.value
    if now < agreement.start:
        return "not yet in force"
    if agreement.end <= now:
        return "ended"
    review = agreement.contract_reviewed
    is_reviewed = review is not None and now < review.due
    is_met = not any(duty.is_overdue(now) for duty in duties_of(agreement, zone_of(agreement.zone)))
    return "in force" if is_reviewed and is_met else "overdue"


def day(instant: datetime) -> str:
    """Return the UTC date of an instant."""
    return instant.date().isoformat()


def plain(value: object) -> object:
    """Return a value of the policy as the files write it; what is None is left out."""
    if is_dataclass(value):
        named = ((field.name, getattr(value, field.name)) for field in fields(value))
        return {FILE_KEYS.get(name, name): plain(part) for name, part in named if part is not None}
    if isinstance(value, Mapping):
        return {key: plain(part) for key, part in value.items()}
    if isinstance(value, tuple):
        return [plain(part) for part in value]
    return value.value if isinstance(value, Enum) else value


def print_json(value: object) -> None:
    """Print a value as indented JSON, in the form of the files."""
    click.echo(orjson.dumps(plain(value), option=orjson.OPT_INDENT_2).decode())


def print_fields(value: object) -> None:
    """Print every field of a record, one a line; a field with parts has a line for each."""
    shown = plain(value)
    table = grid("field", "value")
    for name, part in shown.items() if isinstance(shown, dict) else ():
        table.add_row(Text(name, style="bold"), phrase(_words(part, between="\n")))
    console().print(table)


def differing(before: object, after: object) -> Mapping[str, tuple[str, str]]:
    """Return the fields of a record that differ, each as it was and as it is; `before` may be None."""
    was, now = plain(before), plain(after)
    earlier, later = (each if isinstance(each, dict) else {} for each in (was, now))
    names = dict.fromkeys((*later, *earlier))
    pairs = {name: (earlier.get(name, "-"), later.get(name, "-")) for name in names}
    return {name: (_words(old), _words(new)) for name, (old, new) in pairs.items() if old != new}


YES_NO = {True: "yes", False: "no"}


def _words(part: object, between: str = "; ") -> str:
    match part:
        case bool():
            words = YES_NO[part]
        case list():
            words = ", ".join(_words(each) for each in part) or "none"
        case dict():
            words = between.join(f"{name}: {_words(each)}" for name, each in part.items())
        case datetime():
            words = f"{part:%Y-%m-%d %H:%M:%S} UTC"
        case _:
            words = str(part)
    return words
