"""Is there an agreement, is it in force, and is it the contract that Special Order 31 asks for?

The State Auditor found agencies that shared with hundreds of others without evidence of need or right
(report 2019-118); elsewhere the only agreement was a click in a vendor's page. So an agreement counts by its
own record: its term, its status, its clause, its review, and what the recipient still owes. What it covers is
asked in `streams.policy.rules.coverage`.

Each is asked of the latest version alone, as it stands at the decision: recipients have been removed by the
hundred in one week, and what is on its way then must not get out. The term must also have run when the
request was made.
"""

from datetime import datetime

from streams.policy.case import Case
from streams.policy.decision import Reason
from streams.policy.reasons import refuse
from streams.policy.terms import Terms
from streams.policy.vocabulary import AgreementStatus, ReasonCode

# Named here because looking a member up on its enum costs as much as the rest of a rule.
_EXPIRED, _SUSPENDED, _REVOKED = AgreementStatus.EXPIRED, AgreementStatus.SUSPENDED, AgreementStatus.REVOKED


def no_agreement(case: Case) -> Reason:
    """Special Order 31: sharing only with an interagency agreement; drafts and proposals are none.

    An agreement that nobody signed, or of unknown origin, is none either: see `terms.is_concluded`.
    """
    whom = "the recipient" if case.standing is None else f"`{case.standing.entity_id}`"
    message = f"no concluded agreement with {whom} is on record"
    return refuse(ReasonCode.NO_AGREEMENT, "recipient_name", message)


def agreement_not_yet_in_force(case: Case, terms: Terms) -> Reason | None:
    """The term had begun when it was asked and has begun now.

    The term is half-open, `[start, end)`, in UTC instants. Both times are asked, so a request made before the
    term is not kept until the term begins. The reads themselves may be older than the agreement, within its
    record age.
    """
    if terms.start <= case.now and terms.start <= _asked(case):
        return None
    message = f"agreement `{terms.agreement_id}` begins on {terms.start.isoformat()}"
    return refuse(ReasonCode.AGREEMENT_NOT_YET_IN_FORCE, "requested_at", message)


def agreement_expired(case: Case, terms: Terms) -> Reason | None:
    """The term had not ended when it was asked and has not ended now; its end is outside.

    It needs no event: the clock alone ends an agreement, so one that nobody remembered to end is ended.
    """
    # By term or by status, whichever is narrower.
    if case.now < terms.end and _asked(case) < terms.end and terms.status is not _EXPIRED:
        return None
    message = f"agreement `{terms.agreement_id}` ended on {min(terms.end, case.now).isoformat()} or before"
    return refuse(ReasonCode.AGREEMENT_EXPIRED, "requested_at", message)


def agreement_suspended(_case: Case, terms: Terms) -> Reason | None:
    """A suspended agreement lets nothing through.

    Recommendation 31 of the State Auditor (2019-118) suspends inappropriate shares while they are reviewed.
    """
    if terms.status is not _SUSPENDED:
        return None
    message = f"agreement `{terms.agreement_id}` is suspended"
    return refuse(ReasonCode.AGREEMENT_SUSPENDED, "recipient_name", message)


def agreement_revoked(_case: Case, terms: Terms) -> Reason | None:
    """A revoked agreement lets nothing through.

    The code tells it from an expired one, for a request under a revoked agreement is the louder alert: the
    recipient, or a vendor's share that was never closed, still acts as if it were there.
    """
    if terms.status is not _REVOKED:
        return None
    message = f"agreement `{terms.agreement_id}` is revoked"
    return refuse(ReasonCode.AGREEMENT_REVOKED, "recipient_name", message)


def agreement_no_onward_clause(_case: Case, terms: Terms) -> Reason | None:
    """The contract prohibits sharing outside the agency, with text and reference (Special Order 31).

    A flag without words proves no contract, and there are memoranda of regional centers that allow re-sharing
    outright: with such a recipient the agency no longer knows who has its data.
    """
    if terms.prohibits_onward_sharing:
        return None
    message = f"agreement `{terms.agreement_id}` has no clause on record against onward sharing"
    return refuse(ReasonCode.AGREEMENT_NO_ONWARD_CLAUSE, "recipient_name", message)


def agreement_review_overdue(case: Case, terms: Terms) -> Reason | None:
    """The contract has been reviewed, and the next review is not due yet (Special Order 31).

    The order has all current and future contracts reviewed. A review dated in the future is none yet.
    """
    reviewed, due = terms.reviewed_at, terms.review_due
    if reviewed is not None and due is not None and reviewed <= case.now < due:
        return None
    message = f"the review of agreement `{terms.agreement_id}` is missing or past due"
    return refuse(ReasonCode.AGREEMENT_REVIEW_OVERDUE, "recipient_name", message)


def obligation_overdue(case: Case, terms: Terms) -> Reason | None:
    """Nothing that the recipient owes is overdue beyond the days of grace of the agency's policy.

    Whoever does not attest again who has access, or does not certify what was deleted, gets no more of it
    until that is made good and on record. The earliest of what is owed is named, and what lifts it.
    """
    if not terms.duties:
        return None
    grace_days = case.policy.obligation_grace_days
    stopping = [duty for duty in terms.duties if duty.stops(case.now, grace_days)]
    if not stopping:
        return None
    duty = min(stopping, key=lambda one: (one.due, one.place))
    message = (
        f"`{duty.kind}` under agreement `{terms.agreement_id}` was due on {duty.due.isoformat()}, and "
        f"{grace_days} days of grace are over; it counts again once the agency has recorded how it was met"
    )
    return refuse(ReasonCode.OBLIGATION_OVERDUE, "recipient_name", message)


def _asked(case: Case) -> datetime:
    """Return when it was asked; a missing time is left to the access record."""
    return case.request.requested_at or case.now
