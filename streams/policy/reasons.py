"""What each reason code means: ONE table, in rule order.

A row says the verdict, whose rule it is, what lifts it, the clause it applies, and how loudly the security
team hears of it (None: not at all; a missing case number is no violation). Sources: California Civil Code
1798.90.5 to .55 (SB 34), Attorney General Information Bulletin 2023-DLE-06, Government Code 7284.6 (SB 54),
Penal Code 13778.2, and LAPD Special Order 31 (2020); for legal process those that each row names.

One place, because a clause is cited in answers, alerts, the ledger and the documentation, and must read the
same in each. The tier says who could change the rule: nobody for integrity and statute, the agency for its
own, both parties for the agreement. Where a rule may harden its verdict, `refuse_with` does it; none can
soften it by this table.
"""

from dataclasses import dataclass

from streams.policy.alert import Severity
from streams.policy.decision import Reason, make_reason
from streams.policy.vocabulary import ClearedBy, ReasonCode, Tier, Verdict


@dataclass(frozen=True, slots=True)
class ReasonRow:
    """The fixed part of a reason; a rule adds the field, the message and, if it must, a harder verdict."""

    verdict: Verdict
    tier: Tier
    cleared_by: ClearedBy
    clause: str
    severity: Severity | None


_BLOCK, _HOLD, _FORWARD = Verdict.BLOCK, Verdict.HOLD, Verdict.FORWARD
_INTEGRITY, _STATUTE, _AGENCY, _AGREEMENT = Tier.INTEGRITY, Tier.STATUTE, Tier.AGENCY, Tier.AGREEMENT
_NOTHING, _SUPPLEMENT, _REVIEW = ClearedBy.NOTHING, ClearedBy.SUPPLEMENT, ClearedBy.REVIEW
_EVIDENCE = ClearedBy.EVIDENCE_HOLD
_LOW, _MEDIUM, _HIGH, _CRITICAL = Severity.LOW, Severity.MEDIUM, Severity.HIGH, Severity.CRITICAL
_C = ReasonCode

_SB34 = "Civ. Code 1798.90.55(b)"
_SB34_AG = "Civ. Code 1798.90.55(b); AG Information Bulletin 2023-DLE-06"
_SB34_AGENCY = "Civ. Code 1798.90.5(f), 1798.90.55(b)"
_RECORD = "Civ. Code 1798.90.52(a)"
_SB54 = "Gov. Code 7284.6, 7284.8(b)"
_CARE = "Penal Code 13778.2, 13778.3; Civ. Code 1549.15"
_SO31_LOCAL = "Special Order 31: sharing only with local law enforcement that has an interagency agreement"
_SO31_USES = "Civ. Code 1798.90.52(b); Special Order 31: authorised uses"
_SO31_USERS = "Special Order 31: users authorised in writing, trained, and reoriented after a year"
_SO31_COMMERCE = "Civ. Code 1798.90.55(b); Special Order 31: no commercial purposes"
_SO31_RETENTION = "Special Order 31: logical deletion after two years, permanent deletion after five"
_SO31_CONTRACT = "Special Order 31: contracts reviewed, with a clause against sharing outside the agency"
_OWED = "the interagency agreement: obligations by their date; agency policy: days of grace"
_COVERED = "Special Order 31; the interagency agreement"
_GATE = "integrity of the gate"
_BREADTH = "agency policy: breadth of a request"
_REVIEWED = "agency policy: review of held requests"
_WITHDRAWN = "agency policy: whoever asks may withdraw"
_EXIGENT = "agency policy: exigent requests are answered in minutes"
_RECEIPTS = "Civ. Code 1798.90.52(a); agency policy: receipts of release orders"
_REMOVED = "agency policy: what was removed stays so; State Auditor 2019-118, recommendations 31 and 32"
_PROCESS = "Civ. Code 1798.90.55(b): only as otherwise permitted by law"
_ISSUED = f"{_PROCESS}; Penal Code 1054.1, 1326, 1523; Code Civ. Proc. 1985, 2029.350; Gov. Code 7922.530"

ROWS: dict[ReasonCode, ReasonRow] = {
    _C.MALFORMED_EVENT: ReasonRow(_BLOCK, _INTEGRITY, _NOTHING, _GATE, _MEDIUM),
    _C.EVALUATION_FAILED: ReasonRow(_BLOCK, _INTEGRITY, _NOTHING, _GATE, _HIGH),
    _C.REQUESTER_NOT_AUTHENTICATED: ReasonRow(_BLOCK, _INTEGRITY, _NOTHING, _GATE, _HIGH),
    _C.REVISION_NOT_REACHED: ReasonRow(_HOLD, _INTEGRITY, _SUPPLEMENT, _GATE, None),
    _C.CLOCK_SKEW: ReasonRow(_HOLD, _INTEGRITY, _SUPPLEMENT, _RECORD, None),
    _C.REQUEST_TOO_OLD: ReasonRow(_BLOCK, _INTEGRITY, _NOTHING, _RECORD, _LOW),
    _C.ACCESS_RECORD_INCOMPLETE: ReasonRow(_HOLD, _STATUTE, _SUPPLEMENT, _RECORD, None),
    _C.RECIPIENT_UNRESOLVED: ReasonRow(_BLOCK, _STATUTE, _NOTHING, _SB34, _MEDIUM),
    _C.RECIPIENT_NONSPECIFIC: ReasonRow(_BLOCK, _STATUTE, _NOTHING, _SB34_AG, _HIGH),
    _C.RECIPIENT_FEDERAL: ReasonRow(_BLOCK, _STATUTE, _NOTHING, _SB34_AG, _CRITICAL),
    _C.RECIPIENT_OUT_OF_STATE: ReasonRow(_BLOCK, _STATUTE, _NOTHING, _SB34_AG, _CRITICAL),
    _C.RECIPIENT_PRIVATE: ReasonRow(_BLOCK, _STATUTE, _NOTHING, _SB34, _CRITICAL),
    _C.RECIPIENT_NOT_PUBLIC_AGENCY: ReasonRow(_BLOCK, _STATUTE, _NOTHING, _SB34_AGENCY, _HIGH),
    _C.RECIPIENT_INELIGIBLE_MEMBER: ReasonRow(_BLOCK, _STATUTE, _NOTHING, _SB34_AGENCY, _HIGH),
    _C.REQUESTER_MISMATCH: ReasonRow(_BLOCK, _STATUTE, _NOTHING, _RECORD, _HIGH),
    _C.ON_BEHALF_OF_ANOTHER: ReasonRow(_HOLD, _STATUTE, _REVIEW, _SB34_AG, _HIGH),
    _C.COMMERCIAL_PURPOSE: ReasonRow(_BLOCK, _STATUTE, _NOTHING, _SO31_COMMERCE, _CRITICAL),
    _C.PROHIBITED_PURPOSE_IMMIGRATION: ReasonRow(_BLOCK, _STATUTE, _NOTHING, _SB54, _CRITICAL),
    _C.PROHIBITED_PURPOSE_PROTECTED_CARE: ReasonRow(_BLOCK, _STATUTE, _NOTHING, _CARE, _CRITICAL),
    _C.REASON_NEEDS_REVIEW: ReasonRow(_HOLD, _STATUTE, _REVIEW, f"{_SB54}; {_CARE}", _MEDIUM),
    _C.PURPOSE_UNSPECIFIC: ReasonRow(_HOLD, _AGENCY, _REVIEW, _SO31_USES, None),
    _C.NOT_LOCAL_LAW_ENFORCEMENT: ReasonRow(_BLOCK, _AGENCY, _NOTHING, _SO31_LOCAL, _MEDIUM),
    _C.USER_NOT_AUTHORISED: ReasonRow(_BLOCK, _AGENCY, _NOTHING, _SO31_USERS, _HIGH),
    _C.PURPOSE_NOT_AUTHORISED: ReasonRow(_BLOCK, _AGENCY, _NOTHING, _SO31_USES, _MEDIUM),
    _C.CASE_NUMBER_MISSING: ReasonRow(_HOLD, _AGENCY, _SUPPLEMENT, "agency policy: case number", None),
    _C.SELECTOR_TOO_BROAD: ReasonRow(_HOLD, _AGENCY, _REVIEW, _BREADTH, _LOW),
    _C.RETENTION_EXCEEDED: ReasonRow(_BLOCK, _AGENCY, _EVIDENCE, _SO31_RETENTION, _HIGH),
    _C.LOGICALLY_DELETED: ReasonRow(_BLOCK, _AGENCY, _EVIDENCE, _SO31_RETENTION, _LOW),
    _C.NO_AGREEMENT: ReasonRow(_BLOCK, _AGREEMENT, _NOTHING, _SO31_LOCAL, _MEDIUM),
    _C.AGREEMENT_NOT_YET_IN_FORCE: ReasonRow(_BLOCK, _AGREEMENT, _NOTHING, _COVERED, _LOW),
    _C.AGREEMENT_EXPIRED: ReasonRow(_BLOCK, _AGREEMENT, _NOTHING, _COVERED, _MEDIUM),
    _C.AGREEMENT_SUSPENDED: ReasonRow(_BLOCK, _AGREEMENT, _NOTHING, _COVERED, _MEDIUM),
    _C.AGREEMENT_REVOKED: ReasonRow(_BLOCK, _AGREEMENT, _NOTHING, _COVERED, _HIGH),
    _C.AGREEMENT_NO_ONWARD_CLAUSE: ReasonRow(_BLOCK, _AGREEMENT, _NOTHING, _SO31_CONTRACT, _MEDIUM),
    _C.AGREEMENT_REVIEW_OVERDUE: ReasonRow(_BLOCK, _AGREEMENT, _NOTHING, _SO31_CONTRACT, _MEDIUM),
    _C.OBLIGATION_OVERDUE: ReasonRow(_BLOCK, _AGREEMENT, _NOTHING, _OWED, _MEDIUM),
    _C.SCOPE_NOT_COVERED: ReasonRow(_BLOCK, _AGREEMENT, _NOTHING, _COVERED, _LOW),
    _C.PURPOSE_NOT_COVERED: ReasonRow(_BLOCK, _AGREEMENT, _NOTHING, _COVERED, _LOW),
    _C.FOLLOWS_HELD_REQUEST: ReasonRow(_HOLD, _AGENCY, _REVIEW, "agency policy: holds", _MEDIUM),
    _C.RECIPIENT_UNAVAILABLE: ReasonRow(_HOLD, _INTEGRITY, _SUPPLEMENT, _GATE, _LOW),
    _C.HOLD_EXPIRED: ReasonRow(_BLOCK, _AGENCY, _NOTHING, "agency policy: deadline of a hold", _LOW),
    _C.REVIEW_DENIED: ReasonRow(_BLOCK, _AGENCY, _NOTHING, _REVIEWED, _LOW),
    _C.REVIEW_REFUSED: ReasonRow(_BLOCK, _INTEGRITY, _NOTHING, _GATE, _HIGH),
    _C.EXIGENT_WAITS: ReasonRow(_HOLD, _AGENCY, _REVIEW, _EXIGENT, _CRITICAL),
    _C.DISCLOSURE_INCOMPLETE: ReasonRow(_BLOCK, _STATUTE, _NOTHING, f"{_RECORD}; {_PROCESS}", _LOW),
    _C.DISCLOSURE_WITHOUT_AUTHORITY: ReasonRow(_BLOCK, _STATUTE, _NOTHING, _ISSUED, _HIGH),
    _C.DISCLOSURE_NEEDS_JUDGE: ReasonRow(_BLOCK, _STATUTE, _NOTHING, f"{_SB54}; {_CARE}", _CRITICAL),
    _C.DISCLOSURE_REFUSED: ReasonRow(_BLOCK, _INTEGRITY, _NOTHING, _GATE, _HIGH),
    # Refuses nothing: it tells the security team that counsel has disclosed.
    _C.DISCLOSURE_ORDERED: ReasonRow(_FORWARD, _STATUTE, _NOTHING, _PROCESS, _LOW),
    _C.WITHDRAWN: ReasonRow(_BLOCK, _AGENCY, _NOTHING, _WITHDRAWN, None),
    _C.WITHDRAWAL_REFUSED: ReasonRow(_BLOCK, _INTEGRITY, _NOTHING, _GATE, None),
    _C.ORDER_REFUSED: ReasonRow(_BLOCK, _INTEGRITY, _NOTHING, _GATE, _HIGH),
    _C.RECEIPT_MISSING: ReasonRow(_BLOCK, _AGENCY, _NOTHING, _RECEIPTS, _HIGH),
    _C.SHARE_CAME_BACK: ReasonRow(_BLOCK, _AGENCY, _NOTHING, _REMOVED, _HIGH),
    # It keeps back what a live share would send; with the next period it sends again.
    _C.VOLUME_EXCEEDED: ReasonRow(_BLOCK, _AGREEMENT, _NOTHING, _COVERED, _MEDIUM),
}

# What is asked of a signed disclosure alone, and never of a request.
OF_DISCLOSURES = frozenset(
    {
        _C.DISCLOSURE_INCOMPLETE,
        _C.DISCLOSURE_WITHOUT_AUTHORITY,
        _C.DISCLOSURE_NEEDS_JUDGE,
        _C.DISCLOSURE_REFUSED,
        _C.DISCLOSURE_ORDERED,
    }
)
# What is told of a release when it is carried out, and never of a request.
OF_ORDERS = frozenset({_C.ORDER_REFUSED, _C.RECEIPT_MISSING})
# Nor is what is found about vendors' shares, or of the volume of a live share.
OF_NO_REQUEST = OF_DISCLOSURES | OF_ORDERS | {_C.SHARE_CAME_BACK, _C.VOLUME_EXCEEDED}

ORDER: dict[ReasonCode, int] = {code: place for place, code in enumerate(ReasonCode)}


def refuse(code: ReasonCode, field: str, message: str) -> Reason:
    """Return the reason that `code` stands for; `message` must hold no plate and no person's name."""
    return refuse_with(ROWS[code].verdict, code, field, message)


def refuse_with(verdict: Verdict, code: ReasonCode, field: str, message: str) -> Reason:
    """Return the reason with another verdict than its row's; what blocks is cleared by nothing."""
    row = ROWS[code]
    cleared_by = ClearedBy.NOTHING if verdict is not row.verdict else row.cleared_by
    return make_reason(
        code=code,
        verdict=verdict,
        tier=row.tier,
        cleared_by=cleared_by,
        clause=row.clause,
        field=field,
        message=message,
    )
