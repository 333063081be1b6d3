"""The life of a hold: opened, expired; and reasons that are found only where there is state.

What is held for a missing field a supplement may complete; what is held for its content a reviewer has to
clear (`streams.policy.reviews`). Both live in the writer of the partition; here are only the values before
and after.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from streams.policy.decision import Decision, Reason
from streams.policy.hold import Hold
from streams.policy.merge import merge
from streams.policy.policy_in_force import AGENCY_ZONE, PolicyInForce
from streams.policy.reasons import ORDER, refuse
from streams.policy.request import SharingRequest
from streams.policy.verdicts import combine, leading
from streams.policy.vocabulary import ReasonCode


def open_hold(request: SharingRequest, decision: Decision, policy: PolicyInForce, now: datetime) -> Hold:
    """Return the hold of a held request, until the deadline that the policy sets.

    The deadline counts from `now`, on the agency's calendar, not from when the request says that it was made.
    """
    deadline = policy.hold_deadline.after(now, AGENCY_ZONE)
    return Hold(request=request, decision=decision, opened_at=now, deadline=deadline)


def hurried(hold: Hold, haste: timedelta) -> Hold:
    """Return the hold; of an exigent request with a deadline that is no later than `haste` from its opening.

    Whoever asks in an emergency needs an answer, and be it a no, while there is still another way.
    """
    if not hold.request.exigent:
        return hold
    return replace(hold, deadline=min(hold.deadline, hold.opened_at + haste))


def merge_supplement(hold: Hold, supplement: SharingRequest) -> SharingRequest | Reason:
    """Return the held request with its missing fields filled, or the reason why that is another request.

    A supplement fills what is missing and changes nothing that was given. How and when it came (seal,
    sender, channel, revision, time) is the supplement's own; so the result is decided as asked anew.
    """
    # What was held for its content must not pass by a second version of that content.
    merged, changed = merge(hold.request, supplement)
    if not changed:
        return merged
    message = f"a supplement may fill what is missing, and changes: {', '.join(changed)}"
    return refuse(ReasonCode.FOLLOWS_HELD_REQUEST, ",".join(changed), message)


def expire(hold: Hold, now: datetime) -> Decision:
    """Return the block that a hold becomes at its deadline; its reasons stand, and HOLD_EXPIRED is added."""
    message = f"the deadline {hold.deadline.isoformat()} passed without what was missing"
    expired = refuse(ReasonCode.HOLD_EXPIRED, "request", message)
    return replace(with_reason(hold.decision, expired), decided_at=now)


def with_reason(decision: Decision, reason: Reason) -> Decision:
    """Return the decision with one more reason in its place of rule order; it can only become harder."""
    # In the order of the rules: a record reads the same however its reasons came together.
    reasons = tuple(sorted((*decision.reasons, reason), key=lambda one: ORDER[one.code]))
    verdict = combine(reasons)
    return replace(
        decision,
        reasons=reasons,
        verdict=verdict,
        leading_reason=leading(reasons, verdict),
        obligations=(),
    )
