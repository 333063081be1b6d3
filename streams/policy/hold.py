"""An open hold: a request that waits for what is missing or for a reviewer, until its deadline.

A hold is no decision in favour of anybody: nothing leaves while it is open, and at its deadline it ends as a
block.
"""

from dataclasses import dataclass
from datetime import datetime

from streams.policy.decision import Decision
from streams.policy.request import SharingRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """A held request with the decision that held it. At `deadline` it becomes a block (HOLD_EXPIRED)."""

    request: SharingRequest
    decision: Decision
    opened_at: datetime
    deadline: datetime
