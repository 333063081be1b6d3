"""One transaction in the making: every input record becomes exactly one ledger record.

A draft reads the state of its partition and changes none of it; `apply` does, once the transaction is
committed. The same records under the same context make the same draft.

It tells apart bytes that are no request, what belongs to another partition, requests, reviews, withdrawals,
disclosures. What comes of disclosures is for `disclosing`, what comes of the three before for `judging`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from streams.chains.state import Head
from streams.errors import CodecError
from streams.gate.arrival import (
    Arrival,
    Arrivals,
    DisclosureArrival,
    ReviewArrival,
    WithdrawalArrival,
)
from streams.gate.case import Case
from streams.gate.changes import Changes
from streams.gate.context import Context
from streams.gate.disclosing import Disclosing
from streams.gate.journal import Journal
from streams.gate.judging import Judging, held_for
from streams.gate.marks import MarksBehind
from streams.gate.memory import make_remembered
from streams.gate.partition_state import PartitionState
from streams.gate.patience import Wanted
from streams.kafka.batch import Record
from streams.kafka.stage import Outbox
from streams.policy.decide import decide
from streams.policy.decision import Reason
from streams.policy.digest import Identity
from streams.policy.hold import Hold
from streams.policy.holds import expire, hurried, open_hold
from streams.policy.mark import Mark
from streams.policy.marks import is_held_for_content, is_refused_for_content, mark_of, remembered_from
from streams.policy.reasons import refuse
from streams.policy.vocabulary import ReasonCode, RecordKind, Verdict

# Named here because looking a member up on its enum costs as much as the rest of a step.
_FORWARD, _HOLD, _REPEAT = Verdict.FORWARD, Verdict.HOLD, RecordKind.REPEAT
# So many holds at most end in one transaction; the rest are due again at once.
MOST_EXPIRED = 500
# A transaction takes some milliseconds; only one that hangs is looked at again.
LOOK_AGAIN = timedelta(seconds=1)


class Draft:
    """The transaction over some records of one partition; see `streams.kafka.stage.Draft`."""

    def __init__(self, state: PartitionState, context: Context, arrivals: Arrivals) -> None:
        self.context = context
        self._arrivals = arrivals
        self._partition = state.partition
        self._changes = Changes(state)
        self._marks = MarksBehind(context.marks, context.keys.pseudonym_of)
        self._judging = Judging(context, self._changes, self._marks)
        self.journal = Journal(state.partition, context, self._changes)
        self._forwards: list[Case] = []
        self._looked_at = context.now
        self._disclosing = Disclosing(context, self._changes, self.journal)
        if state.head.seq < 0:
            self.journal.genesis()

    @property
    def wanted(self) -> Wanted:
        """Return the minimum revisions that are asked for and not there, by authenticated sender."""
        return self._judging.wanted

    @property
    def out_topics(self) -> set[str]:
        """Return the recipients' topics that it needs, whether they exist or not."""
        return self._judging.out_topics

    @property
    def marks(self) -> Sequence[Mark]:
        """Return the marks that it leaves, in order."""
        return self._marks.made

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

    def holds_at(self, now: datetime) -> bool:
        """Tell whether all that it forwards would be forwarded then, too; it looks once a second at most.

        To decide it anew whenever it is old would be simpler, and would never end where all is slow.
        """
        if now - self._looked_at < LOOK_AGAIN:
            return True
        self._looked_at = now
        return all(self._is_forward(case, now) for case in self._forwards)

    def _is_forward(self, case: Case, now: datetime) -> bool:
        first, context = case.decision, self.context
        identity = Identity(first.request_digest, first.decision_id)
        again = decide(case.request, context.books, context.policy, now, identity, first.cleared)
        return again.verdict is _FORWARD

    def apply(self) -> None:
        """Make the state that of the draft."""
        self._changes.apply()

    def take(self, record: Record) -> None:
        """Decide one record, or record why it cannot be decided here."""
        # First of all, whatever becomes of it: the position moves over this offset.
        self._arrived(record)
        try:
            arrival = self._arrivals.of(record)
            if arrival.home != self._partition:
                self.journal.reroute(record, arrival.request_id, arrival.home)
            elif isinstance(arrival, Arrival):
                self._enter(self._judging.of_request(record.offset, arrival))
            elif isinstance(arrival, DisclosureArrival):
                self._disclosing.take(arrival, record.offset)
            elif isinstance(arrival, ReviewArrival):
                self._review(record.offset, arrival)
            else:
                self._withdraw(record.offset, arrival)
        except CodecError as error:
            # It cannot be read, or what follows from it is too large to be written.
            self._malformed(record, str(error))

    def refuse(self, record: Record, cause: str) -> None:
        """Hold a request whose release cannot be written; what cannot be recorded is a dead letter."""
        self._arrived(record)
        try:
            arrival = self._arrivals.of(record)
            # An order that cannot be written is a dead letter: its id is not used up, and it can come again.
            case = None if isinstance(arrival, DisclosureArrival) else self._case_of(record.offset, arrival)
            if isinstance(case, Case) and arrival.home == self._partition and _releases(case):
                reason = refuse(ReasonCode.RECIPIENT_UNAVAILABLE, "recipient_id", cause)
                self._enter(held_for(case, reason))
            else:
                self._malformed(record, cause)
        except CodecError as error:
            self._malformed(record, str(error))

    def bury(self, record: Record, cause: str) -> None:
        """Make a dead letter of the record, whatever it is."""
        self._arrived(record)
        self._malformed(record, cause)

    def finish(self) -> None:
        """Expire what is due, alert of what is overdue, and acknowledge the revision of all of this."""
        context = self.context
        self.journal.depart()
        # Last, so that a supplement in this very batch still completes its hold in time.
        for held in self._changes.due(context.now, MOST_EXPIRED):
            decision = replace(
                expire(held, context.now),
                books_revision=context.revision,
                policy_hash=context.policy.policy_hash,
            )
            self._enter(Case(RecordKind.RESOLUTION, held.request, decision, None, held))
        for overdue in context.overdue:
            self.journal.remind(overdue)
        if context.revision > self._changes.bound_revision:
            self.journal.acknowledge()

    def _arrived(self, record: Record) -> None:
        self.journal.arrive(record)
        self._changes.next_source = record.offset + 1

    def _malformed(self, record: Record, cause: str) -> None:
        self.journal.malformed(record, refuse(ReasonCode.MALFORMED_EVENT, "", cause))

    def _case_of(self, offset: int, arrival: Arrival | ReviewArrival | WithdrawalArrival) -> Case | Reason:
        """Return the case that comes of what came in, or why a review or a withdrawal comes to nothing."""
        if isinstance(arrival, Arrival):
            return self._judging.of_request(offset, arrival)
        if isinstance(arrival, ReviewArrival):
            return self._judging.of_review(offset, arrival)
        return self._judging.of_withdrawal(offset, arrival)

    def _review(self, offset: int, arrival: ReviewArrival) -> None:
        """Write down what a reviewer did, with all that follows; what changes nothing alerts."""
        reviewed = self._judging.of_review(offset, arrival)
        if isinstance(reviewed, Reason):
            self.journal.refuse_act(arrival, offset, self._judging.hold_under(arrival), reviewed)
        elif arrival.review is not None and reviewed.kind is RecordKind.REVIEW:
            self.journal.returned(reviewed, arrival.review.reason)
        else:
            self._enter(reviewed)

    def _withdraw(self, offset: int, arrival: WithdrawalArrival) -> None:
        """Write down that a hold was withdrawn, with all that follows, or why it was not."""
        withdrawn = self._judging.of_withdrawal(offset, arrival)
        if isinstance(withdrawn, Reason):
            self.journal.refuse_act(arrival, offset, self._judging.hold_withdrawn(arrival), withdrawn)
        else:
            self._enter(withdrawn)

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
        marks = tuple(self._marks_of(case, hold))
        self.journal.settle(case, hold, marks)
        for mark in marks:
            self._marks.put(mark)
        if decision.verdict is _FORWARD:
            self._forwards.append(case)
        if case.held is not None:
            changes.close(case.held)
        if hold is not None:
            changes.open(hold)
        outcome = make_remembered(decision.verdict, decision.reasons)
        changes.remember(decision.decision_id, case.follows, outcome)

    def _marks_of(self, case: Case, hold: Hold | None) -> Iterator[Mark]:
        """Yield what a hold that ends leaves behind, and one that is opened, if it is for its content."""
        context, held = self.context, case.held
        pseudonym = context.keys.pseudonym_of
        if held is not None and case.decision.verdict is Verdict.BLOCK:
            # To take a request back must not let it be forgotten sooner than to leave it.
            is_withdrawn = case.decision.leading_reason is ReasonCode.WITHDRAWN
            end = held.deadline if is_withdrawn else remembered_from(held, context.now)
            if is_refused_for_content(held.decision, case.decision):
                yield mark_of(held, end + context.remembrance, pseudonym)
        elif held is not None and is_held_for_content(held.decision):
            # What was approved counts no more, and what is held on is another hold.
            yield mark_of(held, context.now, pseudonym)
        if hold is not None and is_held_for_content(hold.decision):
            yield mark_of(hold, hold.deadline + context.remembrance, pseudonym)

    def _hold_of(self, case: Case) -> Hold:
        context = self.context
        hold = open_hold(case.request, case.decision, context.policy, context.now)
        if case.held is None:
            return hurried(hold, context.haste)
        # A partial supplement buys no time.
        return replace(hold, opened_at=case.held.opened_at, deadline=case.held.deadline)


def _releases(case: Case) -> bool:
    return case.decision.verdict is _FORWARD and case.kind is not RecordKind.REPEAT
