"""One transaction over searches in the making: every input becomes exactly one record of the chain.

An access, with what is found about it and the alerts of that; a repeat, which alerts nobody again; or
`malformed`, with the bytes as a dead letter. It reads the state and changes none of it before `apply`.
"""

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime

from aiokafka.structs import TopicPartition

from streams.chains.dead_letters import letter_of
from streams.chains.hop import Hop
from streams.chains.state import Head, make_head
from streams.codecs.alert import encode_alert
from streams.codecs.dead_letter import encode_dead_letter
from streams.codecs.query_access import link_access, seal_query
from streams.codecs.query_event import decode_query_event, digest_in
from streams.errors import CodecError
from streams.kafka.batch import Record
from streams.kafka.stage import Outbox, Outgoing
from streams.ledger.query_access import AccessKind, QueryAccess
from streams.ledger.sealed import Sealer
from streams.policy.books import BooksView
from streams.policy.digest import malformed_id
from streams.policy.policy_in_force import PolicyInForce
from streams.policy.query_alerts import query_alerts
from streams.policy.query_event import QueryEvent, access_id_of, query_digest
from streams.policy.query_finding import found
from streams.policy.query_screening import screen_query
from streams.policy.vocabulary import DecisionId, ReasonCode
from streams.queries.state import QueriesState
from streams.topics import Topics


@dataclass(frozen=True, slots=True, kw_only=True)
class QueriesContext:
    """What a draft records under: the books, the policy, the instant and the keys, fixed for its life."""

    topics: Topics
    books: BooksView
    policy: PolicyInForce
    revision: int
    now: datetime
    sealer: Sealer
    pseudonym: Callable[[str], str]


@dataclass(slots=True)
class QueriesTally:
    """What a draft counts for the metrics, to be told after the commit."""

    kinds: Counter[AccessKind] = field(default_factory=Counter)
    findings: Counter[ReasonCode] = field(default_factory=Counter)


class QueriesDraft:
    """The transaction over some searches of one partition; see `streams.kafka.stage.Draft`."""

    def __init__(self, state: QueriesState, context: QueriesContext) -> None:
        self.context = context
        self.tally = QueriesTally()
        self._state = state
        self._source = TopicPartition(context.topics.queries.name, state.partition)
        self._head = state.head
        self._next_source = state.next_source
        self._told: dict[DecisionId, None] = {}
        self._outbox: defaultdict[tuple[str, int], list[Outgoing]]
        self._outbox = defaultdict(list)

    @property
    def outbox(self) -> Outbox:
        """Return all that the transaction writes."""
        return self._outbox

    @property
    def head(self) -> Head:
        """Return the end of the chain once the draft is committed."""
        return self._head

    @property
    def metadata(self) -> str:
        """Return the note to commit beside the offset."""
        return str(self._head.note(self.context.revision))

    def take(self, record: Record) -> None:
        """Record one search, or that it cannot be read."""
        try:
            event = decode_query_event(record.value)
            access_id = access_id_of(event)
            if access_id in self._told or access_id in self._state.known:
                repeat = self._told_by(AccessKind.REPEAT, record, event, access_id)
                self._record(repeat, self._hop(repeat, record))
            else:
                self._access(record, event, access_id)
        except CodecError as error:
            # It cannot be read, or what follows from it is too large to be written.
            self._malformed(record, str(error))
        else:
            # In again as the newest one, as a replay of the chain does it.
            self._told.pop(access_id, None)
            self._told[access_id] = None

    def refuse(self, record: Record, cause: str) -> None:
        """Record that no transaction can hold the record of this search."""
        self._malformed(record, cause)

    def bury(self, record: Record, cause: str) -> None:
        """Make a dead letter of the record, whatever it is."""
        self._malformed(record, cause)

    def finish(self) -> None:
        """Nothing is due here without input."""

    def apply(self) -> None:
        """Make the state that of the draft."""
        state = self._state
        state.head, state.next_source = self._head, self._next_source
        state.bound_revision = self.context.revision
        state.known.add(self._told)

    def _access(self, record: Record, event: QueryEvent, access_id: DecisionId) -> None:
        context = self.context
        findings = screen_query(event, context.books, context.policy, context.now)
        access = replace(self._told_by(AccessKind.ACCESS, record, event, access_id), findings=findings)
        told = query_alerts(access, event, context.pseudonym)
        # Encoded before anything is written: what is too large leaves no trace but its dead letter.
        hop = self._hop(access, record)
        alerts: list[Outgoing] = [
            (alert.alert_id.encode(), encode_alert(alert), hop.headers("Alert", nth))
            for nth, alert in enumerate(told, start=1)
        ]
        self._record(access, hop)
        self.tally.findings.update(finding.code for finding in findings)
        if alerts:
            self._outbox[context.topics.alerts.name, self._state.partition] += alerts

    def _told_by(
        self, kind: AccessKind, record: Record, event: QueryEvent, access_id: DecisionId
    ) -> QueryAccess:
        """Return the record of what is told of a search, without findings."""
        entity = self.context.books.resolve(event.organisation)
        return replace(
            self._bare(kind, access_id, record),
            query_id=event.query_id,
            query_digest=query_digest(event),
            source=event.source,
            entity_id=None if entity is None else entity.entity_id,
            searched_at=event.searched_at,
            sealed_query=seal_query(event, access_id, self.context.sealer),
        )

    def _malformed(self, record: Record, cause: str) -> None:
        source, now = self._source, self.context.now
        decision_id = malformed_id(source.topic, source.partition, record.offset)
        bare = self._bare(AccessKind.MALFORMED, decision_id, record)
        reason = found(ReasonCode.MALFORMED_EVENT, "", cause)
        # A search that can be read, and is too large to be recorded, is told from any other bytes.
        malformed = replace(bare, findings=(reason,), query_digest=digest_in(record.value))
        hop = self._hop(malformed, record)
        self._record(malformed, hop)
        letter = encode_dead_letter(letter_of(record, source, decision_id, cause, now))
        self._outbox[self.context.topics.dead_letters.name, source.partition].append(
            (decision_id.encode(), letter, hop.headers("DeadLetter", 1))
        )

    def _bare(self, kind: AccessKind, access_id: DecisionId, record: Record) -> QueryAccess:
        """Return the next record of the chain, which accounts for that input."""
        context, source, head = self.context, self._source, self._head
        return QueryAccess(
            kind=kind,
            access_id=access_id,
            recorded_at=context.now,
            books_revision=context.revision,
            policy_hash=context.policy.policy_hash,
            source_topic=source.topic,
            source_partition=source.partition,
            source_offset=record.offset,
            partition=source.partition,
            seq=head.seq + 1,
            prev_hash=head.hash,
        )

    def _hop(self, access: QueryAccess, record: Record) -> Hop:
        topics, place = self.context.topics, (access.partition, access.seq)
        return Hop(topics.queries_access.name, self.context.now, place, access.access_id, record.headers)

    def _record(self, access: QueryAccess, hop: Hop) -> None:
        """Link one record to the chain."""
        framed, digest = link_access(access)
        rows = self._outbox[self.context.topics.queries_access.name, access.partition]
        rows.append((access.access_id.encode(), framed, hop.headers("QueryAccess")))
        self._head = make_head(seq=access.seq, hash=digest, revision=access.books_revision)
        self._next_source = access.source_offset + 1
        self.tally.kinds[access.kind] += 1
