"""One transaction in the making: every input record becomes exactly one ledger record.

A draft reads the state of its partition and changes none of it; `apply` does, once the transaction is
committed. The same records under the same context make the same draft.

It tells apart what comes in: bytes that are no request, a request of another partition, a repeat, a
supplement to a hold, a new request. What is lawful is for `streams.policy.decide` alone; a reason that is
added here can only make its verdict harder.
"""

from dataclasses import replace

from streams.errors import CodecError
from streams.gate.arrival import Arrival, Arrivals
from streams.gate.case import Case, make_case
from streams.gate.changes import Changes
from streams.gate.context import Context
from streams.gate.journal import Journal
from streams.gate.memory import Remembered, make_remembered
from streams.gate.partition_state import Head, PartitionState
from streams.kafka.batch import Record
from streams.kafka.stage import Outbox
from streams.policy.decide import decide
from streams.policy.decision import Decision, Reason
from streams.policy.digest import Identity
from streams.policy.hold import Hold
from streams.policy.holds import expire, merge_supplement, open_hold, with_reason
from streams.policy.reasons import refuse
from streams.policy.request import SharingRequest
from streams.policy.vocabulary import ClearedBy, ReasonCode, RecordKind, Verdict

# Named here because looking a member up on its enum costs as much as the rest of a step.
_FORWARD, _HOLD = Verdict.FORWARD, Verdict.HOLD
_DECISION, _REPEAT = RecordKind.DECISION, RecordKind.REPEAT
# So many holds at most end in one transaction; the rest are due again at once.
MOST_EXPIRED = 500
# Passing faults of ours: the same request may come again and be decided, instead of being a repeat.
REASONS_OF_THE_GATE = frozenset({ReasonCode.REVISION_NOT_REACHED, ReasonCode.RECIPIENT_UNAVAILABLE})


class Draft:
    """The transaction over some records of one partition; see `streams.kafka.stage.Draft`.

    `wanted_revision` is the newest minimum revision asked for; `out_topics` are the recipients' topics that
    it needs, whether they exist or not.
    """

    def __init__(self, state: PartitionState, context: Context, arrivals: Arrivals) -> None:
        self.context = context
        self._arrivals = arrivals
        self.wanted_revision = context.revision
        self.out_topics: set[str] = set()
        self._partition = state.partition
        self._changes = Changes(state)
        self.journal = Journal(state.partition, context, self._changes)
        if state.head.seq < 0:
            self.journal.genesis()

    @property
    def outbox(self) -> Outbox:
        """Return all that the transaction writes."""
        return self.journal.outbox

    @property
    def head(self) -> Head:
        """Return the end of the chain once the draft is committed."""
        return self._changes.head

    @property
    def metadata(self) -> str:
        """Return the note to commit beside the offset."""
        return str(self.head.note(self.context.revision))

    def apply(self) -> None:
        """Make the state that of the draft."""
        self._changes.apply()

    def take(self, record: Record) -> None:
        """Decide one record, or record why it cannot be decided here."""
        # First of all, whatever becomes of it: the position moves over this offset.
        self._arrived(record)
        try:
            arrival = self._arrivals.of(record)
            if arrival.home == self._partition:
                self._enter(self._judged(record.offset, arrival))
            else:
                self.journal.reroute(record, arrival.request, arrival.home)
        except CodecError as error:
            # It cannot be read, or what follows from it is too large to be written.
            self._malformed(record, str(error))

    def refuse(self, record: Record, cause: str) -> None:
        """Hold a request whose release cannot be written; what cannot be recorded is a dead letter."""
        self._arrived(record)
        try:
            arrival = self._arrivals.of(record)
            case = self._judged(record.offset, arrival)
            if arrival.home == self._partition and _releases(case):
                reason = refuse(ReasonCode.RECIPIENT_UNAVAILABLE, "recipient_id", cause)
                self._enter(_held_for(case, reason))
            else:
                self._malformed(record, cause)
        except CodecError as error:
            self._malformed(record, str(error))

    def bury(self, record: Record, cause: str) -> None:
        """Make a dead letter of the record, whatever it is."""
        self._arrived(record)
        self._malformed(record, cause)

    def finish(self) -> None:
        """Expire what is due, alert of overdue evidence, and acknowledge the revision of all of this."""
        context = self.context
        # Last, so that a supplement in this very batch still completes its hold in time.
        for held in self._changes.due(context.now, MOST_EXPIRED):
            decision = replace(
                expire(held, context.now),
                books_revision=context.revision,
                policy_hash=context.policy.policy_hash,
            )
            self._enter(Case(RecordKind.RESOLUTION, held.request, decision, None, held))
        for hold in context.overdue:
            self.journal.remind(hold)
        if context.revision > self._changes.bound_revision:
            self.journal.acknowledge()

    def _arrived(self, record: Record) -> None:
        self.journal.tally.arrivals.append(record.timestamp)
        self._changes.next_source = record.offset + 1

    def _malformed(self, record: Record, cause: str) -> None:
        self.journal.malformed(record, refuse(ReasonCode.MALFORMED_EVENT, "", cause))

    def _judged(self, offset: int, arrival: Arrival) -> Case:
        """Tell a repeat and a supplement from a new request, and decide."""
        request = arrival.request
        case = make_case(_DECISION, request, self._decide(request, arrival.identity), offset)
        known = self._changes.outcome(case.decision.decision_id)
        held = self._changes.hold_of(request, self.context.now)
        # Known content gets its first outcome again, unless it is held for what has passed by itself since.
        if known is not None and not (held is not None and _awaits_the_gate(held, case)):
            return _as_first(case, known)
        if held is None:
            return case
        completed = self._completed(held, case)
        if known is not None and completed.decision.verdict is Verdict.HOLD:
            return _as_first(case, known)
        return completed

    def _decide(self, request: SharingRequest, identity: Identity) -> Decision:
        """Decide, note what the stage may wait for, and add what the core cannot know: is there a topic?"""
        context = self.context
        decision = decide(request, context.books, context.policy, context.now, identity)
        if request.min_revision is not None:
            self.wanted_revision = max(self.wanted_revision, request.min_revision)
        if decision.verdict is _FORWARD and decision.entity_id is not None:
            topic = context.names.out_of(decision.entity_id)
            self.out_topics.add(topic)
            if topic in context.missing:
                lacks = "the recipient's topic does not exist"
                reason = refuse(ReasonCode.RECIPIENT_UNAVAILABLE, "recipient_id", lacks)
                decision = with_reason(decision, reason)
        return decision

    def _completed(self, held: Hold, case: Case) -> Case:
        """Complete a held request; the record has the id of what came in, the verdict is of the whole."""
        whole = merge_supplement(held, case.request)
        if isinstance(whole, Reason):
            return _held_for(case, whole)
        # The merged whole never came in; its id would let the same supplement be taken for a new one.
        identity = Identity(case.decision.request_digest, case.decision.decision_id)
        decision = _with_reviews_of(held, self._decide(whole, identity))
        return Case(RecordKind.RESOLUTION, whole, decision, case.offset, held)

    def _enter(self, case: Case) -> None:
        """Write the case down with all that follows from it, then note what it changes."""
        decision, changes = case.decision, self._changes
        if case.kind is _REPEAT:
            hold = changes.hold(decision.decision_id) or changes.hold_of(case.request, self.context.now)
            self.journal.repeat(case, hold)
            changes.recall(decision.decision_id)
            return
        # The journal first: it raises when something is too large, and then nothing may have changed.
        hold = self._hold_of(case) if decision.verdict is _HOLD else None
        self.journal.settle(case, hold)
        if case.held is not None:
            changes.close(case.held)
        if hold is not None:
            changes.open(hold)
        outcome = make_remembered(decision.verdict, decision.reasons)
        changes.remember(decision.decision_id, case.follows, outcome)

    def _hold_of(self, case: Case) -> Hold:
        hold = open_hold(case.request, case.decision, self.context.policy, self.context.now)
        if case.held is None:
            return hold
        # A partial supplement buys no time.
        return replace(hold, opened_at=case.held.opened_at, deadline=case.held.deadline)


def _held_for(case: Case, reason: Reason) -> Case:
    return replace(case, decision=with_reason(case.decision, reason))


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


def _releases(case: Case) -> bool:
    return case.decision.verdict is Verdict.FORWARD and case.kind is not RecordKind.REPEAT


def _awaits_the_gate(held: Hold, case: Case) -> bool:
    """Tell whether just this is held for the gate's own reasons, which pass without the requester."""
    # A supplement has another id than the hold; the same id means the same content from the same sender.
    return held.decision.decision_id == case.decision.decision_id and all(
        reason.code in REASONS_OF_THE_GATE for reason in held.decision.reasons
    )


def _with_reviews_of(held: Hold, decision: Decision) -> Decision:
    """Return the decision with the held one's reasons for a reviewer; asking again does not clear them."""
    found = {reason.code for reason in decision.reasons}
    for reason in held.decision.reasons:
        if reason.cleared_by is ClearedBy.REVIEW and reason.code not in found:
            decision = with_reason(decision, reason)
    return decision
