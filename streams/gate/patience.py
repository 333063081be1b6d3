"""For whom it is worth waiting: a request may ask for books that are on their way, or that never come.

The wait holds up all of a partition. So whoever was waited for in vain is not waited for again so soon,
whatever revision they ask for next; each costs the others `min_revision_wait` once a minute at most.
"""

from collections.abc import Mapping

from streams.policy.vocabulary import EntityId

# After a wait in vain, nobody waits for the same sender again so soon.
IN_VAIN_SECONDS = 60.0

# Of each authenticated sender, the newest minimum revision that they ask for.
Wanted = Mapping[EntityId, int]


class Patience:
    """What one partition has waited for in vain, by sender; instants are seconds of the monotonic clock."""

    def __init__(self) -> None:
        self._in_vain: dict[EntityId, tuple[int, float]] = {}

    def worth(self, wanted: Wanted, reached: int, now: float) -> Wanted:
        """Return what is worth waiting for while the books have reached that revision."""
        return {
            who: revision
            for who, revision in wanted.items()
            if revision > reached and not self._is_tried(who, reached, now)
        }

    def _is_tried(self, who: EntityId, reached: int, now: float) -> bool:
        revision, since = self._in_vain.get(who, (0, float("-inf")))
        # It counts only while the books have not got there: whoever named one that came is waited for again.
        return revision > reached and now - since < IN_VAIN_SECONDS

    def tried(self, wanted: Wanted, reached: int, now: float) -> None:
        """Note what was waited for until now; what the books have reached was not in vain."""
        # Forgotten here, so that it holds no more than who has asked within a minute.
        self._in_vain = {
            who: (revision, since)
            for who, (revision, since) in self._in_vain.items()
            if now - since < IN_VAIN_SECONDS
        }
        self._in_vain |= {who: (revision, now) for who, revision in wanted.items() if revision > reached}
