"""What was done with what the gate let go: an order carried out, a receipt given, an image fetched.

The gate decides and writes; the reads that an order names and the images that a read refers to lie in other
systems. Each step of theirs is a link of one chain, and stands on record before anything leaves
(Civ. Code 1798.90.52(a): who provides access keeps a record of it).
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from streams.ledger.record import NO_HASH
from streams.ledger.sealed import Sealed
from streams.policy.vocabulary import AgreementId, DecisionId, EntityId


class ReleaseAct(StrEnum):
    """What was done."""

    UNKNOWN = "unknown"
    # The agency's own system begins to carry out an order; nobody can begin again.
    REDEEM = "redeem"
    # It says what went.
    RECEIPT = "receipt"
    # A recipient gets an image.
    FETCH = "fetch"
    # Any of these was asked for and did not happen.
    REFUSE = "refuse"
    # No receipt came in time.
    OVERDUE = "overdue"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseAction:
    """One link of the chain of releases carried out.

    `decision_id` is the decision that let it go, `entity_id` the recipient, `by` who is authenticated.
    `release_digest` is the SHA-256 of the release in hex. `receipt_due` is by when a receipt is owed. `count`
    and `digest` are how many reads went and the SHA-256 of them, as the receipt says; of a fetch the digest
    is that of the image. `access` seals the person and the read. `message` says why something was refused.
    """

    act: ReleaseAct
    at: datetime
    by: EntityId
    decision_id: DecisionId
    entity_id: EntityId
    agreement_id: AgreementId
    agreement_version: int
    books_revision: int
    release_digest: str
    receipt_due: datetime | None = None
    count: int | None = None
    digest: str | None = None
    access: Sealed | None = None
    message: str = ""
    seq: int
    prev_hash: bytes
    hash: bytes = NO_HASH
