"""The evidence holds of the books: by case, by the instant at which they are due, and those nobody can read.

A request looks here only when it asks for reads beyond their time, and then at the holds of its own case.
"""

from bisect import bisect_right
from datetime import datetime

from streams.policy.evidence_cover import Cover
from streams.policy.evidence_hold import EvidenceHold, lifts, preserves
from streams.policy.names import tidy
from streams.policy.vocabulary import EvidenceHoldId


class EvidenceIndex:
    """The latest version of every hold; `unreadable` are the ids whose value cannot be read.

    INVARIANT: an id stands on at most one of the two sides, so an unreadable hold lifts nothing.
    """

    def __init__(self) -> None:
        self.unreadable: set[EvidenceHoldId] = set()
        self._holds: dict[EvidenceHoldId, EvidenceHold] = {}
        # Also of those that cannot be read any more: the next version must be higher all the same.
        self._versions: dict[EvidenceHoldId, int] = {}
        self._by_case: dict[str, dict[EvidenceHoldId, tuple[EvidenceHold, Cover]]] = {}
        # Those that preserve, by `reverify_due`; None until somebody asks.
        self._by_due: tuple[EvidenceHold, ...] | None = None

    def get(self, hold_id: EvidenceHoldId) -> EvidenceHold | None:
        """Return the latest version of that hold, or None."""
        return self._holds.get(hold_id)

    def version_of(self, hold_id: EvidenceHoldId) -> int:
        """Return the highest version of that hold that was ever read here; 0 for none."""
        return self._versions.get(hold_id, 0)

    def all(self) -> tuple[EvidenceHold, ...]:
        """Return the latest version of every hold that can be read, released ones too, by id."""
        return tuple(self._holds[hold_id] for hold_id in sorted(self._holds))

    def covers_of(self, case_number: str | None, now: datetime) -> tuple[Cover, ...]:
        """Return what the holds of that case name that lift at `now`; the number is compared as a name is."""
        if case_number is None:
            return ()
        # A blank finds at most holds without a case number, and none of those lifts.
        known = self._by_case.get(tidy(case_number), {})
        return tuple(cover for hold, cover in known.values() if lifts(hold, now))

    def preserving(self) -> tuple[EvidenceHold, ...]:
        """Return the holds that forbid to destroy, the earliest due first."""
        if self._by_due is None:
            kept = filter(preserves, self._holds.values())
            self._by_due = tuple(sorted(kept, key=lambda hold: (hold.reverify_due, hold.hold_id)))
        return self._by_due

    def overdue(self, now: datetime) -> tuple[EvidenceHold, ...]:
        """Return those of them that nobody has verified in time."""
        ranked = self.preserving()
        return ranked[: bisect_right(ranked, now, key=lambda hold: hold.reverify_due)]

    def put(self, hold: EvidenceHold) -> None:
        """Put the hold in the place of the earlier one with its id; an older version changes nothing."""
        # A replay or a late file must not bring back what a later version released.
        if self.version_of(hold.hold_id) > hold.version:
            return
        self._forget(hold.hold_id)
        self._versions[hold.hold_id] = hold.version
        self._holds[hold.hold_id] = hold
        self._by_case.setdefault(tidy(hold.case_number), {})[hold.hold_id] = hold, Cover.of(hold)

    def drop(self, hold_id: EvidenceHoldId) -> None:
        """Note that the value of the hold cannot be read: it lifts nothing any more, and still preserves."""
        self._forget(hold_id)
        self.unreadable.add(hold_id)

    def copy(self) -> "EvidenceIndex":
        """Return an index of its own with the same holds."""
        twin = EvidenceIndex()
        for hold in self._holds.values():
            twin.put(hold)
        twin.unreadable = set(self.unreadable)
        twin._versions = dict(self._versions)
        return twin

    def _forget(self, hold_id: EvidenceHoldId) -> None:
        self._by_due = None
        self.unreadable.discard(hold_id)
        known = self._holds.pop(hold_id, None)
        if known is not None:
            del self._by_case[tidy(known.case_number)][hold_id]
