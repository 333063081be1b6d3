"""How the review queue looks, and what became of a review."""

from collections.abc import Callable, Mapping
from datetime import datetime

import click
import orjson

from streams.cli.books_output import grid, phrase, print_rows
from streams.cli.terminal import console
from streams.custody.held import Held
from streams.errors import InputError
from streams.ledger.record import LedgerRecord
from streams.policy.answers import missing_in
from streams.policy.reviews import is_for_review
from streams.policy.vocabulary import ReasonCode, RecordKind, Verdict

# Columns of a narrow terminal.
FEW = 4


def print_listed(
    rows: tuple[object, ...], columns: Mapping[str, Callable[..., str]], form: str, counted: str
) -> None:
    """Print rows as a table with their number, or as lines of JSON with the same columns."""
    if form == "json":
        for row in rows:
            shown = {name.replace(" ", "_"): column(row) for name, column in columns.items()}
            click.echo(orjson.dumps(shown))
        return
    print_rows(rows, columns, FEW)
    console().print(f"{len(rows)} {counted}")


def held_columns(now: datetime) -> Mapping[str, Callable[[Held], str]]:
    """Return the columns, the most wanted first."""
    return {
        "decision id": lambda one: one.hold.decision_id,
        "left": lambda one: _left(one.hold.deadline, now),
        "for review": lambda one: " ".join(_codes(one.record)) or "-",
        "missing": lambda one: " ".join(missing_in(one.record.reasons)) or "-",
        "recipient": lambda one: one.record.entity_id or "-",
        "earlier": lambda one: " ".join(
            f"{one.earlier.get(verdict, 0)} {word}" for verdict, word in _EARLIER.items()
        ),
        "exigent": lambda one: "exigent" if one.hold.exigent else "-",
        "returned": lambda one: "returned" if one.returned else "-",
    }


def due_columns(now: datetime) -> Mapping[str, Callable[[LedgerRecord], str]]:
    """Return the columns of what left in haste."""
    return {
        "decision id": lambda one: one.decision_id,
        "left": lambda one: "-" if one.review_due is None else _left(one.review_due, now),
        "age": lambda one: _left(now, one.decided_at),
        "cleared": lambda one: " ".join(reason.code for reason in one.cleared),
        "recipient": lambda one: one.entity_id or "-",
        "decided": lambda one: f"{one.decided_at:%Y-%m-%d %H:%M}Z",
    }


_EARLIER = {Verdict.FORWARD: "forwarded", Verdict.BLOCK: "blocked", Verdict.HOLD: "held"}
_DAY, _HOUR, _MINUTE = 86400, 3600, 60


def _left(deadline: datetime, now: datetime) -> str:
    """Return how long is left, in the unit that matters."""
    seconds = (deadline - now).total_seconds()
    if seconds <= 0:
        return "overdue"
    size, unit = next(
        (each for each in ((_DAY, "d"), (_HOUR, "h")) if seconds >= 2 * each[0]), (_MINUTE, "min")
    )
    return f"{int(seconds // size)} {unit}"


def _codes(record: LedgerRecord) -> tuple[ReasonCode, ...]:
    return tuple(reason.code for reason in record.reasons if is_for_review(reason))


def print_held(held: Held, now: datetime) -> None:
    """Print one hold: each column in a line, and each reason in words."""
    table = grid("", "")
    columns = {"request id": lambda one: one.record.request_id or "-", **held_columns(now)}
    for name, column in columns.items():
        table.add_row(phrase(name), phrase(column(held)))
    table.add_row(phrase("until"), phrase(held.hold.deadline.isoformat(timespec="seconds")))
    for reason in held.record.reasons:
        table.add_row(phrase(reason.code), phrase(f"{reason.message} ({reason.clause})"))
    console().print(table)


def tell_outcome(record: LedgerRecord) -> None:
    """Print what the gate made of a review.

    Raises:
        InputError: it refused the review.
    """
    place = f"on record as {record.partition}/{record.seq}"
    if record.leading_reason is ReasonCode.REVIEW_REFUSED:
        raise InputError(f"the gate refused the review: {record.reasons[0].message}; {place}")
    if record.kind is RecordKind.REVIEW:
        console().print(f"[yellow]returned[/], the requester is told; {place}")
        return
    style = {Verdict.FORWARD: "green", Verdict.BLOCK: "red"}.get(record.verdict, "yellow")
    console().print(f"[{style}]{record.verdict}[/], {place}")
    for reason in record.reasons:
        console().print(f"  {reason.code}: {reason.message}")
    if record.review_due is not None:
        console().print(f"to be reviewed after the fact until {record.review_due.isoformat()}")
