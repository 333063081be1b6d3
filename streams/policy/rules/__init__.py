"""ALL rules, in rule order. One clause is one function; its docstring names the clause.

A rule answers with a reason or with None, and None is the only yes. `REQUEST_RULES` judge the request and
the recipient. `AGREEMENT_RULES` judge one agreement; `streams.policy.judge` asks them of each in turn.
FOLLOWS_HELD_REQUEST, RECIPIENT_UNAVAILABLE and HOLD_EXPIRED are found where there is state, and are added
with `streams.policy.holds.with_reason`.

The tier of a reason says whose rule it is. No file lifts the statute (Civ. Code 1798.90.5 to .55, Gov. Code
7284.6, Penal Code 13778.2); the agency's own rule of who may receive (Special Order 31) a dated extension can
widen. A rule looks at nothing but its case, never at what another rule found; the order here is the order of
the reasons on record.

A rule to come gets a code in `streams.policy.vocabulary.ReasonCode`, a row in `streams.policy.reasons` and a
line here, in the same place of the order in all three.
"""

from collections.abc import Callable

from streams.policy.case import Case
from streams.policy.decision import Reason
from streams.policy.rules import (
    access,
    agreement,
    coverage,
    integrity,
    purpose,
    recipient,
    requester,
    retention,
    screening,
    selector,
    user,
)
from streams.policy.terms import Terms
from streams.policy.vocabulary import ReasonCode

RequestRule = Callable[[Case], Reason | None]
AgreementRule = Callable[[Case, Terms], Reason | None]

_C = ReasonCode

REQUEST_RULES: tuple[tuple[ReasonCode, RequestRule], ...] = (
    (_C.MALFORMED_EVENT, integrity.malformed_event),
    (_C.REQUESTER_NOT_AUTHENTICATED, integrity.requester_not_authenticated),
    (_C.REVISION_NOT_REACHED, integrity.revision_not_reached),
    (_C.CLOCK_SKEW, integrity.clock_skew),
    (_C.REQUEST_TOO_OLD, integrity.request_too_old),
    (_C.ACCESS_RECORD_INCOMPLETE, access.access_record_incomplete),
    (_C.RECIPIENT_UNRESOLVED, recipient.recipient_unresolved),
    (_C.RECIPIENT_NONSPECIFIC, recipient.recipient_nonspecific),
    (_C.RECIPIENT_FEDERAL, recipient.recipient_federal),
    (_C.RECIPIENT_OUT_OF_STATE, recipient.recipient_out_of_state),
    (_C.RECIPIENT_PRIVATE, recipient.recipient_private),
    (_C.RECIPIENT_NOT_PUBLIC_AGENCY, recipient.recipient_not_public_agency),
    (_C.RECIPIENT_INELIGIBLE_MEMBER, recipient.recipient_ineligible_member),
    (_C.REQUESTER_MISMATCH, requester.requester_mismatch),
    (_C.ON_BEHALF_OF_ANOTHER, requester.on_behalf_of_another),
    (_C.COMMERCIAL_PURPOSE, purpose.commercial_purpose),
    (_C.PROHIBITED_PURPOSE_IMMIGRATION, purpose.prohibited_purpose_immigration),
    (_C.PROHIBITED_PURPOSE_PROTECTED_CARE, purpose.prohibited_purpose_protected_care),
    (_C.REASON_NEEDS_REVIEW, screening.reason_needs_review),
    (_C.PURPOSE_UNSPECIFIC, screening.purpose_unspecific),
    (_C.NOT_LOCAL_LAW_ENFORCEMENT, recipient.not_local_law_enforcement),
    (_C.USER_NOT_AUTHORISED, user.user_not_authorised),
    (_C.PURPOSE_NOT_AUTHORISED, purpose.purpose_not_authorised),
    (_C.CASE_NUMBER_MISSING, purpose.case_number_missing),
    (_C.SELECTOR_TOO_BROAD, selector.selector_too_broad),
    (_C.RETENTION_EXCEEDED, retention.retention_exceeded),
    (_C.LOGICALLY_DELETED, retention.logically_deleted),
)

# NO_AGREEMENT stands before these: it is the answer when there is no agreement to ask them of.
AGREEMENT_RULES: tuple[tuple[ReasonCode, AgreementRule], ...] = (
    (_C.AGREEMENT_NOT_YET_IN_FORCE, agreement.agreement_not_yet_in_force),
    (_C.AGREEMENT_EXPIRED, agreement.agreement_expired),
    (_C.AGREEMENT_SUSPENDED, agreement.agreement_suspended),
    (_C.AGREEMENT_REVOKED, agreement.agreement_revoked),
    (_C.AGREEMENT_NO_ONWARD_CLAUSE, agreement.agreement_no_onward_clause),
    (_C.AGREEMENT_REVIEW_OVERDUE, agreement.agreement_review_overdue),
    (_C.OBLIGATION_OVERDUE, agreement.obligation_overdue),
    (_C.SCOPE_NOT_COVERED, coverage.scope_not_covered),
    (_C.PURPOSE_NOT_COVERED, coverage.purpose_not_covered),
)

# An agreement in force, concluded and reviewed cannot fail these.
FORCE_RULES = frozenset(code for code, _ in AGREEMENT_RULES[:6])
