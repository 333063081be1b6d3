"""The open holds of a partition: by decision, by the request they hold, by deadline.

One request id can have several: two senders may use the same one, and a sender may open a second hold under
it with other content. So holds are keyed by the decision that opened them, and which one a request may
complete is asked each time (`may_complete`, `first_of`).
"""

import heapq
from collections.abc import Iterable, Iterator
from datetime import datetime

from streams.policy.hold import Hold
from streams.policy.names import is_blank
from streams.policy.request import SharingRequest
from streams.policy.reviews import is_for_review
from streams.policy.vocabulary import DecisionId, ReasonCode

Asked = tuple[str, str]
# So many entries of closed holds are not worth a look at all of them.
FEW = 64


def asked_by(request: SharingRequest) -> Asked:
    """Return what a supplement shares with the request that it completes: proven sender and request id."""
    return request.authenticated_as or "", request.request_id


def may_complete(hold: Hold, request: SharingRequest, now: datetime) -> bool:
    """Tell whether the request comes in time, from the proven sender of the held one, for its organisation.

    The organisation may itself be what was missing; anyone else, and anything later, starts afresh.
    """
    held = hold.request
    # Nobody vouches for a request without a seal: two of those share a sender in name only.
    if not request.authenticated_as or asked_by(held) != asked_by(request) or hold.deadline <= now:
        return False
    earlier, later = held.requested_by.organisation, request.requested_by.organisation
    return earlier == later or is_blank(earlier) or is_blank(later)


def first_of(holds: Iterable[Hold]) -> Hold | None:
    """Return the hold that a supplement completes: the first one opened, and one that follows another last.

    The order depends on the holds alone, so that it is the same after a recovery.
    """
    return min(holds, key=_rank, default=None)


def _rank(hold: Hold) -> tuple[bool, datetime, DecisionId]:
    decision = hold.decision
    # What was held for changing an earlier request must not catch the supplement that completes that one.
    follows = any(reason.code is ReasonCode.FOLLOWS_HELD_REQUEST for reason in decision.reasons)
    return follows, hold.opened_at, decision.decision_id


class OpenHolds:
    """Open holds by decision, by who asked for what, and by deadline.

    INVARIANT: each open hold stands in `_holds`, in `_asked` and at least once in `_deadlines`. The heap
    alone may have more: nothing can be dropped from its middle, so a closed hold leaves it at the top, or
    with all others when there are more of them than of open ones.

    `for_review` is how many wait for a reviewer, `exigent` how many wait for an answer in minutes.
    """

    def __init__(self) -> None:
        self._holds: dict[DecisionId, Hold] = {}
        self._asked: dict[Asked, set[DecisionId]] = {}
        self._deadlines: list[tuple[datetime, DecisionId]] = []
        self.for_review = 0
        self.exigent = 0

    def __len__(self) -> int:
        return len(self._holds)

    def __iter__(self) -> Iterator[Hold]:
        return iter(self._holds.values())

    def get(self, decision_id: DecisionId) -> Hold | None:
        """Return the open hold of that decision, or None."""
        return self._holds.get(decision_id)

    def of_request(self, request: SharingRequest) -> tuple[Hold, ...]:
        """Return the open holds of the same sender and request id, in no order."""
        asked = self._asked.get(asked_by(request)) if self._asked else None
        return () if asked is None else tuple([self._holds[decision_id] for decision_id in asked])

    def open(self, hold: Hold) -> None:
        """Add a hold."""
        decision_id = hold.decision.decision_id
        self._holds[decision_id] = hold
        self._count(hold, 1)
        self._asked.setdefault(asked_by(hold.request), set()).add(decision_id)
        heapq.heappush(self._deadlines, (hold.deadline, decision_id))

    def _count(self, hold: Hold, by: int) -> None:
        self.for_review += by * any(map(is_for_review, hold.decision.reasons))
        self.exigent += by * hold.request.exigent

    def close(self, decision_id: DecisionId) -> None:
        """Remove a hold that was resolved.

        Raises:
            KeyError: no hold of that decision is open.
        """
        hold = self._holds.pop(decision_id)
        self._count(hold, -1)
        asked = asked_by(hold.request)
        self._asked[asked].discard(decision_id)
        if not self._asked[asked]:
            del self._asked[asked]
        # Its deadline may be weeks away, and holds are resolved all the time.
        if len(self._deadlines) > 2 * len(self._holds) + FEW:
            self._deadlines = [(hold.deadline, one) for one, hold in self._holds.items()]
            heapq.heapify(self._deadlines)

    def next_deadline(self) -> datetime | None:
        """Return the earliest deadline of an open hold, or None when none is open."""
        while self._deadlines and not self._stands(*self._deadlines[0]):
            heapq.heappop(self._deadlines)
        return self._deadlines[0][0] if self._deadlines else None

    def _stands(self, deadline: datetime, decision_id: DecisionId) -> bool:
        """Tell whether an entry of the heap is that of an open hold; its id may be open again since."""
        hold = self._holds.get(decision_id)
        return hold is not None and hold.deadline == deadline

    def due(self, now: datetime, most: int) -> list[Hold]:
        """Return at most `most` holds whose deadline has passed, earliest first."""
        first = self.next_deadline()
        # Asked in every transaction, so the common answer must not cost a walk over all holds.
        if first is None or first > now:
            return []
        passed = (hold for hold in self._holds.values() if hold.deadline <= now)
        return heapq.nsmallest(most, passed, key=lambda hold: (hold.deadline, hold.decision.decision_id))

    def oldest(self) -> datetime | None:
        """Return when the oldest open hold was opened, or None when none is open."""
        return min((hold.opened_at for hold in self._holds.values()), default=None)
