"""What the books' owner says of them, held against what was read: nothing may be missing, nothing added."""

from datetime import UTC, datetime
from typing import Self

from streams.codecs.whole_file import read_text
from streams.errors import InputError
from streams.ledger.books_head import BooksHead, OwnerHeartbeat, read_head
from streams.ledger.signed_note import Verifier, read_verifier
from streams.settings import Settings


class OwnerWatch:
    """Listens to the owner of the books of that name.

    `confirmed_at` is the owner's time of the newest head that is just what was read by then; `failure` says
    in what a head differed, and lasts: records that are gone do not come back.
    """

    def __init__(self, books: str, owner: Verifier) -> None:
        self._books = books
        self._owner = owner
        self._last = datetime.min.replace(tzinfo=UTC)
        self.confirmed_at: datetime | None = None
        self.failure: str | None = None

    @classmethod
    def of(cls, settings: Settings) -> Self | None:
        """Return the watch that the settings ask for, or None.

        Raises:
            InputError: the file holds no key, or there are no custodians for whom an owner could sign.
        """
        if settings.books_owner is None:
            return None
        if settings.custodians is None:
            raise InputError("books with an owner take signed changes alone: set ALPR_GATE_CUSTODIANS too")
        return cls(settings.ledger_origin, read_verifier(read_text(settings.books_owner)))

    def hear(self, heartbeat: OwnerHeartbeat, revision: int, root: str) -> str | None:
        """Compare a head with the books up to it; return why it says nothing, or None when it does."""
        try:
            head = read_head(heartbeat.note, self._owner)
        except InputError as error:
            return str(error)
        if head.books != self._books:
            return "it is about other books"
        if head.at <= self._last:
            return "it is older than one before it"
        self._last = head.at
        self._compare(head, revision, root)
        return None

    def _compare(self, head: BooksHead, revision: int, root: str) -> None:
        if head.revision > revision:
            self.failure = "they end before the revision that their owner has signed"
        elif head.revision == revision and head.root != root:
            self.failure = "they are others than those that their owner has signed"
        elif head.revision == revision:
            # One from before the last change says nothing of that change; the next one will.
            self.confirmed_at = head.at
