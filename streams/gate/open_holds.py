"""The open holds of a partition: by decision, by the request they hold, by deadline."""

import heapq
from collections.abc import Iterator
from datetime import datetime

from streams.policy.hold import Hold
from streams.policy.request import SharingRequest
from streams.policy.vocabulary import DecisionId

Asked = tuple[str, str]


def asked_by(request: SharingRequest) -> Asked:
    """Return what a supplement shares with the request that it completes: organisation and request id."""
    return request.requested_by.organisation, request.request_id


class OpenHolds:
    """Open holds; the first one opened for a request is the one that a supplement completes."""

    def __init__(self) -> None:
        self._holds: dict[DecisionId, Hold] = {}
        self._asked: dict[Asked, DecisionId] = {}
        self._deadlines: list[tuple[datetime, DecisionId]] = []

    def __len__(self) -> int:
        return len(self._holds)

    def __iter__(self) -> Iterator[Hold]:
        return iter(self._holds.values())

    def get(self, decision_id: DecisionId) -> Hold | None:
        """Return the open hold of that decision, or None."""
        return self._holds.get(decision_id)

    def of_request(self, request: SharingRequest) -> Hold | None:
        """Return the open hold that the request may complete, or None."""
        decision_id = self._asked.get(asked_by(request))
        return None if decision_id is None else self._holds[decision_id]

    def open(self, hold: Hold) -> None:
        """Add a hold."""
        decision_id = hold.decision.decision_id
        self._holds[decision_id] = hold
        self._asked.setdefault(asked_by(hold.request), decision_id)
        heapq.heappush(self._deadlines, (hold.deadline, decision_id))

    def close(self, decision_id: DecisionId) -> None:
        """Remove a hold that was resolved."""
        hold = self._holds.pop(decision_id)
        if self._asked.get(asked_by(hold.request)) == decision_id:
            del self._asked[asked_by(hold.request)]

    def next_deadline(self) -> datetime | None:
        """Return the earliest deadline of an open hold."""
        while self._deadlines and not self._stands(*self._deadlines[0]):
            heapq.heappop(self._deadlines)
        return self._deadlines[0][0] if self._deadlines else None

    def _stands(self, deadline: datetime, decision_id: DecisionId) -> bool:
        hold = self._holds.get(decision_id)
        return hold is not None and hold.deadline == deadline

    def due(self, now: datetime, most: int) -> list[Hold]:
        """Return at most `most` holds whose deadline has passed, earliest first."""
        passed = (hold for hold in self._holds.values() if hold.deadline <= now)
        return heapq.nsmallest(most, passed, key=lambda hold: hold.deadline)

    def oldest(self) -> datetime | None:
        """Return when the oldest open hold was opened."""
        return min((hold.opened_at for hold in self._holds.values()), default=None)
