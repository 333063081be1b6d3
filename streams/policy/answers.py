"""What the requester is told: the verdict, each reason with its clause, what is missing and until when."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from streams.policy.answer import Answer, make_answer
from streams.policy.decision import Decision, Reason
from streams.policy.making import maker_of
from streams.policy.vocabulary import ClearedBy, DecisionId, EntityId, RecordKind, Verdict

# Named here because looking a member up on its enum costs as much as the rest of it.
_HOLD = Verdict.HOLD


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """Why an answer is given now: a decision, a repeat of one, or the resolution of a hold; and to whom."""

    kind: RecordKind
    follows: DecisionId | None = None
    deadline: datetime | None = None
    explanation: str
    authenticated_as: EntityId | None = None


make_occasion = maker_of(Occasion)


def answer_of(decision: Decision, occasion: Occasion, now: datetime) -> Answer:
    """Return the answer; only a hold names what is missing and has a deadline."""
    is_held = decision.verdict is _HOLD
    return make_answer(
        decision_id=decision.decision_id,
        request_id=decision.request_id,
        organisation=decision.access.organisation,
        kind=occasion.kind,
        follows=occasion.follows,
        verdict=decision.verdict,
        reasons=decision.reasons,
        # Nothing can be added to a block; to say what is missing would invite to try.
        missing=missing_in(decision.reasons) if is_held else (),
        deadline=occasion.deadline if is_held else None,
        explanation=occasion.explanation,
        answered_at=now,
        authenticated_as=occasion.authenticated_as,
    )


def missing_in(reasons: Iterable[Reason]) -> tuple[str, ...]:
    """Return the request's fields that a supplement can still fill, in rule order, each once.

    Fields joined by a comma in a reason are told one by one. What a reviewer must clear is not missing and
    not named.
    """
    fields = (
        field
        for reason in reasons
        if reason.cleared_by is ClearedBy.SUPPLEMENT
        for field in reason.field.split(",")
    )
    return tuple(dict.fromkeys(fields))
