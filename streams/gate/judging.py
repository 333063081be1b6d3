"""What comes of one input: a repeat, the completion or withdrawal of a hold, a review, or a new decision.

What is lawful is for `streams.policy.decide` alone; a reason that is added here can only make its verdict
harder. The changes are read and not made: that a case is judged does not mean that it is entered.
"""

from dataclasses import replace

from streams.gate.arrival import Arrival, ReviewArrival, WithdrawalArrival
from streams.gate.case import Case, make_case
from streams.gate.changes import Changes
from streams.gate.context import Context
from streams.gate.marks import MarksBehind
from streams.gate.memory import Remembered
from streams.policy.decide import decide
from streams.policy.decision import Decision, Reason
from streams.policy.digest import Identity, canonical_of
from streams.policy.hold import Hold
from streams.policy.holds import merge_supplement, with_reason
from streams.policy.reasons import refuse
from streams.policy.request import SharingRequest
from streams.policy.review import Review
from streams.policy.reviews import cleared_by, deny, is_for_review, objection_to
from streams.policy.vocabulary import EntityId, ReasonCode, RecordKind, ReviewAct, Verdict
from streams.policy.withdrawals import NOT_HELD, UNVOUCHED, withdraw

# Named here because looking a member up on its enum costs as much as the rest of a step.
_FORWARD, _DECISION = Verdict.FORWARD, RecordKind.DECISION
_FOLLOWS = ReasonCode.FOLLOWS_HELD_REQUEST
# Passing faults of ours: the same request may come again and be decided, instead of being a repeat.
REASONS_OF_THE_GATE = frozenset({ReasonCode.REVISION_NOT_REACHED, ReasonCode.RECIPIENT_UNAVAILABLE})


class Judging:
    """Judges what comes in, under one context and on top of one draft's changes.

    `wanted` are the newest minimum revisions that the books have not reached, by authenticated sender;
    `out_topics` are the recipients' topics that forwards need, whether they exist or not.
    """

    def __init__(self, context: Context, changes: Changes, marks: MarksBehind) -> None:
        self._context = context
        self._changes = changes
        self._marks = marks
        self.wanted: dict[EntityId, int] = {}
        self.out_topics: set[str] = set()

    def of_request(self, offset: int, arrival: Arrival) -> Case:
        """Tell a repeat and a supplement from a new request, and decide."""
        request = arrival.request
        case = make_case(_DECISION, request, self._decide(request, arrival.identity), offset)
        known = self._changes.outcome(case.decision.decision_id)
        held = self._changes.hold_of(request, self._context.now)
        # Known content gets its first outcome again, unless it is held for what has passed by itself since.
        if known is not None and not (held is not None and _awaits_the_gate(held, case)):
            return _as_first(case, known)
        if held is None:
            return self._following(case)
        completed = self._completed(held, case)
        if known is not None and completed.decision.verdict is Verdict.HOLD:
            return _as_first(case, known)
        return completed

    def of_review(self, offset: int, arrival: ReviewArrival) -> Case | Reason:
        """Return what a review makes of the hold that it is about, or the reason why it changes nothing."""
        review = arrival.review
        if review is None:
            return _refused(arrival.objection)
        held = self.hold_under(arrival)
        objection = objection_to(review, held, self._context.policy, self._context.now)
        if held is None or objection is not None:
            return _refused(objection or "")
        kind = RecordKind.REVIEW if review.act is ReviewAct.RETURN else RecordKind.RESOLUTION
        # The digest is that of what came in; the id stays that of the request as it was asked.
        decision = replace(self._reviewed(held, review, arrival.digest), request_digest=arrival.digest)
        return Case(kind, held.request, decision, offset, held, arrival.note)

    def hold_under(self, arrival: ReviewArrival) -> Hold | None:
        """Return the open hold that the review names, or None; its request must be the one it came for."""
        review = arrival.review
        held = None if review is None else self._changes.hold(review.decision_id)
        return held if held is not None and held.request.request_id == arrival.request_id else None

    def of_withdrawal(self, offset: int, arrival: WithdrawalArrival) -> Case | Reason:
        """Return the end of the hold that is withdrawn, or the reason why nothing ends."""
        if not arrival.is_sealed:
            return UNVOUCHED
        held = self.hold_withdrawn(arrival)
        if held is None:
            return NOT_HELD
        decision = withdraw(arrival.withdrawal, held, self._context.now)
        if isinstance(decision, Reason):
            return decision
        # As with a review: the digest is that of what came in, the id that of the request as it was asked.
        decision = replace(self._of_now(decision), request_digest=arrival.digest)
        return Case(RecordKind.RESOLUTION, held.request, decision, offset, held)

    def hold_withdrawn(self, arrival: WithdrawalArrival) -> Hold | None:
        """Return the open hold that it is about, or None; a later one of the same id is another."""
        asked = arrival.withdrawal
        held = self._changes.hold(asked.decision_id)
        is_it = held is not None and (held.request.request_id, held.deadline) == (
            asked.request_id,
            asked.deadline,
        )
        return held if is_it else None

    def _reviewed(self, held: Hold, review: Review, digest: str) -> Decision:
        now = self._context.now
        if review.act is ReviewAct.RETURN:
            return replace(self._of_now(held.decision), decided_at=now)
        if review.act is ReviewAct.DENY:
            return self._of_now(deny(held, now))
        cleared = cleared_by(review, held)
        identity = Identity(digest, held.decision.decision_id)
        return _with_reviews_of(held, self._decide(held.request, identity, cleared))

    def _of_now(self, decision: Decision) -> Decision:
        """Return a decision that was carried on, under the books that are in force as it is."""
        context = self._context
        return replace(decision, books_revision=context.revision, policy_hash=context.policy.policy_hash)

    def _decide(
        self, request: SharingRequest, identity: Identity, cleared: tuple[Reason, ...] = ()
    ) -> Decision:
        """Decide, note what the stage may wait for, and add what the core cannot know: is there a topic?"""
        context = self._context
        decision = decide(request, context.books, context.policy, context.now, identity, cleared)
        if request.min_revision is not None:
            self._want(request.min_revision, request.authenticated_as)
        if decision.verdict is _FORWARD and decision.entity_id is not None:
            topic = context.names.out_of(decision.entity_id)
            self.out_topics.add(topic)
            if topic in context.missing:
                lacks = "the recipient's topic does not exist"
                reason = refuse(ReasonCode.RECIPIENT_UNAVAILABLE, "recipient_id", lacks)
                decision = with_reason(decision, reason)
        return decision

    def _want(self, revision: int, sender: EntityId | None) -> None:
        # Whom nobody vouches for is blocked under any books.
        if sender and revision > self._context.revision:
            self.wanted[sender] = max(revision, self.wanted.get(sender, 0))

    def _completed(self, held: Hold, case: Case) -> Case:
        """Complete a held request; the record has the id of what came in, the verdict is of the whole."""
        whole = merge_supplement(held, case.request)
        if isinstance(whole, Reason):
            return held_for(case, whole)
        # The merged whole never came in; its id would let the same supplement be taken for a new one.
        identity = Identity(case.decision.request_digest, case.decision.decision_id)
        decision = _with_reviews_of(held, self._decide(whole, identity, _still_cleared(held, whole)))
        return self._following(Case(RecordKind.RESOLUTION, whole, decision, case.offset, held))

    def _following(self, case: Case) -> Case:
        """Return the case, held when it asks again for what another request is held or was refused for.

        What is blocked is blocked, and what a reviewer has cleared for this request stays cleared.
        """
        decision = case.decision
        if decision.verdict is Verdict.BLOCK or any(one.code is _FOLLOWS for one in decision.cleared):
            return case
        own = decision.decision_id if case.held is None else case.held.decision.decision_id
        followed = self._marks.followed(case.request, own, self._context.now)
        if followed is None:
            return case
        message = f"it asks again for what was held or refused in decision `{followed}`"
        return held_for(case, refuse(_FOLLOWS, "selector", message))


def held_for(case: Case, reason: Reason) -> Case:
    """Return the case with one more reason."""
    return replace(case, decision=with_reason(case.decision, reason))


def _refused(objection: str) -> Reason:
    return refuse(ReasonCode.REVIEW_REFUSED, "review", objection)


def _as_first(case: Case, known: Remembered) -> Case:
    """Return the case with the outcome that the same content had before; it names no agreement to use."""
    leading = next((reason.code for reason in known.reasons if reason.verdict is known.verdict), None)
    first = replace(
        case.decision,
        verdict=known.verdict,
        leading_reason=leading,
        reasons=known.reasons,
        agreement_id=None,
        agreement_version=None,
        obligations=(),
    )
    return replace(case, kind=RecordKind.REPEAT, decision=first)


def _awaits_the_gate(held: Hold, case: Case) -> bool:
    """Tell whether just this is held for the gate's own reasons, which pass without the requester."""
    # A supplement has another id than the hold; the same id means the same content from the same sender.
    return held.decision.decision_id == case.decision.decision_id and all(
        reason.code in REASONS_OF_THE_GATE for reason in held.decision.reasons
    )


def _still_cleared(held: Hold, whole: SharingRequest) -> tuple[Reason, ...]:
    """Return what a reviewer has cleared, as long as the request is still the one that they have read."""
    cleared = held.decision.cleared
    return cleared if cleared and canonical_of(whole) == canonical_of(held.request) else ()


def _with_reviews_of(held: Hold, decision: Decision) -> Decision:
    """Return the decision with the held one's reasons for a reviewer that none has cleared.

    Asking again does not clear them, and what is filled in later a reviewer has not read.
    """
    found = {reason.code for reason in decision.reasons}
    for reason in (*held.decision.reasons, *held.decision.cleared):
        if is_for_review(reason) and reason.code not in found and reason not in decision.cleared:
            decision = with_reason(decision, reason)
    return decision
