"""Two custodians, a stranger, and the books that they change, for tests without a broker."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from streams.books.entries import BookKey, Entry, EntryKind, encode_entry, key_of, read_record
from streams.books.index import BooksIndex
from streams.books.plan import Change, entry_of
from streams.books.signed_history import SignedHistory
from streams.books.signing import Draft, Drafts, countersigned, drafts_of
from streams.codecs.signed_change import encode_signed_change
from streams.codecs.signing_key import SigningKey, new_signing_key
from streams.ledger.book_change import SignedChange, read_change
from tests.books.samples import NOW

BOOKS = "lapd/ledger"
ALICE, BOB, STRANGER = (new_signing_key(name, bytes((seed,)) * 32) for name, seed in
                        (("alice", 1), ("bob", 2), ("stranger", 3)))  # fmt: skip
CUSTODIANS = (ALICE.verifier, BOB.verifier)

Raw = tuple[bytes, bytes | None]


@dataclass
class SignedBooks:
    """What lies on the topic, and the books of who follows it."""

    raws: list[Raw] = field(default_factory=list)
    index: BooksIndex = field(default_factory=lambda: BooksIndex(SignedHistory(BOOKS, CUSTODIANS)))

    @property
    def history(self) -> SignedHistory:
        assert isinstance(self.index.history, SignedHistory)
        return self.index.history

    def put(self, *raws: Raw) -> None:
        """Write records, and have them followed."""
        start = len(self.raws)
        self.raws.extend(raws)
        records = [read_record(start + place, key, value) for place, (key, value) in enumerate(raws)]
        self.index.apply(records, len(self.raws))

    def change(self, *entries: Entry, by: Sequence[SigningKey] = (ALICE, BOB), at: datetime = NOW) -> None:
        """Write a change that all of these have signed."""
        self.put(*self.change_of(*entries, by=by, at=at))

    def change_of(
        self, *entries: Entry, by: Sequence[SigningKey] = (ALICE, BOB), at: datetime = NOW
    ) -> list[Raw]:
        changes = [Change(key=key_of(one), before=self.entry(key_of(one)), after=one) for one in entries]
        (draft,) = all_of(drafts_of(changes, self.history, ALICE, "a test", at))
        change = draft.signed
        for key in by[1:]:
            change = countersigned(change, key, self.history.copy())
        return [announced(change), *((key_of(one).encode(), encode_entry(one)) for one in entries)]

    def entry(self, key: BookKey) -> Entry | None:
        return entry_of(self.index.books, key)

    def read_again(self, raws: Sequence[Raw] | None = None) -> BooksIndex:
        """Return the books of who reads the topic from its start."""
        late = SignedBooks()
        late.put(*(self.raws if raws is None else raws))
        return late.index

    def compacted(self) -> list[Raw]:
        """Return what is left when only the last record of each key is."""
        last = {key: place for place, (key, _) in enumerate(self.raws)}
        return [raw for place, raw in enumerate(self.raws) if last[raw[0]] == place]


def all_of(drafts: Drafts) -> tuple[Draft, ...]:
    return *drafts.at_once, *drafts.waiting


def announced(change: SignedChange) -> Raw:
    """Return the record of a change itself."""
    key = BookKey(kind=EntryKind.CHANGE, name=read_change(change.note).change_id)
    return key.encode(), encode_signed_change(change)
