"""What a partition remembers of its decisions, so that the same request asked again gets the same answer."""

from collections import OrderedDict
from dataclasses import dataclass

from streams.policy.decision import Reason
from streams.policy.vocabulary import DecisionId, Verdict


@dataclass(frozen=True, slots=True)
class Remembered:
    """The standing outcome of a decision: what was decided, or how its hold was resolved."""

    verdict: Verdict
    reasons: tuple[Reason, ...]


class Memory:
    """The latest outcomes by decision id, at most `limit`; beyond it a request is decided afresh."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._outcomes: OrderedDict[DecisionId, Remembered] = OrderedDict()

    def __len__(self) -> int:
        return len(self._outcomes)

    def get(self, decision_id: DecisionId) -> Remembered | None:
        """Return the outcome, or None when it is not remembered."""
        return self._outcomes.get(decision_id)

    def put(self, decision_id: DecisionId, outcome: Remembered) -> None:
        """Remember the outcome, in place of an earlier one, and forget the oldest beyond the limit."""
        self._outcomes[decision_id] = outcome
        self._outcomes.move_to_end(decision_id)
        if len(self._outcomes) > self._limit:
            self._outcomes.popitem(last=False)
