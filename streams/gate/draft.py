"""One transaction in the making: every input record becomes exactly one ledger record.

A draft reads the state of its partition and changes none of it; `apply` does, once the transaction is
committed. The same records under the same context make the same draft.
"""

from dataclasses import replace

from streams.codecs.request import decode_request
from streams.errors import CodecError
from streams.gate.case import Case
from streams.gate.changes import Changes
from streams.gate.context import Context
from streams.gate.journal import Journal
from streams.gate.memory import Remembered
from streams.gate.partition_state import Head, PartitionState
from streams.kafka.batch import Record
from streams.kafka.partitioner import partition_of
from streams.kafka.stage import Outbox
from streams.policy.decide import decide
from streams.policy.decision import Decision, Reason
from streams.policy.hold import Hold
from streams.policy.holds import expire, merge_supplement, open_hold, with_reason
from streams.policy.reasons import refuse
from streams.policy.request import SharingRequest
from streams.policy.seal import seal_holds
from streams.policy.vocabulary import ReasonCode, RecordKind, Verdict

MOST_EXPIRED = 500


class Draft:
    """The transaction over some records of one partition; see `streams.kafka.stage.Draft`.

    `wanted_revision` is the newest minimum revision asked for; `out_topics` are the recipients' topics that
    it needs, whether they exist or not.
    """

    def __init__(self, state: PartitionState, context: Context) -> None:
        self.context = context
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
        self._arrived(record)
        try:
            request = decode_request(record.value)
        except CodecError as error:
            self._malformed(record, str(error))
            return
        home = partition_of(request.request_id, self.context.topics.partitions)
        if home == self._partition:
            self._receive(record.offset, self._vouched(request))
        else:
            self.journal.reroute(record, request, home)

    def refuse(self, record: Record, cause: str) -> None:
        """Hold a request whose release cannot be written; what cannot be recorded is a dead letter."""
        self._arrived(record)
        try:
            case = self._case(record.offset, self._vouched(decode_request(record.value)))
        except CodecError as error:
            self._malformed(record, str(error))
            return
        if case.decision.verdict is Verdict.FORWARD:
            self._settle(_held_for(case, refuse(ReasonCode.RECIPIENT_UNAVAILABLE, "recipient_id", cause)))
        else:
            self._malformed(record, cause)

    def finish(self) -> None:
        """Expire what is due, and acknowledge the revision that all of this was decided under."""
        context = self.context
        for held in self._changes.due(context.now, MOST_EXPIRED):
            decision = replace(
                expire(held, context.now),
                books_revision=context.revision,
                policy_hash=context.policy.policy_hash,
            )
            self._resolve(held, Case(RecordKind.RESOLUTION, held.request, decision, None, held))
        if context.revision > self._changes.bound_revision:
            self.journal.acknowledge()

    def _arrived(self, record: Record) -> None:
        self.journal.tally.arrivals.append(record.timestamp)
        self._changes.next_source = record.offset + 1

    def _malformed(self, record: Record, cause: str) -> None:
        self.journal.malformed(record, refuse(ReasonCode.MALFORMED_EVENT, "", cause))

    def _vouched(self, request: SharingRequest) -> SharingRequest:
        """Return the request as its seal proves it: without one, nobody vouches for the sender."""
        return request if seal_holds(request, self.context.keys.intake) else request.unauthenticated()

    def _receive(self, offset: int, request: SharingRequest) -> None:
        """Tell a repeat and a supplement from a new request."""
        case = self._case(offset, request)
        known = self._changes.outcome(case.decision.decision_id)
        held = self._changes.hold_of(request)
        if known is not None and not _may_retry(held, case):
            self.journal.repeat(_as_first(case, known))
        elif held is not None and _may_complete(held, request):
            self._supplement(held, case)
        else:
            self._settle(case)

    def _case(self, offset: int, request: SharingRequest) -> Case:
        return Case(RecordKind.DECISION, request, self._decide(request), offset)

    def _decide(self, request: SharingRequest) -> Decision:
        """Decide, and add what the core cannot know: the revision asked for, the recipient's topic."""
        context = self.context
        decision = decide(request, context.books, context.policy, context.now)
        if request.min_revision is not None and request.min_revision > context.revision:
            self.wanted_revision = max(self.wanted_revision, request.min_revision)
            asked = f"the books are at {context.revision}, the request asks for {request.min_revision}"
            decision = with_reason(decision, refuse(ReasonCode.REVISION_NOT_REACHED, "min_revision", asked))
        if decision.verdict is Verdict.FORWARD and decision.entity_id is not None:
            topic = context.topics.out(decision.entity_id).name
            self.out_topics.add(topic)
            if topic in context.missing:
                lacks = "the recipient's topic does not exist"
                decision = with_reason(
                    decision, refuse(ReasonCode.RECIPIENT_UNAVAILABLE, "recipient_id", lacks)
                )
        return decision

    def _supplement(self, held: Hold, case: Case) -> None:
        """Complete a held request; the record has the id of what came in, the verdict is of the whole."""
        whole = merge_supplement(held, case.request)
        if isinstance(whole, Reason):
            self._settle(_held_for(case, whole))
            return
        decision = replace(
            self._decide(whole),
            decision_id=case.decision.decision_id,
            request_digest=case.decision.request_digest,
        )
        self._resolve(held, Case(RecordKind.RESOLUTION, whole, decision, case.offset, held))

    def _resolve(self, held: Hold, case: Case) -> None:
        self._changes.close(held)
        self.journal.lift(held.decision.decision_id)
        self._settle(case)

    def _settle(self, case: Case) -> None:
        """Remember the outcome, open a hold if it is one, and write it all down."""
        decision = case.decision
        outcome = Remembered(decision.verdict, decision.reasons)
        self._changes.remember(decision.decision_id, outcome)
        if case.follows is not None:
            self._changes.remember(case.follows, outcome)
        if decision.verdict is Verdict.HOLD:
            hold = open_hold(case.request, decision, self.context.policy, self.context.now)
            if case.held is not None:
                # A partial supplement buys no time.
                hold = replace(hold, opened_at=case.held.opened_at, deadline=case.held.deadline)
            self._changes.open(hold)
        self.journal.settle(case)


def _held_for(case: Case, reason: Reason) -> Case:
    return replace(case, decision=with_reason(case.decision, reason))


def _as_first(case: Case, known: Remembered) -> Case:
    """Return the case with the outcome that the same content had before."""
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


def _may_complete(held: Hold, request: SharingRequest) -> bool:
    """Tell whether the request comes from whom the held one came from; anyone else starts afresh."""
    return request.authenticated_as is not None and request.authenticated_as == held.request.authenticated_as


def _may_retry(held: Hold | None, case: Case) -> bool:
    """Tell whether the same content, held for the gate's own reasons alone, is decided otherwise now."""
    return (
        held is not None
        and held.decision.decision_id == case.decision.decision_id
        and case.decision.verdict is not Verdict.HOLD
    )
