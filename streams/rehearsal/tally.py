"""What a comparison of many requests came to: counts, and a few examples without plates and people."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from streams.policy.comparison import Compared, Outcome
from streams.policy.digest import identify
from streams.policy.request import SharingRequest
from streams.policy.vocabulary import DecisionId, EntityId, Purpose, ReasonCode, RecordKind, Verdict

# Of each kind of change: enough to look them up one by one.
EXAMPLES = 3


class Move(NamedTuple):
    """One kind of change: what was said and what would be said, of whose requests, for which purpose.

    `entity_id` is None when no recipient could be told. The words come from fixed sets and the registry, so
    no text of a request can be among them.
    """

    before: Outcome
    after: Outcome
    entity_id: EntityId | None
    purpose: Purpose | None

    @property
    def is_wider(self) -> bool:
        """Tell whether something would be forwarded that is not."""
        return self.after.verdict is Verdict.FORWARD is not self.before.verdict

    @property
    def reason(self) -> ReasonCode | None:
        """Return the reason that appears, or else the one that goes away."""
        return self.after.leading_reason or self.before.leading_reason


class Example(NamedTuple):
    """One request whose decision changes; `alpr-gate explain` tells more of it to who may know."""

    decision_id: DecisionId
    at: datetime


@dataclass(slots=True)
class Tally:
    """Counts of compared requests.

    `left_out` counts requests that were not compared, by their kind of ledger record. `unreadable` are the
    places of what is no request, with what was expected there.
    """

    compared: int = 0
    moves: Counter[Move] = field(default_factory=Counter)
    examples: dict[Move, list[Example]] = field(default_factory=dict)
    left_out: Counter[RecordKind] = field(default_factory=Counter)
    unreadable: list[tuple[int, str]] = field(default_factory=list)

    def note(self, request: SharingRequest, now: datetime, compared: Compared) -> None:
        """Count one compared request."""
        self.compared += 1
        if compared.is_change:
            move = Move(compared.before, compared.after, compared.entity_id, request.purpose_code)
            self.moves[move] += 1
            known = self.examples.setdefault(move, [])
            if len(known) < EXAMPLES:
                known.append(Example(identify(request).decision_id, now))

    def add(self, other: "Tally") -> None:
        """Add what another tally has counted after this one."""
        self.compared += other.compared
        self.moves += other.moves
        self.left_out += other.left_out
        self.unreadable += other.unreadable
        for move, examples in other.examples.items():
            self.examples[move] = (self.examples.get(move, []) + examples)[:EXAMPLES]

    @property
    def changed(self) -> int:
        """Return how many requests would be decided otherwise."""
        return self.moves.total()

    @property
    def wider(self) -> int:
        """Return how many requests would be forwarded that are not."""
        return sum(count for move, count in self.moves.items() if move.is_wider)

    def ranked(self) -> Iterator[tuple[Move, int]]:
        """Yield the kinds of change, the widening ones first, then by number."""
        yield from sorted(self.moves.items(), key=lambda one: (not one[0].is_wider, -one[1], str(one[0])))
