"""Where the chain of one partition stands, and how far its input is on record.

INVARIANT: the state that a worker has after a commit equals the one that another worker replays from the
chain. Nothing is kept beside the log, so a worker may be killed at any instant.
"""

from dataclasses import dataclass
from typing import Protocol

from streams.chains.note import Note
from streams.errors import LedgerError
from streams.ledger.links import Link
from streams.ledger.record import GENESIS_PREVIOUS
from streams.policy.making import maker_of

NO_REVISION = -1


class SourcedLink(Link, Protocol):
    """A record of a chain that also says what it is about.

    `source_offset` is the last input that it is about, None for none; `books_revision` is what it was decided
    under.
    """

    @property
    def books_revision(self) -> int:
        """Return the revision of the books."""
        ...

    @property
    def source_offset(self) -> int | None:
        """Return the offset of the last input that it is about."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The end of the chain: the last record's `seq` and `hash`, and the revision it was decided under.

    Before the first record `seq` is -1, and `hash` is what that one names as the one before it.
    """

    seq: int = -1
    hash: bytes = GENESIS_PREVIOUS
    revision: int = NO_REVISION

    def note(self, revision: int) -> Note:
        """Return the note to commit for this head, under `revision` of the books."""
        return Note(seq=self.seq, hash=self.hash, revision=revision)


make_head = maker_of(Head)


@dataclass(slots=True, kw_only=True)
class ChainState:
    """The state of one partition. `next_source` is the offset after the last one that is on record.

    `bound_revision` is the newest revision that the partition has acknowledged to the custodian. No owner may
    decide under older books after that: the custodian counts on their being out of use. `name` is that of the
    chain in messages.
    """

    name: str
    partition: int
    head: Head = Head()
    next_source: int = 0
    bound_revision: int = NO_REVISION

    @property
    def needed(self) -> int:
        """Return the least revision to decide under: an older one could forward under what was revoked."""
        return max(self.head.revision, self.bound_revision, 0)

    def follow(self, link: SourcedLink) -> None:
        """Move the end of the chain on to that record, which is read in order.

        The first may stand anywhere in the chain, for a replay seldom starts at the beginning; each after it
        must continue the one before. That a record fits its own hash is checked where its bytes are read.

        Raises:
            LedgerError: the record does not continue the chain.
        """
        if self.head.seq >= 0 and (link.seq != self.head.seq + 1 or link.prev_hash != self.head.hash):
            raise LedgerError(
                f"{self.name} of partition {self.partition} breaks at seq {link.seq}: run `alpr-gate ledger "
                "verify` and restore the topic before the gate goes on"
            )
        self.head = make_head(seq=link.seq, hash=link.hash, revision=link.books_revision)
        # Offsets only rise along a chain; what is written without input has none.
        if link.source_offset is not None:
            self.next_source = link.source_offset + 1

    def check(self, note: Note) -> None:
        """Compare the head with the note of the last commit, and take over the revision that it binds.

        Note and record were committed together, so neither may be ahead of the other.

        Raises:
            LedgerError: the chain lacks records that were committed, holds others in their place, or goes on
                where nothing was committed.
        """
        if note.seq > self.head.seq or (note.seq == self.head.seq and note.hash != self.head.hash):
            raise LedgerError(
                f"{self.name} of partition {self.partition} ends at seq {self.head.seq}, but seq {note.seq} "
                "was committed: records are missing or replaced, restore the topic"
            )
        if note.seq < self.head.seq:
            raise LedgerError(
                f"{self.name} of partition {self.partition} goes on after seq {note.seq}, the last that was "
                "committed: another program writes there, run `alpr-gate ledger verify`"
            )
        self.bound_revision = note.revision
