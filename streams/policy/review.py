"""A review: what a person of the agency does with a held request.

What is held for its content waits for somebody who reads it. Whoever does signs for it by name, and the gate
then decides the request anew: an approval is one more fact about it, and no verdict.
"""

from dataclasses import dataclass
from datetime import datetime

from streams.policy.vocabulary import DecisionId, ReasonCode, ReviewAct


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """One act of a reviewer on the hold of one decision.

    `codes` are what an approval clears; the other acts clear nothing. `reason` is one line. When it is
    returned, the requester is told that line as what to supply; else it is for the record alone, sealed.
    `at` is when the reviewer signed, in UTC.
    """

    decision_id: DecisionId
    reviewer: str
    act: ReviewAct
    codes: tuple[ReasonCode, ...]
    reason: str
    at: datetime
