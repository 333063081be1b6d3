"""Two books with their policies, and what each of them says of one request.

For whoever wants to know what a change would do before it is made. Both sides are asked with the rules that
the gate decides with, so what a comparison says is what the gate would say.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from streams.policy.agreement import Agreement
from streams.policy.books import Books
from streams.policy.decide import judged
from streams.policy.evidence_hold import EvidenceHold
from streams.policy.judge import Judgement
from streams.policy.policy_in_force import PolicyInForce
from streams.policy.processor import Processor
from streams.policy.request import SharingRequest
from streams.policy.user import User
from streams.policy.verdicts import combine, leading
from streams.policy.vocabulary import EntityId, ReasonCode, Verdict


class Outcome(NamedTuple):
    """What a requester would be told in the first place."""

    verdict: Verdict
    leading_reason: ReasonCode | None


class Compared(NamedTuple):
    """What both sides say of one request; `entity_id` is who it is for, if either side can tell."""

    before: Outcome
    after: Outcome
    entity_id: EntityId | None

    @property
    def is_change(self) -> bool:
        """Tell whether the two sides differ in verdict or leading reason."""
        return self.before != self.after


@dataclass(frozen=True, slots=True)
class Side:
    """Books with the policy that is in force in them."""

    books: Books
    policy: PolicyInForce


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two sides, and the recipients of whom they have different agreements.

    `touched` is None when they differ in more than agreements, so that any decision may be another.
    """

    before: Side
    after: Side
    touched: frozenset[EntityId] | None

    def spares(self, recipient_name: str) -> bool:
        """Tell whether both sides say the same of whatever is asked for that recipient, so that none need be.

        Entities and policy are the same then, so the name means the same body on both sides, or nobody; and
        of the agreements a decision asks for those of its recipient alone.
        """
        if self.touched is None:
            return False
        known = self.before.books.recipient(recipient_name)
        return known is None or known.entity_id not in self.touched

    def of(self, request: SharingRequest, now: datetime) -> Compared:
        """Return what both sides say of the request at `now`."""
        judgement, entity_id = judged(request, self.before.books, self.before.policy, now)
        before = outcome_of(judgement)
        judgement, found = judged(request, self.after.books, self.after.policy, now)
        return Compared(before, outcome_of(judgement), found or entity_id)


def compared(before: Side, after: Side) -> Comparison:
    """Return the comparison of two sides."""
    return Comparison(before, after, _touched(before, after))


def _touched(before: Side, after: Side) -> frozenset[EntityId] | None:
    entities = {entity.entity_id: entity for entity in before.books.entities()}
    if before.policy.policy_hash != after.policy.policy_hash or entities != {
        entity.entity_id: entity for entity in after.books.entities()
    }:
        return None
    if before.books.revision != after.books.revision or _beside(before) != _beside(after):
        return None
    return frozenset(
        entity_id
        for entity_id in entities
        if _usable(before.books, entity_id) != _usable(after.books, entity_id)
    )


def _beside(side: Side) -> tuple[tuple[EvidenceHold | User | Processor, ...], ...]:
    """Return what requests are judged by besides entities, agreements and the policy."""
    books = side.books
    return books.evidence_holds(), books.users.all(), books.processors.all()


def _usable(books: Books, entity_id: EntityId) -> tuple[Agreement, ...]:
    """Return the agreements that the entity may use, its own and those that it inherits."""
    standing = books.standing(entity_id)
    return () if standing is None else tuple(terms.agreement for terms in standing.terms)


def outcome_of(judgement: Judgement) -> Outcome:
    """Return the verdict of a judgement, with the reason that leads."""
    reasons = judgement.reasons
    verdict = combine(reasons)
    return Outcome(verdict, leading(reasons, verdict))
