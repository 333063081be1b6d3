"""Which Python value stands for which named type of the schemas.

Named types are bound by hand and not found by import, so that no name in a schema can choose which class is
made.
"""

from collections.abc import Mapping
from enum import Enum

from streams.ledger.admin_action import AdminAct, AdminAction
from streams.ledger.book_change import ChangedValue, SignedChange
from streams.ledger.books_head import OwnerHeartbeat
from streams.ledger.dead_letter import DeadLetter
from streams.ledger.disclosure_note import DisclosureNote
from streams.ledger.live_record import (
    Accountable,
    Balance,
    ListedRead,
    LiveKind,
    LiveRecord,
    ReadList,
    WithheldCount,
)
from streams.ledger.query_access import AccessKind, QueryAccess
from streams.ledger.record import LedgerRecord
from streams.ledger.release_action import ReleaseAct, ReleaseAction
from streams.ledger.review_note import ReviewNote
from streams.ledger.sealed import Sealed
from streams.ledger.sealed_hold import SealedHold
from streams.policy.agency_policy import Agency, AgencyPolicy, Extension
from streams.policy.agreement import (
    Agreement,
    ContractReview,
    Fulfilment,
    NeedEvaluation,
    Obligation,
    VolumeBudget,
)
from streams.policy.alert import Alert, Severity
from streams.policy.answer import Answer
from streams.policy.book_records import BookEvent, BooksAck, Heartbeat
from streams.policy.closure import Closure, ClosureHow
from streams.policy.decision import Access, Decision, Reason
from streams.policy.disclosure import DisclosureOrder
from streams.policy.entity import Entity, Evidence, LegalDetermination
from streams.policy.evidence_hold import EvidenceHold
from streams.policy.hold import Hold
from streams.policy.live.delivery import Delivery
from streams.policy.live_terms import LiveTerms
from streams.policy.mark import Mark
from streams.policy.processor import Processor
from streams.policy.query_event import ImportedFrom, QueryEvent
from streams.policy.query_finding import QueryFinding
from streams.policy.read_event import HotListSource, ReadEvent
from streams.policy.release import Release
from streams.policy.request import IntakeSeal, PlateRead, Requester, Selector, SharingRequest
from streams.policy.share_change import ShareChange, ShareChangeKind
from streams.policy.user import Authorisation, User
from streams.policy.vocabulary import (
    AgreementOrigin,
    AgreementStatus,
    AuthorityKind,
    ClearedBy,
    DataType,
    EntityClass,
    EntityStatus,
    EvidenceHoldStatus,
    Initiator,
    ProcessorKind,
    ProcessorStatus,
    Purpose,
    ReasonCode,
    RecordKind,
    RequestKind,
    Scope,
    Tier,
    UserStatus,
    Verdict,
)
from streams.policy.withdrawal import Withdrawal

# A schema's record is the class of the same name; a new record is bound here and nowhere else.
RECORDS: Mapping[str, type] = {
    bound.__name__: bound
    for bound in (
        Access, Accountable, AdminAction, Agency, AgencyPolicy, Agreement, Alert, Answer, Authorisation,
        Balance, BookEvent, BooksAck, ChangedValue, Closure, ContractReview, DeadLetter, Decision,
        Delivery, DisclosureNote, DisclosureOrder, Entity, Evidence, EvidenceHold, Extension,
        Fulfilment, Heartbeat, Hold, HotListSource, ImportedFrom, IntakeSeal, LedgerRecord,
        LegalDetermination, ListedRead, LiveRecord, LiveTerms, Mark, NeedEvaluation, Obligation,
        OwnerHeartbeat, PlateRead, Processor, QueryAccess, QueryEvent, QueryFinding, ReadEvent,
        ReadList, Reason, Release, ReleaseAction, Requester, ReviewNote, Sealed, SealedHold, Selector,
        ShareChange, SharingRequest, SignedChange, User, VolumeBudget, Withdrawal, WithheldCount,
    )
}  # fmt: skip

# Every set of words has `unknown` but the reason codes: a reason that nobody knows would explain nothing.
WORDS: Mapping[str, type[Enum]] = {
    bound.__name__: bound
    for bound in (
        AccessKind, AdminAct, AgreementOrigin, AgreementStatus, AuthorityKind, ClearedBy, ClosureHow,
        DataType, EntityClass, EntityStatus, EvidenceHoldStatus, Initiator, LiveKind, ProcessorKind,
        ProcessorStatus, Purpose, ReasonCode, RecordKind, ReleaseAct, RequestKind, Scope, Severity,
        ShareChangeKind, Tier, UserStatus, Verdict,
    )
}  # fmt: skip


def word_of(name: str, symbol: str) -> Enum | None:
    """Return the member that a symbol reads as: itself, else `unknown`, else None for a code without one."""
    # A word that only a later version knows reads as `unknown`, which no rule lets through.
    members = {str(member.value): member for member in WORDS[name]}
    return members.get(symbol, members.get("unknown"))
