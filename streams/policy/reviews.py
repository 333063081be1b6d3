"""What a review may do, and what becomes of the hold.

A reviewer clears what the table of reasons says a review clears, and nothing else: no block, no field that is
missing, not the floor. That is asked here of the review, and again in `decide` of each reason.
"""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from streams.policy.decision import Decision, Reason
from streams.policy.digest import identify
from streams.policy.hold import Hold
from streams.policy.holds import with_reason
from streams.policy.names import fold
from streams.policy.policy_in_force import AGENCY_ZONE, PolicyInForce
from streams.policy.reasons import ORDER, refuse
from streams.policy.request import SharingRequest
from streams.policy.review import Review
from streams.policy.vocabulary import ClearedBy, ReasonCode, ReviewAct, Verdict

# Named here because looking a member up on its enum costs as much as the rest of it.
_HOLD, _REVIEW = Verdict.HOLD, ClearedBy.REVIEW


def is_for_review(reason: Reason) -> bool:
    """Tell whether a reviewer can clear the reason; one that blocks nobody can."""
    return reason.verdict is _HOLD and reason.cleared_by is _REVIEW


def is_cleared(reason: Reason, cleared: Collection[Reason]) -> bool:
    """Tell whether a reviewer has cleared just this finding, code, field and message."""
    return is_for_review(reason) and reason in cleared


def objection_to(review: Review, hold: Hold | None, policy: PolicyInForce, now: datetime) -> str | None:
    """Return why the review changes nothing, or None when it may.

    `hold` is the open hold of the decision that the review is about. The message names nobody.
    """
    if hold is None or hold.deadline <= now:
        return "no hold of that decision is open: it ended, or there never was one"
    if is_own(review.reviewer, hold.request):
        return "nobody reviews a request of their own"
    if review.at < _held_as_it_is_since(hold):
        return "it was signed before the request was held as it is now"
    if review.at > now and not policy.clock_skew.covers(now, review.at, AGENCY_ZONE):
        return "it was signed in the future"
    return _objection_to_codes(review, hold)


def _held_as_it_is_since(hold: Hold) -> datetime:
    """Return since when the reviewed decision is about what is held now; an older act is about other content.

    A request that was forgotten and comes again is held under the same id, as is one that completes nothing
    any more after others have: then the id is that of what came in, and does not prove what is held.
    """
    decision = hold.decision
    proven = identify(hold.request).decision_id == decision.decision_id
    return hold.opened_at if proven else decision.decided_at


def _objection_to_codes(review: Review, hold: Hold) -> str | None:
    if review.act is not ReviewAct.APPROVE:
        return "only an approval clears reasons" if review.codes else None
    theirs = {reason.code for reason in hold.decision.reasons if is_for_review(reason)}
    beyond = [code for code in review.codes if code not in theirs]
    if beyond:
        return f"{', '.join(sorted(beyond))} is not among what a reviewer can clear here"
    return None if review.codes else "an approval has to name the reasons that it clears"


def is_own(reviewer: str, request: SharingRequest) -> bool:
    """Tell whether the reviewer is the request's user, contact or organisation, however it is spelt.

    Signs and case do not count, so that `m.castro` is M. Castro. Who asks under another name than that of
    their key is not found out here.
    """
    requester = request.requested_by
    names = (requester.user, requester.organisation, requester.on_behalf_of, request.recipient_contact)
    own = _bare(reviewer)
    return bool(own) and any(_bare(name) == own for name in names if name)


def _bare(name: str) -> str:
    return "".join(sign for sign in fold(name) if sign.isalnum())


def cleared_by(review: Review, hold: Hold) -> tuple[Reason, ...]:
    """Return all that is cleared after an approval, in rule order: what it names, and what was before."""
    named = (one for one in hold.decision.reasons if one.code in review.codes and is_for_review(one))
    return tuple(sorted((*hold.decision.cleared, *named), key=lambda one: ORDER[one.code]))


def deny(hold: Hold, now: datetime) -> Decision:
    """Return the block that a denied hold becomes; its reasons stand, and REVIEW_DENIED is added."""
    denied = refuse(ReasonCode.REVIEW_DENIED, "request", "a reviewer of the agency has denied it")
    return replace(with_reason(hold.decision, denied), decided_at=now)
