"""The words of the policy: every closed set of values, each with the member that never forwards.

A value that a reader does not know becomes `UNKNOWN`, and no rule lets `UNKNOWN` through.

A value equals its text, so that it reads the same in Avro, JSON, YAML and a message.
"""

from enum import StrEnum
from typing import NewType, Self

EntityId = NewType("EntityId", str)
AgreementId = NewType("AgreementId", str)
RequestId = NewType("RequestId", str)
DecisionId = NewType("DecisionId", str)
EvidenceHoldId = NewType("EvidenceHoldId", str)
ProcessorId = NewType("ProcessorId", str)
UserId = NewType("UserId", str)
QueryId = NewType("QueryId", str)


class Word(StrEnum):
    """An enum whose every subclass has `UNKNOWN`, which is what any unlisted value reads as."""

    # A member equals its text, so it hashes like it; the enum's own hash is slow and differs.
    __hash__ = str.__hash__

    @classmethod
    def read(cls, value: str) -> Self:
        """Return the member named by `value`, or `UNKNOWN`."""
        try:
            return cls(value)
        except ValueError:
            return cls("unknown")


class RequestKind(Word):
    """What is asked for: one release, a standing share, a hot list, or a legal disclosure."""

    UNKNOWN = "unknown"
    RECORD_REQUEST = "record_request"
    STANDING_SHARE = "standing_share"
    HOTLIST_SHARE = "hotlist_share"
    LEGAL_DISCLOSURE = "legal_disclosure"


class Initiator(Word):
    """Who started it: the recipient asked, or the agency pushes."""

    UNKNOWN = "unknown"
    RECIPIENT = "recipient"
    AGENCY = "agency"


class DataType(Word):
    """Kinds of ALPR information (Civ. Code 1798.90.5(b)).

    `HOTLIST_HIT_RESTRICTED` is a hit on a list that comes from CLETS or NCIC: whose data may go to fewer than
    an agency's own lists.
    """

    UNKNOWN = "unknown"
    PLATE_READ = "plate_read"
    IMAGE = "image"
    HOTLIST_HIT = "hotlist_hit"
    VIDEO = "video"
    AGGREGATE = "aggregate"
    HOTLIST_HIT_RESTRICTED = "hotlist_hit_restricted"


class Scope(Word):
    """Permissions of a standing share, as vendors grant them."""

    UNKNOWN = "unknown"
    SEARCH = "search"
    HOT_LIST = "hot_list"
    VMS = "vms"
    VMS_LIVE = "vms_live"
    VMS_HISTORICAL = "vms_historical"
    VMS_DOWNLOAD = "vms_download"
    ANALYTICS = "analytics"


class Purpose(Word):
    """The six authorised uses of Special Order 31, and the prohibited purposes by name."""

    UNKNOWN = "unknown"
    CRIMINAL_INVESTIGATION = "criminal_investigation"
    NON_CRIMINAL_INVESTIGATION = "non_criminal_investigation"
    ADMINISTRATIVE = "administrative"
    CIVIL = "civil"
    SITUATIONAL_AWARENESS = "situational_awareness"
    PUBLIC_SAFETY_THREAT = "public_safety_threat"
    COMMERCIAL = "commercial"
    IMMIGRATION_ENFORCEMENT = "immigration_enforcement"
    PROTECTED_HEALTH_CARE = "protected_health_care"


class AuthorityKind(Word):
    """The legal process by which something is disclosed; `DISCOVERY` stands for Brady material too."""

    UNKNOWN = "unknown"
    SUBPOENA = "subpoena"
    SEARCH_WARRANT = "search_warrant"
    COURT_ORDER = "court_order"
    DISCOVERY = "discovery"
    PUBLIC_RECORDS_REQUEST = "public_records_request"


class Issuer(Word):
    """Whose signature a legal process bears: what may be compelled hangs on that, not on its title."""

    UNKNOWN = "unknown"
    JUDGE = "judge"
    COURT_CLERK = "court_clerk"
    GRAND_JURY = "grand_jury"
    # Of record in the case, for either side.
    ATTORNEY = "attorney"
    # An officer of an agency, as on administrative warrants and subpoenas.
    EXECUTIVE = "executive"
    REQUESTER = "requester"


class EntityClass(Word):
    """Legal class of an entity: curated and evidenced, never read from its name."""

    UNKNOWN = "unknown"
    LOCAL_LAW_ENFORCEMENT = "local_law_enforcement"
    SPECIAL_DISTRICT_LAW_ENFORCEMENT = "special_district_law_enforcement"
    SCHOOL_LAW_ENFORCEMENT = "school_law_enforcement"
    UNIVERSITY_LAW_ENFORCEMENT = "university_law_enforcement"
    STATE_LAW_ENFORCEMENT = "state_law_enforcement"
    PROSECUTOR = "prosecutor"
    PROBATION = "probation"
    PUBLIC_AGENCY_OTHER = "public_agency_other"
    TASK_FORCE = "task_force"
    JOINT_POWERS_AUTHORITY = "joint_powers_authority"
    FUSION_CENTER = "fusion_center"
    TRIBAL = "tribal"
    MULTI_STATE_NETWORK = "multi_state_network"
    FEDERAL = "federal"
    PRIVATE = "private"
    # By statute hosting and towing are no sharing; they have contracts, and never this path.
    HOSTING_PROCESSOR = "hosting_processor"
    TOWING = "towing"
    PLACEHOLDER = "placeholder"


class EntityStatus(Word):
    """Whether the entity still exists as a possible recipient."""

    UNKNOWN = "unknown"
    ACTIVE = "active"
    INACTIVE = "inactive"


class AgreementStatus(Word):
    """Life of an interagency agreement; only `ACTIVE` can forward."""

    UNKNOWN = "unknown"
    DRAFT = "draft"
    PROPOSED = "proposed"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    REVOKED = "revoked"
    EXPIRED = "expired"


class AgreementOrigin(Word):
    """How the agreement came to be on record."""

    UNKNOWN = "unknown"
    SIGNED = "signed"
    # A share that was found running: it is on record, and its start is not.
    LEGACY_UNKNOWN_START = "legacy_unknown_start"


class EvidenceHoldStatus(Word):
    """Whether reads are kept as evidence: only `ACTIVE` can forward, only `RELEASED` be destroyed."""

    UNKNOWN = "unknown"
    ACTIVE = "active"
    RELEASED = "released"


class ProcessorKind(Word):
    """What a processor does for the agency; none of them is a recipient."""

    UNKNOWN = "unknown"
    HOSTING = "hosting"
    TOWING = "towing"
    VENDOR = "vendor"


class ProcessorStatus(Word):
    """Whether a processor's contract still runs."""

    UNKNOWN = "unknown"
    ACTIVE = "active"
    ENDED = "ended"


class UserStatus(Word):
    """Whether a user may use the agency's data: only `ACTIVE` can push."""

    UNKNOWN = "unknown"
    ACTIVE = "active"
    SUSPENDED = "suspended"


class Verdict(Word):
    """The three outcomes; `UNKNOWN` exists for readers of newer records and never forwards."""

    UNKNOWN = "unknown"
    FORWARD = "forward"
    BLOCK = "block"
    HOLD = "hold"


class Tier(Word):
    """Whose rule it is, and so who may change it: nobody for `STATUTE` and `INTEGRITY`."""

    UNKNOWN = "unknown"
    INTEGRITY = "integrity"
    STATUTE = "statute"
    AGENCY = "agency"
    AGREEMENT = "agreement"


class ClearedBy(Word):
    """What lifts a refusal: nothing, a supplement by the requester, a reviewer, an evidence hold."""

    UNKNOWN = "unknown"
    NOTHING = "nothing"
    SUPPLEMENT = "supplement"
    REVIEW = "review"
    EVIDENCE_HOLD = "evidence_hold"


class RecordKind(Word):
    """What a ledger record states about its input offset."""

    UNKNOWN = "unknown"
    GENESIS = "genesis"
    DECISION = "decision"
    REPEAT = "repeat"
    RESOLUTION = "resolution"
    MALFORMED = "malformed"
    # The input stood on another partition than its key says, and was passed on undecided.
    REROUTED = "rerouted"
    # A reviewer's act that resolves no hold: one that asks for more, or one that was refused.
    REVIEW = "review"
    # What counsel has signed is disclosed by legal process, or refused; no agreement has a part in it.
    DISCLOSURE = "disclosure"
    # A withdrawal that resolves no hold, because it was refused.
    WITHDRAWAL = "withdrawal"


class ReviewAct(Word):
    """What a reviewer does with a held request: clear what is theirs to clear, refuse it, or ask for more."""

    UNKNOWN = "unknown"
    APPROVE = "approve"
    DENY = "deny"
    RETURN = "return"


class ReasonCode(StrEnum):
    """Reason codes in rule order; `streams.policy.reasons` says what each one means."""

    __hash__ = str.__hash__

    MALFORMED_EVENT = "MALFORMED_EVENT"
    EVALUATION_FAILED = "EVALUATION_FAILED"
    REQUESTER_NOT_AUTHENTICATED = "REQUESTER_NOT_AUTHENTICATED"
    REVISION_NOT_REACHED = "REVISION_NOT_REACHED"
    CLOCK_SKEW = "CLOCK_SKEW"
    REQUEST_TOO_OLD = "REQUEST_TOO_OLD"
    ACCESS_RECORD_INCOMPLETE = "ACCESS_RECORD_INCOMPLETE"
    RECIPIENT_UNRESOLVED = "RECIPIENT_UNRESOLVED"
    RECIPIENT_NONSPECIFIC = "RECIPIENT_NONSPECIFIC"
    RECIPIENT_FEDERAL = "RECIPIENT_FEDERAL"
    RECIPIENT_OUT_OF_STATE = "RECIPIENT_OUT_OF_STATE"
    RECIPIENT_PRIVATE = "RECIPIENT_PRIVATE"
    RECIPIENT_NOT_PUBLIC_AGENCY = "RECIPIENT_NOT_PUBLIC_AGENCY"
    RECIPIENT_INELIGIBLE_MEMBER = "RECIPIENT_INELIGIBLE_MEMBER"
    REQUESTER_MISMATCH = "REQUESTER_MISMATCH"
    ON_BEHALF_OF_ANOTHER = "ON_BEHALF_OF_ANOTHER"
    COMMERCIAL_PURPOSE = "COMMERCIAL_PURPOSE"
    PROHIBITED_PURPOSE_IMMIGRATION = "PROHIBITED_PURPOSE_IMMIGRATION"
    PROHIBITED_PURPOSE_PROTECTED_CARE = "PROHIBITED_PURPOSE_PROTECTED_CARE"
    REASON_NEEDS_REVIEW = "REASON_NEEDS_REVIEW"
    PURPOSE_UNSPECIFIC = "PURPOSE_UNSPECIFIC"
    NOT_LOCAL_LAW_ENFORCEMENT = "NOT_LOCAL_LAW_ENFORCEMENT"
    USER_NOT_AUTHORISED = "USER_NOT_AUTHORISED"
    PURPOSE_NOT_AUTHORISED = "PURPOSE_NOT_AUTHORISED"
    CASE_NUMBER_MISSING = "CASE_NUMBER_MISSING"
    SELECTOR_TOO_BROAD = "SELECTOR_TOO_BROAD"
    RETENTION_EXCEEDED = "RETENTION_EXCEEDED"
    LOGICALLY_DELETED = "LOGICALLY_DELETED"
    NO_AGREEMENT = "NO_AGREEMENT"
    AGREEMENT_NOT_YET_IN_FORCE = "AGREEMENT_NOT_YET_IN_FORCE"
    AGREEMENT_EXPIRED = "AGREEMENT_EXPIRED"
    AGREEMENT_SUSPENDED = "AGREEMENT_SUSPENDED"
    AGREEMENT_REVOKED = "AGREEMENT_REVOKED"
    AGREEMENT_NO_ONWARD_CLAUSE = "AGREEMENT_NO_ONWARD_CLAUSE"
    AGREEMENT_REVIEW_OVERDUE = "AGREEMENT_REVIEW_OVERDUE"
    OBLIGATION_OVERDUE = "OBLIGATION_OVERDUE"
    SCOPE_NOT_COVERED = "SCOPE_NOT_COVERED"
    PURPOSE_NOT_COVERED = "PURPOSE_NOT_COVERED"
    FOLLOWS_HELD_REQUEST = "FOLLOWS_HELD_REQUEST"
    RECIPIENT_UNAVAILABLE = "RECIPIENT_UNAVAILABLE"
    HOLD_EXPIRED = "HOLD_EXPIRED"
    REVIEW_DENIED = "REVIEW_DENIED"
    REVIEW_REFUSED = "REVIEW_REFUSED"
    EXIGENT_WAITS = "EXIGENT_WAITS"
    DISCLOSURE_INCOMPLETE = "DISCLOSURE_INCOMPLETE"
    DISCLOSURE_WITHOUT_AUTHORITY = "DISCLOSURE_WITHOUT_AUTHORITY"
    DISCLOSURE_NEEDS_JUDGE = "DISCLOSURE_NEEDS_JUDGE"
    DISCLOSURE_REFUSED = "DISCLOSURE_REFUSED"
    DISCLOSURE_ORDERED = "DISCLOSURE_ORDERED"
    WITHDRAWN = "WITHDRAWN"
    WITHDRAWAL_REFUSED = "WITHDRAWAL_REFUSED"
    # Of what was forwarded, when it is carried out.
    ORDER_REFUSED = "ORDER_REFUSED"
    RECEIPT_MISSING = "RECEIPT_MISSING"
    SHARE_CAME_BACK = "SHARE_CAME_BACK"
    VOLUME_EXCEEDED = "VOLUME_EXCEEDED"
