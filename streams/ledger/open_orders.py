"""Which orders are being carried out, and which receipts are owed: what the chain of releases comes to."""

from collections.abc import Iterable
from datetime import datetime

from streams.ledger.release_action import ReleaseAct, ReleaseAction
from streams.policy.vocabulary import DecisionId


class OpenOrders:
    """The orders that were begun, by decision. A chain of acts is taken in order."""

    def __init__(self, actions: Iterable[ReleaseAction] = ()) -> None:
        self._begun: dict[DecisionId, ReleaseAction] = {}
        self._receipts: dict[DecisionId, ReleaseAction] = {}
        self._told: set[DecisionId] = set()
        for action in actions:
            self.take(action)

    def take(self, action: ReleaseAction) -> None:
        """Take one more act."""
        if action.act is ReleaseAct.REDEEM:
            self._begun[action.decision_id] = action
        elif action.act is ReleaseAct.RECEIPT:
            self._receipts[action.decision_id] = action
        elif action.act is ReleaseAct.OVERDUE:
            self._told.add(action.decision_id)

    def begun(self, decision_id: DecisionId) -> ReleaseAction | None:
        """Return the act by which the order was begun, or None."""
        return self._begun.get(decision_id)

    def receipt(self, decision_id: DecisionId) -> ReleaseAction | None:
        """Return the receipt that closed the order, or None."""
        return self._receipts.get(decision_id)

    def open(self) -> tuple[ReleaseAction, ...]:
        """Return the orders that were begun and of which no receipt is there, in their order."""
        return tuple(one for key, one in self._begun.items() if key not in self._receipts)

    def overdue(self, now: datetime) -> tuple[ReleaseAction, ...]:
        """Return those of them whose receipt is overdue, and of which nobody was told."""
        return tuple(
            one
            for one in self.open()
            if one.decision_id not in self._told and one.receipt_due is not None and one.receipt_due <= now
        )
