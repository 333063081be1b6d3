"""All that one transaction writes: the ledger first, and what follows from each of its records.

Everything but a release goes to the writer's own partition of its topic: a transaction pays for each
partition that it touches, and whoever reads one request's path finds all of it under one number.
"""

import hashlib
from collections import defaultdict
from collections.abc import Callable

from streams.codecs.alert import encode_alert
from streams.codecs.answer import encode_answer
from streams.codecs.books_ack import encode_books_ack
from streams.codecs.dead_letter import encode_dead_letter
from streams.codecs.hold import encode_hold
from streams.codecs.ledger_record import seal_record
from streams.codecs.release import encode_release
from streams.gate.case import Case
from streams.gate.changes import Changes
from streams.gate.context import Context
from streams.gate.ledger_entries import Place, of_decision, of_genesis, of_malformed, of_rerouted
from streams.gate.partition_state import Head
from streams.gate.tally import Tally
from streams.kafka.batch import Record
from streams.kafka.stage import Outbox
from streams.ledger.dead_letter import DeadLetter
from streams.ledger.record import LedgerRecord
from streams.policy.alerts import alerts_of
from streams.policy.answers import Occasion, answer_of
from streams.policy.book_records import BooksAck
from streams.policy.decision import Reason
from streams.policy.explain import explain
from streams.policy.hold import Hold
from streams.policy.minimise import minimise
from streams.policy.request import SharingRequest
from streams.policy.vocabulary import DecisionId, Verdict


class Journal:
    """The outbox of one draft, and the chain as it grows with it."""

    def __init__(self, partition: int, context: Context, changes: Changes) -> None:
        self.tally = Tally()
        self._partition = partition
        self._context = context
        self._changes = changes
        self._outbox: defaultdict[tuple[str, int], list[tuple[bytes | None, bytes | None]]]
        self._outbox = defaultdict(list)

    @property
    def outbox(self) -> Outbox:
        """Return all that is to be written, by topic and partition."""
        return self._outbox

    def genesis(self) -> None:
        """Begin the chain."""
        self._append(None, lambda place: of_genesis(place, self._context))

    def reroute(self, record: Record, request: SharingRequest, home: int) -> None:
        """Move a request, as it came, to the partition where its id belongs."""
        self.tally.rerouted += 1
        topic = self._context.topics.requests.name
        self._outbox[topic, home].append((request.request_id.encode(), record.value))
        self._append(record.offset, lambda place: of_rerouted(request.request_id, place, self._context))

    def malformed(self, record: Record, reason: Reason) -> None:
        """Record a block for bytes that are no request, and keep the bytes."""
        context = self._context
        entry = self._append(record.offset, lambda place: of_malformed(reason, place, context))
        letter = DeadLetter(
            decision_id=entry.decision_id,
            source_topic=entry.source_topic,
            source_partition=self._partition,
            source_offset=record.offset,
            key=record.key,
            value=record.value,
            error=reason.message,
            recorded_at=context.now,
        )
        self.tally.dead_letters += 1
        self._write(context.topics.dead_letters.name, entry.decision_id, encode_dead_letter(letter))

    def repeat(self, case: Case) -> None:
        """Record and answer a request that was decided before; forward nothing."""
        self._record(case, payload_digest=None)
        self._answer(case, deadline_of=self._changes.hold(case.decision.decision_id))

    def settle(self, case: Case) -> None:
        """Record a decision and let everything follow from it: release, hold, answer, alerts."""
        decision, context = case.decision, self._context
        payload_digest = self._release(case) if decision.verdict is Verdict.FORWARD else None
        self._record(case, payload_digest)
        self.tally.decided(decision)
        hold = self._changes.hold(decision.decision_id)
        if decision.verdict is Verdict.HOLD and hold is not None:
            self._write(context.topics.holds.name, decision.decision_id, encode_hold(hold))
        self._answer(case, deadline_of=hold)
        for alert in alerts_of(decision, case.request, context.now, context.keys.pseudonym_of):
            self._write(context.topics.alerts.name, alert.alert_id, encode_alert(alert))

    def lift(self, decision_id: DecisionId) -> None:
        """Remove a hold that is resolved."""
        self._write(self._context.topics.holds.name, decision_id, None)

    def acknowledge(self) -> None:
        """Say that the revision binds this partition; a former owner is fenced and cannot say it."""
        context = self._context
        ack = BooksAck(
            worker=context.worker,
            partition=self._partition,
            revision=context.revision,
            at=context.now,
            epoch=self._changes.head.seq,
        )
        key = f"{context.worker}/{self._partition}".encode()
        self._outbox[context.topics.books_acks.name, 0].append((key, encode_books_ack(ack)))
        self._changes.bound_revision = context.revision

    def _release(self, case: Case) -> str:
        release = minimise(case.request, case.decision, self._context.books)
        payload = encode_release(release)
        topic = self._context.topics.out(release.entity_id).name
        self._outbox[topic, 0].append((release.request_id.encode(), payload))
        return hashlib.sha256(payload).hexdigest()

    def _record(self, case: Case, payload_digest: str | None) -> None:
        context = self._context
        self._append(case.offset, lambda place: of_decision(case, payload_digest, place, context))

    def _answer(self, case: Case, deadline_of: Hold | None) -> None:
        context = self._context
        occasion = Occasion(
            kind=case.kind,
            follows=case.follows,
            deadline=None if deadline_of is None else deadline_of.deadline,
            explanation=explain(case.decision, case.request, context.books, context.policy),
        )
        answer = answer_of(case.decision, occasion, context.now)
        self._write(context.topics.answers.name, answer.organisation, encode_answer(answer))

    def _append(self, offset: int | None, entry_at: Callable[[Place], LedgerRecord]) -> LedgerRecord:
        """Link one record to the chain."""
        entry = entry_at(Place(partition=self._partition, head=self._changes.head, offset=offset))
        framed, digest = seal_record(entry)
        self._write(self._context.topics.decisions.name, entry.decision_id, framed)
        self._changes.head = Head(seq=entry.seq, hash=digest, revision=entry.books_revision)
        self.tally.kinds[entry.kind] += 1
        return entry

    def _write(self, topic: str, key: str, value: bytes | None) -> None:
        self._outbox[topic, self._partition].append((key.encode(), value))
