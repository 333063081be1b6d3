"""An open hold as it is kept: until when it waits in plain, whom and what it is about sealed."""

from dataclasses import dataclass
from datetime import datetime

from streams.ledger.sealed import Sealed
from streams.policy.vocabulary import DecisionId


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedHold:
    """A hold whose request and decision are sealed; the times are those of the hold inside."""

    decision_id: DecisionId
    opened_at: datetime
    deadline: datetime
    exigent: bool
    sealed: Sealed
