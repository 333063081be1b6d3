"""What the requester is told."""

from dataclasses import dataclass
from datetime import datetime

from streams.policy.decision import Reason
from streams.policy.making import maker_of
from streams.policy.vocabulary import DecisionId, EntityId, RecordKind, RequestId, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The answer to one request: the verdict, the reasons with their clauses, what is missing, until when.

    `follows` names the decision that this one repeats or resolves. `missing` are the request's fields that
    a supplement can still fill before `deadline`; both are empty for anything but a hold.

    Instants are UTC. `organisation` is as the request gave it, so anybody can put any name there. Whom the
    answer may be shown to is `authenticated_as` alone: the entity that an intake vouched for under a seal
    that held, None when nobody did.
    """

    decision_id: DecisionId
    request_id: RequestId
    organisation: str
    kind: RecordKind
    follows: DecisionId | None
    verdict: Verdict
    reasons: tuple[Reason, ...]
    missing: tuple[str, ...]
    deadline: datetime | None
    explanation: str
    answered_at: datetime
    authenticated_as: EntityId | None = None


make_answer = maker_of(Answer)
