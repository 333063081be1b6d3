"""What `decide` answers: a verdict with every reason, and what a record of it needs.

A record must stand by itself for an auditor years later, when entity, agreement and policy have changed. So
it names their versions (books revision, agreement version, policy hash), and each reason carries its clause
in words.
"""

from dataclasses import dataclass
from datetime import datetime

from streams.policy.agreement import Obligation
from streams.policy.making import maker_of
from streams.policy.vocabulary import (
    AgreementId,
    ClearedBy,
    DecisionId,
    EntityId,
    ReasonCode,
    RequestId,
    Tier,
    Verdict,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One rule that the request failed. `message` never holds a plate or a person's name."""

    code: ReasonCode
    verdict: Verdict
    tier: Tier
    cleared_by: ClearedBy
    clause: str
    field: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """The access record that Civ. Code 1798.90.52(a) asks for, verbatim from the request.

    `data_elements` are what was used to query: plate and ids of reads, or else the ends of the window.
    `organisation` is as given, not as resolved: the statute wants what was said.
    """

    time: datetime | None
    data_elements: tuple[str, ...]
    user: str
    organisation: str
    purpose: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The gate's answer to one request, at one revision of the books and one instant.

    INVARIANT: `reasons` is empty exactly when `verdict` is FORWARD, and stands in rule order;
    `leading_reason` is the first whose verdict is the verdict of the whole. `cleared` are reasons that a
    reviewer cleared, in rule order: they count no more, and whoever decides again has to clear them again.
    """

    decision_id: DecisionId
    request_id: RequestId
    request_digest: str
    verdict: Verdict
    leading_reason: ReasonCode | None
    reasons: tuple[Reason, ...]
    entity_id: EntityId | None
    agreement_id: AgreementId | None
    agreement_version: int | None
    books_revision: int
    policy_hash: str
    event_time: datetime | None
    decided_at: datetime
    access: Access
    obligations: tuple[Obligation, ...] = ()
    cleared: tuple[Reason, ...] = ()


make_reason = maker_of(Reason)
make_access = maker_of(Access)
make_decision = maker_of(Decision)
