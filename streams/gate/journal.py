"""All that one transaction writes: the ledger first, and what follows from each of its records.

Everything but a release goes to the writer's own partition of its topic: a transaction pays for each
partition that it touches, and whoever reads one request's path finds all of it under one number.

Everything about one case is encoded before any of it is written. So what cannot be encoded (it is too large)
leaves no trace, and the draft can record it as malformed instead.

What the readers of a topic may learn is settled here: recipients get the minimised release, requesters the
answer, the security team alerts with pseudonyms and the bytes of what could not be read. Nothing else leaves.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Sequence

from aiokafka.structs import TopicPartition

from streams.chains.dead_letters import letter_of
from streams.chains.state import make_head
from streams.codecs.alert import encode_alert
from streams.codecs.answer import encode_answer
from streams.codecs.books_ack import encode_books_ack
from streams.codecs.dead_letter import encode_dead_letter
from streams.codecs.ledger_record import seal_record
from streams.codecs.mark import encode_mark
from streams.codecs.release import encode_release
from streams.codecs.sealed_hold import seal_hold
from streams.gate.arrival import ReviewArrival, WithdrawalArrival
from streams.gate.case import Case
from streams.gate.changes import Changes
from streams.gate.context import Context
from streams.gate.envelopes import Envelopes
from streams.gate.ledger_entries import (
    Place,
    make_place,
    of_decision,
    of_genesis,
    of_malformed,
    of_refused_act,
    of_rerouted,
)
from streams.gate.tally import Tally
from streams.kafka.batch import Record
from streams.kafka.stage import Outbox, Outgoing
from streams.ledger.record import LedgerRecord
from streams.policy.alert import Alert
from streams.policy.alerts import act_alert, alerts_of, exigent_alert, reminder_alert, severity_of
from streams.policy.answers import answer_of, make_occasion
from streams.policy.book_records import BooksAck
from streams.policy.decision import Reason
from streams.policy.evidence_hold import EvidenceHold
from streams.policy.explain import explain
from streams.policy.hold import Hold
from streams.policy.mark import Mark
from streams.policy.minimise import minimise
from streams.policy.notices import Notice
from streams.policy.vocabulary import RequestId, Verdict

# Named here because looking a member up on its enum costs as much as the rest of a step.
_FORWARD = Verdict.FORWARD
# Topic, partition, key, value
Row = tuple[str, int, bytes, bytes | None]


class Journal:
    """The outbox of one draft, and the chain as it grows with it.

    The methods append in the order of their calls, and readers of a partition see that order. Each call makes
    at most one ledger record and moves the head in `changes` on to it.
    """

    def __init__(self, partition: int, context: Context, changes: Changes) -> None:
        self.tally = Tally()
        self._partition = partition
        self._context = context
        self._changes = changes
        self._outbox: defaultdict[tuple[str, int], list[Outgoing]] = defaultdict(list)
        self._envelopes = Envelopes(context)

    @property
    def outbox(self) -> Outbox:
        """Return all that is to be written, by topic and partition."""
        return self._outbox

    def arrive(self, record: Record) -> None:
        """Write in the trace of that record from now on."""
        self.tally.arrivals.append(record.timestamp)
        self._envelopes.arrive(record.headers)

    def depart(self) -> None:
        """Write of what is due without input from now on."""
        self._envelopes.arrive(())

    def genesis(self) -> None:
        """Begin the chain with the record that fixes the number of partitions."""
        self._append(of_genesis(self.place(None), self._context))

    def reroute(self, record: Record, request_id: RequestId, home: int) -> None:
        """Move what came in to the partition where the id that it was sent under belongs.

        Its bytes are sent on unchanged, seal and all. There it is read as a new input.
        """
        self.tally.rerouted += 1
        self._append(of_rerouted(request_id, self.place(record.offset), self._context))
        self._put((self._context.names.requests, home, request_id.encode(), record.value), 1)

    def malformed(self, record: Record, reason: Reason) -> None:
        """Record a block for bytes that are no request, and keep the bytes, or what of them can be kept."""
        context = self._context
        # The ledger record comes first, since its id names the dead letter; neither can be too large.
        entry = of_malformed(reason, self.place(record.offset), context)
        self._append(entry)
        source = TopicPartition(entry.source_topic, entry.source_partition)
        letter = letter_of(record, source, entry.decision_id, reason.message, context.now)
        self.tally.dead_letters += 1
        self._put(self._row(context.names.dead_letters, entry.decision_id, encode_dead_letter(letter)), 1)

    def repeat(self, case: Case, hold: Hold | None) -> None:
        """Record and answer a request that was decided before; forward nothing and alert nobody again.

        `hold` is the one that still waits, if any: the answer then carries its deadline.

        Raises:
            CodecError: the answer is too large; nothing is written then.
        """
        self._record(case, None, [self._answer(case, hold)])

    def returned(self, case: Case, asked: str) -> None:
        """Record a review that asks the requester for more, and tell them; the hold stays as it is.

        The answer alone has the reviewer's words in the clear: they are meant for the requester.

        Raises:
            CodecError: the answer is too large; nothing is written then.
        """
        self._record(case, None, [self._answer(case, case.held, f"A reviewer asks: {asked}\n")])

    def refuse_act(
        self, arrival: ReviewArrival | WithdrawalArrival, offset: int, hold: Hold | None, reason: Reason
    ) -> None:
        """Record a review or withdrawal that changes nothing, with the reason; no requester hears of it.

        `hold` is the open hold that it is about, if there is one. It alerts, but for what only came too late.

        Raises:
            CodecError: its record is too large; nothing is written then.
        """
        context = self._context
        entry = of_refused_act(arrival, hold, reason, self.place(offset), context)
        is_told = severity_of(reason) is not None
        alert = act_alert(entry.decision_id, reason, context.now)
        self.add(entry, [self.alert_row(alert)] if is_told else [])

    def settle(self, case: Case, hold: Hold | None, marks: Sequence[Mark] = ()) -> None:
        """Record a decision and let everything follow from it: release, hold, marks, answer, alerts.

        Raises:
            CodecError: one of them is too large; nothing is written then.
        """
        context, payload_digest = self._context, None
        rows: list[Row] = []
        if case.decision.verdict is _FORWARD:
            row, payload_digest = self._release(case)
            rows.append(row)
        # A list, not an iterator: all of it is encoded before `_record` writes the first row.
        if case.held is not None or hold is not None:
            rows += self._holds(case, hold)
            rows += [(context.names.marks, 0, mark.decision_id.encode(), encode_mark(mark)) for mark in marks]
        rows.append(self._answer(case, hold))
        if case.decision.reasons:
            told = alerts_of(case.decision, case.request, context.now, context.keys.pseudonym_of)
            rows += map(self.alert_row, told)
        if hold is not None and hold.request.exigent:
            rows.append(self._page(hold))
        self._record(case, payload_digest, rows)
        self.tally.decided(case.decision)

    def acknowledge(self) -> None:
        """Say that the revision binds this partition; a former owner is fenced and cannot say it."""
        context = self._context
        # Inside the partition's transaction: beside it, a former owner could say so under the old books.
        ack = BooksAck(
            worker=context.worker,
            partition=self._partition,
            revision=context.revision,
            at=context.now,
            epoch=self._changes.head.seq,
        )
        key = f"{context.worker}/{self._partition}".encode()
        self._envelopes.lead_alone(f"{context.worker}/{self._partition}/{context.revision}")
        self._put((self._context.names.books_acks, 0, key, encode_books_ack(ack)), 0)
        self._changes.bound_revision = context.revision

    def remind(self, overdue: EvidenceHold | Notice) -> None:
        """Alert of what is overdue by the clock alone; it is no decision, so no ledger record."""
        context = self._context
        agency = context.policy.policy.agency.entity_id
        alert = reminder_alert(overdue, agency, context.now, context.keys.pseudonym_of)
        self._envelopes.lead_alone(alert.alert_id)
        self._put(self.alert_row(alert), 0)

    def add(self, entry: LedgerRecord, rows: list[Row]) -> None:
        """Append a record, and what follows from it, which is encoded already."""
        self._append(entry)
        for nth, row in enumerate(rows, 1):
            self._put(row, nth)

    def place(self, offset: int | None) -> Place:
        """Return the place of the next record, which accounts for the input at `offset`."""
        return make_place(partition=self._partition, head=self._changes.head, offset=offset)

    def alert_row(self, alert: Alert) -> Row:
        """Return the row of an alert."""
        return self._row(self._context.names.alerts, alert.alert_id, encode_alert(alert))

    def _release(self, case: Case) -> tuple[Row, str]:
        """Return the row for the recipient, and the SHA-256 in hex of its bytes for the ledger."""
        release = minimise(case.request, case.decision, self._context.books)
        payload = encode_release(release)
        row = self._context.names.out_of(release.entity_id), 0, release.request_id.encode(), payload
        return row, hashlib.sha256(payload).hexdigest()

    def _holds(self, case: Case, hold: Hold | None) -> Iterator[Row]:
        """Yield the end of the hold that is resolved, then the hold that is opened."""
        topic = self._context.names.holds
        if case.held is not None:
            # A tombstone. First, since a hold that is opened again under the same id must come after it.
            yield self._row(topic, case.held.decision.decision_id, None)
        if hold is not None:
            yield self._row(topic, hold.decision.decision_id, seal_hold(hold, self._context.sealer))

    def _answer(self, case: Case, hold: Hold | None, foreword: str = "") -> Row:
        context = self._context
        explanation = explain(case.decision, case.request, context.books, context.policy)
        occasion = make_occasion(
            kind=case.kind,
            follows=case.follows,
            deadline=None if hold is None else hold.deadline,
            explanation=f"{foreword}{explanation}",
            # As the seal proves it: a request without a good one comes here without a name.
            authenticated_as=case.request.authenticated_as,
        )
        answer = answer_of(case.decision, occasion, context.now)
        return self._row(self._context.names.answers, answer.organisation, encode_answer(answer))

    def _page(self, hold: Hold) -> Row:
        """Return the alert that somebody waits for a reviewer in an emergency."""
        context = self._context
        return self.alert_row(exigent_alert(hold, context.now, context.keys.pseudonym_of))

    def _record(self, case: Case, payload_digest: str | None, rows: list[Row]) -> None:
        self.add(of_decision(case, payload_digest, self.place(case.offset), self._context), rows)

    def _append(self, entry: LedgerRecord) -> None:
        """Link one record to the chain."""
        # The hash covers the bytes as they are sent, so it can only be known once they are made.
        framed, digest = seal_record(entry)
        self._envelopes.lead(entry)
        self._put(self._row(self._context.names.decisions, entry.decision_id, framed), 0)
        self._changes.head = make_head(seq=entry.seq, hash=digest, revision=entry.books_revision)
        self.tally.kinds[entry.kind] += 1

    def _row(self, topic: str, key: str, value: bytes | None) -> Row:
        return topic, self._partition, key.encode(), value

    def _put(self, row: Row, nth: int) -> None:
        topic, partition, key, value = row
        self._outbox[topic, partition].append((key, value, self._envelopes.of(topic, nth)))
