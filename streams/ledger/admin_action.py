"""What a person did with what the gate keeps: opened, shredded, looked at again or passed over, in one chain.

Opening a record is itself an access, and its record is the one that Civ. Code 1798.90.52(a) asks for: when,
which record, who, for which organisation and for what purpose. It stands on record before anything is shown.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from streams.ledger.record import NO_HASH
from streams.ledger.sealed import Sealed
from streams.policy.vocabulary import DecisionId


class AdminAct(StrEnum):
    """What was done."""

    UNKNOWN = "unknown"
    OPEN = "open"
    SHRED = "shred"
    PASS_OVER = "pass_over"  # noqa: S105  # no password
    # Of a reviewer, at what another one let out in haste.
    LOOK = "look"
    # At who got the reads of a plate.
    WHO_GOT = "who_got"


@dataclass(frozen=True, slots=True, kw_only=True)
class AdminAction:
    """One link of the chain of administrative acts.

    `decision_id` is the record that was opened or looked at again, or the id of a search. `key_id` is the key
    that was destroyed. `orders` are the signed notes of those who ordered it or looked. `offset` is where
    among the marks the record stands that was passed over. `sealed_access` is the access record of who looked
    for a plate among the live shares. `seq`, `prev_hash` and `hash` are as in a ledger record.
    """

    act: AdminAct
    at: datetime
    by: str
    organisation: str
    reason: str
    decision_id: DecisionId | None = None
    key_id: str | None = None
    offset: int | None = None
    orders: tuple[str, ...] = ()
    sealed_access: Sealed | None = None
    seq: int
    prev_hash: bytes
    hash: bytes = NO_HASH
