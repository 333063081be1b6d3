"""A rejection of a proposed change of the books: a signed note (C2SP signed-note) of one custodian.

Its text names the books, the time, the reason and the id of the change, a line each after the line that says
what it is. Whoever reads it takes that change for nothing from then on, however many sign it later.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from streams.errors import InputError
from streams.ledger.signed_note import from_instant, read_note

TITLE = "alpr-gate books rejection v1"
_ID = re.compile(r"[0-9a-f]{64}")
_LINES = len(("title", "books", "time", "reason", "change"))


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedRejection:
    """The signed note of a rejection, as it stands on the topic of the books."""

    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejection:
    """Of which books which proposed change is rejected, when and why; `change_id` is hex SHA-256."""

    books: str
    at: datetime
    reason: str
    change_id: str

    def __str__(self) -> str:
        at = self.at.astimezone(UTC).isoformat()
        return f"{TITLE}\n{self.books}\n{at}\n{self.reason}\n{self.change_id}\n"


def rejection(books: str, at: datetime, reason: str, change_id: str) -> Rejection:
    """Return the rejection.

    Raises:
        InputError: the reason is blank or has more than one line, or there is no change of such an id.
    """
    if not reason.strip() or not reason.isprintable():
        raise InputError("expected the reason of the rejection, in one line")
    if not _ID.fullmatch(change_id):
        raise InputError("a rejection names no change of the books")
    return Rejection(books=books, at=at, reason=reason, change_id=change_id)


def read_rejection(note: str) -> Rejection:
    """Return the rejection that a note says, whoever has signed it.

    Raises:
        InputError: it is no note of a rejection.
    """
    text = read_note(note).text
    lines = text.removesuffix("\n").split("\n")
    if lines[0] != TITLE or len(lines) != _LINES:
        raise InputError(f"expected a note that begins with `{TITLE}`")
    _, books, at, reason, change_id = lines
    instant = from_instant(at)
    if instant is None:
        raise InputError("a rejection has no time with an offset")
    return rejection(books, instant, reason, change_id)
