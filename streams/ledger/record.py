"""A ledger record: what the gate did with one input offset, linked to the record before it."""

from dataclasses import dataclass
from datetime import datetime

from streams.ledger.sealed import Sealed
from streams.policy.agreement import Obligation
from streams.policy.decision import Access, Reason
from streams.policy.making import maker_of
from streams.policy.vocabulary import (
    AgreementId,
    AuthorityKind,
    DecisionId,
    EntityId,
    ReasonCode,
    RecordKind,
    RequestId,
    Verdict,
)

NO_HASH = b""
GENESIS_PREVIOUS = bytes(32)


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerRecord:
    """One link of the chain of one partition.

    `source_offset` is None for what had no input: the genesis record and the expiry of a hold.
    `partition_count` stands in the genesis record alone. `hash` is SHA-256 over the domain tag, the schema
    fingerprint and the Avro body with `hash` empty; `prev_hash` of the genesis record is 32 zero bytes.
    `follows` names the decision that a repeat repeats, a resolution resolves and a review is about; and that
    by which a disclosure was ruled on before.
    """

    kind: RecordKind
    decision_id: DecisionId
    request_id: RequestId | None = None
    follows: DecisionId | None = None
    request_digest: str | None = None
    verdict: Verdict
    leading_reason: ReasonCode | None = None
    reasons: tuple[Reason, ...] = ()
    entity_id: EntityId | None = None
    agreement_id: AgreementId | None = None
    agreement_version: int | None = None
    books_revision: int
    policy_hash: str
    event_time: datetime | None = None
    decided_at: datetime
    # In plain only in records from before it was sealed.
    access: Access | None = None
    sealed_access: Sealed | None = None
    cleared: tuple[Reason, ...] = ()
    sealed_review: Sealed | None = None
    # By which legal process counsel has had something disclosed, and what was signed.
    authority: AuthorityKind | None = None
    sealed_disclosure: Sealed | None = None
    # Until when what was forwarded in haste is to be reviewed after the fact.
    review_due: datetime | None = None
    obligations: tuple[Obligation, ...] = ()
    # SHA-256 in hex of the bytes on the recipient's topic; None unless something left.
    payload_digest: str | None = None
    source_topic: str
    source_partition: int
    source_offset: int | None = None
    partition_count: int | None = None
    partition: int
    # The position in the chain, from 0; not the offset, for markers take offsets too.
    seq: int
    prev_hash: bytes
    hash: bytes = NO_HASH


make_ledger_record = maker_of(LedgerRecord)
