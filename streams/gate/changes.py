"""The changes that a draft would make to its partition's state, seen on top of it before they are made.

A transaction may still be aborted when all of its records are decided, and then the same records are decided
again. So nothing may touch the state before the commit, and yet the second of two equal requests in one batch
must see the first. An overlay gives both; copying the state for each batch would cost as much as its memory.
"""

from datetime import datetime

from streams.chains.state import Head
from streams.gate.memory import Remembered, outcomes_of, standing
from streams.gate.open_holds import OpenHolds, first_of, may_complete
from streams.gate.partition_state import PartitionState
from streams.policy.hold import Hold
from streams.policy.request import SharingRequest
from streams.policy.vocabulary import DecisionId


class Changes:
    """An overlay: reads see the changes first, then the state; `apply` makes them part of the state.

    `head`, `next_source` and `bound_revision` begin as those of the state and are set by the draft. The state
    must not change while the overlay is in use; a partition has one writer and one draft at a time.
    """

    def __init__(self, state: PartitionState) -> None:
        self._state = state
        self._outcomes: dict[DecisionId, Remembered] = {}
        self._opened = OpenHolds()
        self._closed: set[DecisionId] = set()
        self.head: Head = state.head
        self.next_source: int = state.next_source
        self.bound_revision: int = state.bound_revision

    def outcome(self, decision_id: DecisionId) -> Remembered | None:
        """Return how the decision of that id stands, or None when it is not remembered."""
        return standing(decision_id, self._remembered)

    def _remembered(self, decision_id: DecisionId) -> Remembered | None:
        return self._outcomes.get(decision_id) or self._state.memory.get(decision_id)

    def remember(self, decision_id: DecisionId, follows: DecisionId | None, outcome: Remembered) -> None:
        """Remember the outcome of a decision and of the hold that it resolves, as the latest ones."""
        for one, remembered in outcomes_of(decision_id, follows, outcome):
            # Out and in again: the order of the dict is the order in which `apply` makes them the latest.
            self._outcomes.pop(one, None)
            self._outcomes[one] = remembered

    def recall(self, decision_id: DecisionId) -> None:
        """Remember an outcome that was asked for again as a fresh one, so that it is forgotten later.

        A replay of the ledger does the same at a REPEAT record, so both forget in the same order.
        """
        outcome = self._remembered(decision_id)
        if outcome is not None:
            self._outcomes.pop(decision_id, None)
            self._outcomes[decision_id] = outcome

    def hold(self, decision_id: DecisionId) -> Hold | None:
        """Return the open hold of that decision, or None."""
        opened = self._opened.get(decision_id)
        if opened is not None or decision_id in self._closed:
            return opened
        return self._state.holds.get(decision_id)

    def hold_of(self, request: SharingRequest, now: datetime) -> Hold | None:
        """Return the open hold that the request may complete, or None."""
        stored, opened = self._state.holds.of_request(request), self._opened.of_request(request)
        # Nearly every request is the first of its id.
        if not stored and not opened:
            return None
        # Both sides, then one choice: a hold that this batch opened may be the one that comes first.
        holds = [*(hold for hold in stored if hold.decision.decision_id not in self._closed), *opened]
        return first_of(hold for hold in holds if may_complete(hold, request, now))

    def open(self, hold: Hold) -> None:
        """Open a hold."""
        self._opened.open(hold)

    def close(self, hold: Hold) -> None:
        """Close a hold that is resolved."""
        decision_id = hold.decision.decision_id
        # One that this draft has opened can be dropped; one of the state has to be hidden until `apply`.
        if self._opened.get(decision_id) is not None:
            self._opened.close(decision_id)
        else:
            self._closed.add(decision_id)

    def due(self, now: datetime, most: int) -> list[Hold]:
        """Return at most `most` holds whose deadline has passed, earliest first.

        Those opened in this draft wait for the next one.
        """
        # The state counts those that this draft has closed, so as many more are asked for.
        held = self._state.holds.due(now, most + len(self._closed))
        return [hold for hold in held if hold.decision.decision_id not in self._closed][:most]

    def apply(self) -> None:
        """Make all of it part of the state; call it once, and only after the commit."""
        state = self._state
        for decision_id, outcome in self._outcomes.items():
            state.memory.put(decision_id, outcome)
        # Closed first: a resolution that holds again under the same id opens what was just closed.
        for decision_id in self._closed:
            state.holds.close(decision_id)
        for hold in self._opened:
            state.holds.open(hold)
        state.head, state.next_source, state.bound_revision = self.head, self.next_source, self.bound_revision
