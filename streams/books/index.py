"""The books as read so far, with what could not be read: shared by the replica and the commands."""

from collections.abc import Iterable
from dataclasses import dataclass

from streams.books.entries import POLICY_KEY, BookKey, BookRecord, Entry, EntryKind, Unreadable, put_entry
from streams.books.owner_watch import OwnerWatch
from streams.books.signed_history import History, Refused, Taken
from streams.ledger.book_change import SignedChange
from streams.ledger.books_head import OwnerHeartbeat
from streams.ledger.rejection import SignedRejection
from streams.policy.books import Books
from streams.policy.closure_index import Written


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A record of the books that counts for nothing, and why; `why` has no content of it."""

    offset: int
    key: BookKey
    why: str


class BooksIndex:
    """`Books` and its faults, changed by records in their order.

    INVARIANT: `apply` never awaits, so whoever decides between awaits sees all of a batch or none of it.
    """

    def __init__(self, history: History, owner: OwnerWatch | None = None) -> None:
        self.books = Books()
        self.history = history
        self.owner = owner
        self.proposals: dict[str, SignedChange] = {}
        self.faults: dict[BookKey, str] = {}
        self.unreadable = 0
        self.refused = 0
        self.last_refusal: Refusal | None = None
        self.position = 0

    @property
    def revision(self) -> int:
        """Return the offset of the last change applied, heartbeats excluded; -1 for none."""
        return self.books.revision

    @property
    def policy_fault(self) -> str | None:
        """Return why the policy cannot be read, or None."""
        return self.faults.get(POLICY_KEY)

    def apply(self, records: Iterable[BookRecord], position: int) -> None:
        """Apply the records, which end before `position`."""
        for record in records:
            # What is read again after a fault must not set the revision back.
            if record.offset >= self.position:
                self._take(record)
        self.position = max(self.position, position)

    def _take(self, record: BookRecord) -> None:
        match record.key.kind, record.value:
            case EntryKind.HEARTBEAT, OwnerHeartbeat() as heartbeat:
                self._hear(record, heartbeat)
            case EntryKind.HEARTBEAT, _:
                return
            case EntryKind.PROPOSAL, SignedChange() as proposal if not self.history.is_rejected(
                record.key.name
            ):
                self.proposals[record.key.name] = proposal
            case EntryKind.PROPOSAL, _:
                self.proposals.pop(record.key.name, None)
            case EntryKind.CHANGE, SignedChange() as change:
                self._admit(record, change)
            case EntryKind.REJECTION, SignedRejection() as rejection:
                self._reject(record, rejection)
            case ((EntryKind.CHANGE | EntryKind.REJECTION), Unreadable(why=why)):
                self._refuse(record, why)
            case _ if self.history.has(record):
                self._change(record)
            case _:
                self._refuse(record, "no signed change gives the entry this value")

    def _hear(self, record: BookRecord, heartbeat: OwnerHeartbeat) -> None:
        if self.owner is None:
            return
        why = self.owner.hear(heartbeat, self.revision, self.history.root())
        if why is not None:
            self._refuse(record, why)

    def _admit(self, record: BookRecord, change: SignedChange) -> None:
        match self.history.take(change):
            case Taken(keys=keys):
                # Fail closed until the values come, in the same transaction: the old ones are taken back.
                self._suspend(keys, "its new value has not come")
                self.books.revision = record.offset
            case Refused(why=why, lost=lost):
                self._suspend(lost, "its history has a gap")
                self._refuse(record, why)

    def _reject(self, record: BookRecord, rejection: SignedRejection) -> None:
        why = self.history.reject(rejection)
        if why is not None:
            self._refuse(record, why)
            return
        self.proposals.pop(record.key.name, None)
        # A change too: what the owner signed before it says nothing of the books after it.
        self.books.revision = record.offset

    def _suspend(self, keys: Iterable[BookKey], why: str) -> None:
        for key in keys:
            self.faults[key] = why
            self.books.drop(str(key))

    def _refuse(self, record: BookRecord, why: str) -> None:
        """Leave everything as it is: whoever may write to the topic is nobody who may change the books."""
        self.refused += 1
        self.last_refusal = Refusal(offset=record.offset, key=record.key, why=why)

    def _change(self, record: BookRecord) -> None:
        self.books.closures.note(str(record.key), Written(record.offset, record.at))
        # A later record of the same key that can be read heals it.
        self.faults.pop(record.key, None)
        match record.value:
            case Unreadable(why=why):
                self._drop(record.key, why)
            case entry if isinstance(entry, Entry):
                put_entry(self.books, entry)
        # An unreadable change is a change too: who asks for its revision must see that the key is unusable.
        self.books.revision = record.offset

    def _drop(self, key: BookKey, why: str) -> None:
        """Make the key unusable: fail closed, for what it said before may have been taken back."""
        self.unreadable += 1
        self._suspend((key,), why)
