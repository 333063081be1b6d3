"""The marks that count, of all partitions: by who asked, so that each request is one look-up."""

from collections.abc import Iterable
from datetime import datetime

from streams.policy.mark import Mark
from streams.policy.marks import Pseudonym, asks_again, elements_of, who_asks
from streams.policy.request import SharingRequest
from streams.policy.vocabulary import DecisionId


class MarksUnderWay:
    """The marks of transactions whose end is not known yet, by offset and by who asked.

    Each holds as if it stood, since it may; none lifts another, since it may never have been. One that is
    rolled back has at worst held a request that a reviewer then clears.
    """

    def __init__(self) -> None:
        self._by_offset: dict[int, Mark] = {}
        self._by_who: dict[str, dict[int, Mark]] = {}

    def __len__(self) -> int:
        return len(self._by_offset)

    def put(self, offset: int, mark: Mark) -> None:
        """Take in the mark that was written at the offset."""
        self._by_offset[offset] = mark
        self._by_who.setdefault(mark.who, {})[offset] = mark

    def settle(self, position: int) -> None:
        """Drop all below the position: what came of them is known."""
        for offset in [one for one in self._by_offset if one < position]:
            who = self._by_offset.pop(offset).who
            del self._by_who[who][offset]
            if not self._by_who[who]:
                del self._by_who[who]

    def of(self, who: str) -> Iterable[Mark]:
        """Return all marks of who asks, past ones too."""
        return self._by_who.get(who, {}).values()


class Marks:
    """Marks by who asked and by decision. The latest of a decision counts; one that is past counts no more.

    `under_way` are those that may come to stand.

    INVARIANT: each mark stands in both tables, and no decision has two.
    """

    def __init__(self) -> None:
        self.under_way = MarksUnderWay()
        self._by_decision: dict[DecisionId, Mark] = {}
        self._by_who: dict[str, dict[DecisionId, Mark]] = {}

    def __len__(self) -> int:
        return len(self._by_decision)

    def put(self, mark: Mark) -> None:
        """Take in a mark, in place of an earlier one of the same decision."""
        earlier = self._by_decision.pop(mark.decision_id, None)
        if earlier is not None:
            self._drop(earlier)
        self._by_decision[mark.decision_id] = mark
        self._by_who.setdefault(mark.who, {})[mark.decision_id] = mark

    def _drop(self, mark: Mark) -> None:
        same = self._by_who[mark.who]
        del same[mark.decision_id]
        if not same:
            del self._by_who[mark.who]

    def forget(self, now: datetime) -> None:
        """Drop what is past."""
        for mark in [one for one in self._by_decision.values() if one.until <= now]:
            del self._by_decision[mark.decision_id]
            self._drop(mark)

    def of(self, who: str) -> Iterable[Mark]:
        """Return all marks of who asks, past ones too."""
        return self._by_who.get(who, {}).values()


class MarksBehind:
    """The marks as a draft sees them: its own first, then those of all partitions; `own` is kept aside."""

    def __init__(self, marks: Marks, pseudonym: Pseudonym) -> None:
        self._marks = marks
        self._pseudonym = pseudonym
        self.own = Marks()
        self.made: list[Mark] = []

    def put(self, mark: Mark) -> None:
        """Take in a mark that the draft writes."""
        self.own.put(mark)
        self.made.append(mark)

    def followed(self, request: SharingRequest, but: DecisionId, now: datetime) -> DecisionId | None:
        """Return the held decision that the request asks again for, or None; `but` is not looked at.

        Of several the one whose id comes first, so that it is the same wherever it is asked.
        """
        under_way = self._marks.under_way
        # Hardly anything is held, and who asks costs a hash.
        if not self._marks and not self.own and not under_way:
            return None
        who = who_asks(request, self._pseudonym)
        latest = {mark.decision_id: mark for mark in (*self._marks.of(who), *self.own.of(who))}
        known = (*latest.values(), *under_way.of(who))
        counting = [mark for mark in known if mark.until > now and mark.decision_id != but]
        if not counting:
            return None
        elements = elements_of(request, self._pseudonym)
        return min(
            (mark.decision_id for mark in counting if asks_again(request, elements, mark)), default=None
        )
