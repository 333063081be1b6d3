"""A request with its decision, on its way into the ledger."""

from dataclasses import dataclass

from streams.policy.decision import Decision
from streams.policy.hold import Hold
from streams.policy.request import SharingRequest
from streams.policy.vocabulary import DecisionId, RecordKind


@dataclass(frozen=True, slots=True)
class Case:
    """What is decided about one request. `held` is the hold that it resolves; `offset` is None for expiry."""

    kind: RecordKind
    request: SharingRequest
    decision: Decision
    offset: int | None
    held: Hold | None = None

    @property
    def follows(self) -> DecisionId | None:
        """Return the decision that the case repeats or resolves."""
        if self.kind is RecordKind.REPEAT:
            return self.decision.decision_id
        return None if self.held is None else self.held.decision.decision_id
