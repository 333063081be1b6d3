"""A request with its decision, on its way into the ledger.

Only what was decided is a case. Bytes that are no request, a request that is moved to another partition and
the beginning of a chain have ledger records too, which `ledger_entries` makes without one.
"""

from dataclasses import dataclass

from streams.ledger.review_note import ReviewNote
from streams.policy.decision import Decision
from streams.policy.hold import Hold
from streams.policy.making import maker_of
from streams.policy.request import SharingRequest
from streams.policy.vocabulary import DecisionId, RecordKind


@dataclass(frozen=True, slots=True)
class Case:
    """What is decided about one request. `held` is the hold that it resolves; `offset` is None for expiry.

    `kind` is DECISION, REPEAT, RESOLUTION or REVIEW. For a completed hold `request` is the merged whole,
    while the id and the digest in `decision` are those of the supplement: they say what came in at `offset`.
    For a hold on which a reviewer acts with `note`, the digest is that of the note and the id that of the
    hold.
    """

    kind: RecordKind
    request: SharingRequest
    decision: Decision
    offset: int | None
    held: Hold | None = None
    note: ReviewNote | None = None

    @property
    def follows(self) -> DecisionId | None:
        """Return the decision that the case repeats, resolves or reviews; None for one that stands alone."""
        if self.kind is RecordKind.REPEAT:
            return self.decision.decision_id
        return None if self.held is None else self.held.decision.decision_id


make_case = maker_of(Case)
