"""The books as read so far, with what could not be read: shared by the replica and the commands."""

from collections.abc import Iterable

from streams.books.entries import POLICY_KEY, BookKey, BookRecord, EntryKind, Unreadable
from streams.policy.agency_policy import AgencyPolicy
from streams.policy.agreement import Agreement
from streams.policy.books import Books
from streams.policy.entity import Entity
from streams.policy.evidence_hold import EvidenceHold


class BooksIndex:
    """`Books` and its faults, changed by records in their order.

    INVARIANT: `apply` never awaits, so whoever decides between awaits sees all of a batch or none of it.
    """

    def __init__(self) -> None:
        self.books = Books()
        self.faults: dict[BookKey, str] = {}
        self.unreadable = 0
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
            if record.offset >= self.position and record.key.kind is not EntryKind.HEARTBEAT:
                self._change(record)
        self.position = max(self.position, position)

    def _change(self, record: BookRecord) -> None:
        # A later record of the same key that can be read heals it.
        self.faults.pop(record.key, None)
        match record.value:
            case Agreement() as agreement:
                self.books.put_agreement(agreement)
            case Entity() as entity:
                self.books.put_entity(entity)
            case AgencyPolicy() as policy:
                self.books.put_policy(policy)
            case EvidenceHold() as hold:
                self.books.put_evidence_hold(hold)
            case Unreadable(why=why):
                self._drop(record.key, why)
        # An unreadable change is a change too: who asks for its revision must see that the key is unusable.
        self.books.revision = record.offset

    def _drop(self, key: BookKey, why: str) -> None:
        """Make the key unusable: fail closed, for what it said before may have been taken back."""
        self.unreadable += 1
        self.faults[key] = why
        self.books.drop(str(key))
