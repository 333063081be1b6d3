"""A withdrawal: whoever asked takes back a request that is still held."""

from dataclasses import dataclass
from datetime import datetime

from streams.policy.request import IntakeSeal
from streams.policy.vocabulary import DecisionId, EntityId, RequestId


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawal:
    """The end that an entity wants for one hold of its own.

    `decision_id` and `deadline`, in UTC, are those of the hold. Both, because the same content can be held
    again under the same id once it was forgotten, and an old withdrawal must not fit that hold.
    `authenticated_as` is written by the intake, whose seal vouches for all of it.
    """

    request_id: RequestId
    decision_id: DecisionId
    deadline: datetime
    authenticated_as: EntityId
    intake_seal: IntakeSeal | None = None
