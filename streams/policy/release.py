"""What leaves the gate for one recipient: the minimised reads, or an order that names what may go.

The clause against onward sharing and the obligations travel with the data, so that who has the one has the
other.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from streams.policy.agreement import Obligation
from streams.policy.making import maker_of
from streams.policy.request import PlateRead, Selector
from streams.policy.vocabulary import (
    AgreementId,
    DataType,
    DecisionId,
    EntityId,
    Purpose,
    RequestId,
    RequestKind,
    Scope,
)

# Named here because looking a member up on its enum costs as much as the rest of a step.
_RECORD_REQUEST = RequestKind.RECORD_REQUEST
# Long enough for whoever carries orders out by hand, once a day.
ORDER_LIFETIME = timedelta(hours=24)


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """One forward under one agreement. It holds no field, type or age that the agreement does not cover.

    `records` are the pushed reads after minimisation; without any, the release is an order to the system
    that holds the reads, for `selector` and the `fields` named here alone. An order is carried out once,
    before `expires_at` (UTC); one without it is not carried out at all.
    """

    decision_id: DecisionId
    request_id: RequestId
    kind: RequestKind
    entity_id: EntityId
    agreement_id: AgreementId
    agreement_version: int
    purpose_code: Purpose
    data_types: tuple[DataType, ...]
    scopes: tuple[Scope, ...]
    networks: tuple[str, ...]
    # An upper bound for who carries out the order: no other field of a read may go.
    fields: tuple[str, ...]
    selector: Selector
    records: tuple[PlateRead, ...]
    obligations: tuple[Obligation, ...]
    clause_reference: str
    clause_text: str
    issued_at: datetime
    expires_at: datetime | None = None

    @property
    def is_order(self) -> bool:
        """Tell whether somebody else has to carry it out: it is for one release, and carries no reads."""
        return self.kind is _RECORD_REQUEST and not self.records


make_release = maker_of(Release)
