"""Where the books stand, signed by their owner (C2SP signed-note): a heartbeat that nobody else can write.

Its text names the books, the time, the revision and the root, a line each after the line that says what it
is. The root is the digest of all that signed changes have put on the books, so whoever reads a part of them,
or an earlier state, cannot take it for the whole.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from streams.errors import InputError
from streams.ledger.signed_note import Verifier, from_decimal, from_instant, read_note, signed_by

TITLE = "alpr-gate books head v1"
_ROOT = re.compile(r"[0-9a-f]{64}")
_LINES = len(("title", "books", "at", "revision", "root"))


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnerHeartbeat:
    """The signed note of a head, as it stands on the topic of the books."""

    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BooksHead:
    """The revision of the books at an instant, and the hex SHA-256 root of what they hold."""

    books: str
    at: datetime
    revision: int
    root: str

    def __str__(self) -> str:
        at = self.at.astimezone(UTC).isoformat()
        return f"{TITLE}\n{self.books}\n{at}\n{self.revision}\n{self.root}\n"


def read_head(note: str, owner: Verifier) -> BooksHead:
    """Return the head that the owner has signed.

    Raises:
        InputError: it is none, or somebody else's.
    """
    read = read_note(note)
    if not signed_by(read, owner):
        raise InputError("the owner of the books has not signed it")
    lines = read.text.removesuffix("\n").split("\n")
    if lines[0] != TITLE or len(lines) != _LINES:
        raise InputError(f"expected a note that begins with `{TITLE}`")
    _, books, at, revision, root = lines
    number, instant = from_decimal(revision), from_instant(at)
    if number is None or instant is None or not _ROOT.fullmatch(root):
        raise InputError("expected a time, a revision and a root")
    return BooksHead(books=books, at=instant, revision=number, root=root)
