"""Typical values, as the gate reads and writes them."""

from datetime import UTC, datetime, timedelta

from streams.ledger.record import GENESIS_PREVIOUS, NO_HASH, LedgerRecord
from streams.policy.agreement import Obligation
from streams.policy.book_records import BooksAck, Heartbeat
from streams.policy.decision import Access, Decision, Reason
from streams.policy.request import IntakeSeal, PlateRead, Requester, Selector, SharingRequest
from streams.policy.vocabulary import (
    AgreementId,
    ClearedBy,
    DataType,
    DecisionId,
    EntityId,
    Initiator,
    Purpose,
    ReasonCode,
    RecordKind,
    RequestId,
    RequestKind,
    Scope,
    Tier,
    Verdict,
)

NOW = datetime(2026, 3, 4, 5, 6, 7, 891_234, UTC)

REQUEST = SharingRequest(
    request_id=RequestId("req-000012"),
    kind=RequestKind.RECORD_REQUEST,
    initiated_by=Initiator.RECIPIENT,
    recipient_name="Burbank Police Department",
    recipient_id=EntityId("burbank-pd"),
    requested_by=Requester(user="det.smith", organisation="Burbank Police Department"),
    authenticated_as=EntityId("burbank-pd"),
    intake_seal=IntakeSeal(key_id="intake-1", mac=bytes(range(32))),
    purpose_code=Purpose.CRIMINAL_INVESTIGATION,
    offence_code="PC 487",
    reason_text="stolen vehicle seen on 5th Street",
    case_number="26-001234",
    data_types=(DataType.PLATE_READ,),
    scopes=(Scope.SEARCH,),
    networks=("lapd",),
    selector=Selector(plate="8ABC123", window_from=NOW - timedelta(days=2), window_to=NOW),
    requested_at=NOW,
    channel="api",
)

READ = PlateRead(read_id="read-1", captured_at=NOW, plate="8ABC123", confidence=0.98)

REASON = Reason(
    code=ReasonCode.NO_AGREEMENT,
    verdict=Verdict.BLOCK,
    tier=Tier.AGREEMENT,
    cleared_by=ClearedBy.NOTHING,
    clause="Special Order 31 (2020)",
    field="recipient_id",
    message="there is no agreement with this entity",
)

ACCESS = Access(
    time=NOW,
    data_elements=("plate_read",),
    user="det.smith",
    organisation="Burbank Police Department",
    purpose="criminal_investigation",
)

DECISION = Decision(
    decision_id=DecisionId("6d3c2b2e-3c44-5b5e-9d6c-7d5b8f7a6e5d"),
    request_id=RequestId("req-000012"),
    request_digest="a1" * 32,
    verdict=Verdict.BLOCK,
    leading_reason=ReasonCode.NO_AGREEMENT,
    reasons=(REASON,),
    entity_id=EntityId("burbank-pd"),
    agreement_id=None,
    agreement_version=None,
    books_revision=41,
    policy_hash="b2" * 32,
    event_time=NOW,
    decided_at=NOW,
    access=ACCESS,
)

LEDGER_RECORD = LedgerRecord(
    kind=RecordKind.DECISION,
    decision_id=DECISION.decision_id,
    request_id=RequestId("req-000012"),
    follows=None,
    request_digest="a1" * 32,
    verdict=Verdict.FORWARD,
    leading_reason=None,
    reasons=(),
    entity_id=EntityId("burbank-pd"),
    agreement_id=AgreementId("burbank-2026"),
    agreement_version=3,
    books_revision=41,
    policy_hash="b2" * 32,
    event_time=NOW,
    decided_at=NOW,
    access=ACCESS,
    obligations=(Obligation(kind="audit_report", text="a yearly audit"),),
    payload_digest="c3" * 32,
    source_topic="alpr.sharing.requests",
    source_partition=0,
    source_offset=7,
    partition_count=None,
    partition=0,
    seq=1,
    prev_hash=GENESIS_PREVIOUS,
    hash=NO_HASH,
)

HEARTBEAT = Heartbeat(worker="worker-1", at=NOW)
ACK = BooksAck(worker="worker-1", partition=3, revision=41, at=NOW, epoch=5)
