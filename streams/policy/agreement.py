"""An interagency agreement, as one immutable version.

Source: LAPD Special Order 31 (2020): sharing only with local law enforcement that has an interagency
agreement, every contract reviewed, each with a clause against onward sharing.
"""

from dataclasses import dataclass
from datetime import date, datetime

from streams.policy.live_terms import LiveTerms
from streams.policy.vocabulary import (
    AgreementId,
    AgreementOrigin,
    AgreementStatus,
    DataType,
    EntityId,
    Purpose,
    Scope,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractReview:
    """Review of the contract (Special Order 31): by whom, when, and when the next one is due."""

    by: str
    at: datetime
    due: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedEvaluation:
    """Evaluation of need and right to know (State Auditor 2019-118, recommendation 32)."""

    by: str
    at: datetime
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Obligation:
    """What the recipient owes, with the date it is due; ISO 8601 date or None."""

    kind: str
    text: str
    due: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fulfilment:
    """That an obligation was met: the one of that `kind` which was due on that day; by whom, and when.

    `reference` says where the evidence is kept, and `digest` is its SHA-256 in hex. It stands beside the
    obligations, for recipients are told what they owe and nothing of who looked after it.
    """

    kind: str
    due: date
    by: str
    at: datetime
    reference: str
    digest: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VolumeBudget:
    """At most `reads` reads released in each `period` (ISO 8601 duration)."""

    reads: int
    period: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """One version of an agreement with one entity; its term is `[start, end)`, both UTC instants.

    Files may give local dates: they mean 00:00 in `zone`, and are instants by the time they stand here.
    `max_record_age` is an ISO 8601 duration, evaluated on the calendar of `zone`. An empty tuple covers
    nothing; `networks == ("*",)` covers all. `fields` are names of `PlateRead` fields.

    `version` rises by any change and is never reused; the latest alone counts. `origin` marks a share that
    was found running and whose start nobody knows (`legacy_unknown_start`), as the State Auditor's
    recommendation 32 led agencies to do. `live_feed` gives nothing without `live_terms`. `volume_budget`
    limits live shares. `risk_flags` are kept on record and read by no rule of this version.
    """

    agreement_id: AgreementId
    version: int
    entity_id: EntityId
    status: AgreementStatus
    start: datetime
    end: datetime
    zone: str = "America/Los_Angeles"
    data_types: tuple[DataType, ...]
    scopes: tuple[Scope, ...]
    # None unless named: an agreement that forgot its networks must not mean all of them.
    networks: tuple[str, ...] = ()
    purposes: tuple[Purpose, ...]
    fields: tuple[str, ...]
    max_record_age: str
    live_feed: bool
    live_terms: LiveTerms | None = None
    onward_sharing_prohibited: bool
    clause_reference: str
    clause_text: str
    contract_digest: str | None = None
    counterparty_signatory: str | None = None
    # What may be absent is what a legacy share may lack; the rules refuse by it, the reader need not.
    contract_reviewed: ContractReview | None = None
    need_evaluation: NeedEvaluation | None = None
    signed_by: tuple[str, ...]
    obligations: tuple[Obligation, ...] = ()
    fulfilments: tuple[Fulfilment, ...] = ()
    volume_budget: VolumeBudget | None = None
    origin: AgreementOrigin
    risk_flags: tuple[str, ...] = ()
