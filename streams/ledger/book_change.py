"""A signed change of the books: a signed note (C2SP signed-note) of those who make it.

Its text names the books, the time and the reason, a line each after the line that says what it is; then a
line for each entry: the number of the change among those of the entry, the digest of the value that it
replaces, that of the new value, the key. So it fits on one state alone, and what is written again is too old.
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from streams.errors import InputError
from streams.ledger.signed_note import Verifier, from_decimal, from_instant, read_note, signed_by

TITLE = "alpr-gate books change v1"
HEAD = ("title", "books", "time", "reason")
# In place of a digest, for an entry that is new.
NOTHING = "-"
_ENTRY = re.compile(
    r"(?P<number>\d+) (?P<before>-|[0-9a-f]{64}) (?P<after>[0-9a-f]{64}) (?P<key>.+)", re.ASCII
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedEntry:
    """One entry: its key, and the hex SHA-256 of its framed value before (NOTHING for none) and after.

    `number` counts the changes of the entry, from 1.
    """

    key: str
    number: int
    before: str
    after: str

    def __str__(self) -> str:
        return f"{self.number} {self.before} {self.after} {self.key}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedValue:
    """The framed values of one entry. `before` is None for a new one, and where nobody needs it."""

    before: bytes | None
    after: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedChange:
    """The note of a change, and the values in the order of its lines.

    The values of a change that one person has signed are kept for ever, so that anybody can see at any time
    that it only narrows; one that two have signed needs none.
    """

    note: str
    values: tuple[ChangedValue, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BookChange:
    """What a note says: which books are changed when, why, and to what."""

    books: str
    at: datetime
    reason: str
    entries: tuple[ChangedEntry, ...]

    def __str__(self) -> str:
        at = self.at.astimezone(UTC).isoformat()
        lines = (TITLE, self.books, at, self.reason, *map(str, self.entries))
        return "".join(f"{line}\n" for line in lines)

    @property
    def change_id(self) -> str:
        """Return the id of the change: the hex SHA-256 of its text."""
        return digest_of(str(self).encode())


def digest_of(value: bytes) -> str:
    """Return the hex SHA-256 by which an entry names a value."""
    return hashlib.sha256(value).hexdigest()


def book_change(books: str, at: datetime, reason: str, entries: Sequence[ChangedEntry]) -> BookChange:
    """Return the change.

    Raises:
        InputError: the reason is blank, or it or a key has more than one line.
    """
    if not reason.strip() or not reason.isprintable():
        raise InputError("expected the reason of the change, in one line")
    for entry in entries:
        if not entry.key.isprintable():
            raise InputError("a key of the books has a character that cannot be printed")
    return BookChange(books=books, at=at, reason=reason, entries=tuple(entries))


def read_change(note: str) -> BookChange:
    """Return the change that a note says, whoever has signed it.

    Raises:
        InputError: it is no note of a change.
    """
    text = read_note(note).text
    lines = text.removesuffix("\n").split("\n")
    if lines[0] != TITLE or len(lines) <= len(HEAD):
        raise InputError(f"expected a note that begins with `{TITLE}`")
    _, books, at, reason, *rest = lines
    instant = from_instant(at)
    if instant is None:
        raise InputError("a change of the books has no time with an offset")
    change = book_change(books, instant, reason, [_entry(line) for line in rest])
    # INVARIANT: one change has one text, so one id.
    if str(change) != text:
        raise InputError("a change of the books is spelt in an unusual way")
    if len({entry.key for entry in change.entries}) < len(change.entries):
        raise InputError("a change of the books names an entry twice")
    return change


def signers_of(note: str, custodians: Sequence[Verifier]) -> tuple[Verifier, ...]:
    """Return those of the custodians who have signed it.

    Raises:
        InputError: it is no note, or a signature of a custodian is wrong.
    """
    read = read_note(note)
    return tuple(custodian for custodian in custodians if signed_by(read, custodian))


def _entry(line: str) -> ChangedEntry:
    match = _ENTRY.fullmatch(line)
    number = None if match is None else from_decimal(match["number"])
    if match is None or not number:
        raise InputError("a line of a change of the books is no entry: a number, two digests and a key")
    return ChangedEntry(key=match["key"], number=number, before=match["before"], after=match["after"])
