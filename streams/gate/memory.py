"""What a partition remembers of its decisions, so that the same request asked again gets the same answer.

A repeat forwards nothing, so this is also what keeps one request from being released twice. A request id
always belongs to the same partition, hence one partition's memory is enough. It is bounded
(`remembered_ids`): what was forgotten is decided afresh, by all the rules, that on its age among them.
"""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace

from streams.policy.decision import Reason
from streams.policy.making import maker_of
from streams.policy.vocabulary import DecisionId, Verdict


@dataclass(frozen=True, slots=True)
class Remembered:
    """The outcome of a decision; of a hold that was resolved, the id of the decision that stands for it.

    The request itself is not kept: its plates and names would stay in memory long after the decision.
    """

    verdict: Verdict
    reasons: tuple[Reason, ...]
    resolved_by: DecisionId | None = None


def outcomes_of(
    decision_id: DecisionId, follows: DecisionId | None, outcome: Remembered
) -> tuple[tuple[DecisionId, Remembered], ...]:
    """Return what to remember of a decision and of the hold that it resolves, in order.

    The live draft and the replay of the ledger both go through here, so they remember alike.
    """
    own = (decision_id, outcome)
    # What resolves a hold under its own id comes after, and stands for itself.
    return (own,) if follows is None else ((follows, replace(outcome, resolved_by=decision_id)), own)


def standing(decision_id: DecisionId, lookup: Callable[[DecisionId], Remembered | None]) -> Remembered | None:
    """Return how the decision stands by now: a hold may be resolved as a hold, again and again.

    This ends: whatever resolves is remembered as unresolved, in place of all that was known of that id.
    """
    found = lookup(decision_id)
    # A link may lead to what is forgotten already; then the last outcome that is known stands.
    while found is not None and found.resolved_by is not None:
        later = lookup(found.resolved_by)
        if later is None:
            return found
        found = later
    return found


class Memory:
    """The latest outcomes by decision id, at most `limit`; beyond it a request is decided afresh.

    INVARIANT: the order is that of the last `put` of each id, oldest first.
    """

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
        # Assigning to a key that is there leaves it at its old place.
        self._outcomes.move_to_end(decision_id)
        if len(self._outcomes) > self._limit:
            self._outcomes.popitem(last=False)


make_remembered = maker_of(Remembered)
