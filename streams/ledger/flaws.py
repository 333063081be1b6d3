"""What can be wrong with a chain, and where."""

from dataclasses import dataclass
from enum import StrEnum


class Flaw(StrEnum):
    """Kinds of flaws; the value is the sentence that tells it."""

    UNREADABLE = "the record cannot be read"
    ALTERED = "the record is not what its hash says"
    NO_GENESIS = "the chain does not begin with a genesis record"
    SECOND_GENESIS = "a genesis record stands inside the chain"
    UNKNOWN_KIND = "the record is of no known kind"
    WRONG_SEQ = "the sequence number is not the position: records are missing, added or moved"
    WRONG_PARTITION = "the record belongs to another partition"
    BROKEN_LINK = "the record does not name the hash of the one before it"
    WITNESS_DISAGREES = "a witness saw another record here"
    REVISION_DECREASED = "the revision of the books is lower than before"
    OFFSET_NOT_INCREASING = "the input offset is not higher than all before: an input stands twice"
    OFFSET_MISSING = "the record names no input offset"
    REPEATS_NOTHING = "the record repeats a decision that is not in the chain"
    REVIEWS_NOTHING = "the record is about a decision that is not in the chain"
    RESOLVES_NOTHING = "the record resolves a hold that is not in the chain"
    RESOLVED_TWICE = "the record resolves a hold that is resolved already"
    VERDICT_WITHOUT_REASON = "the record forwards with reasons against it, or refuses without any"
    PAYLOAD_MISPLACED = "the record forwards without the digest of what left, or has one without forwarding"
    DISCLOSURE_MIXED = "legal process is disclosed under an agreement, or without an authority"
    TRUNCATED = "a witness saw records here, and there are none"
    UNCOMMITTED = "the record fits, but no gate committed it"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """The first bad position of a chain, counted from 0, which is also the seq that ought to stand there."""

    position: int
    flaw: Flaw
    detail: str = ""

    def __str__(self) -> str:
        """Return the problem as one line."""
        return f"position {self.position}: {self.flaw.value}{f' ({self.detail})' if self.detail else ''}"
