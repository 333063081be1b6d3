"""All that a transaction of live shares writes, and the chain as it grows with it.

Deliveries go to the recipients' topics, all else to the writer's own partition. The lists of one batch that
name the same reads are one list: sealing costs more than everything else about a recipient.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from aiokafka.structs import TopicPartition

from streams.chains.dead_letters import letter_of
from streams.chains.hop import Hop
from streams.chains.state import Head, make_head
from streams.codecs.alert import encode_alert
from streams.codecs.books_ack import encode_books_ack
from streams.codecs.dead_letter import encode_dead_letter
from streams.codecs.event_headers import event_headers
from streams.codecs.live_record import link_live_record
from streams.codecs.read_list import seal_read_list
from streams.codecs.trace_context import Headers, span_of, trace_begun_by
from streams.kafka.batch import Record
from streams.kafka.stage import Outbox, Outgoing
from streams.ledger.live_record import LiveKind, LiveRecord, make_live_record
from streams.live.context import LiveContext
from streams.live.lots import Lot
from streams.live.state import LiveState
from streams.policy.alert import Alert
from streams.policy.book_records import BooksAck
from streams.policy.digest import malformed_id
from streams.policy.vocabulary import EntityId

# What acknowledgements of the books call this input.
INPUT = "reads"


class LiveJournal:
    """The outbox of one draft of live shares; its methods append in the order of their calls."""

    def __init__(self, state: LiveState, context: LiveContext) -> None:
        self.head: Head = state.chain.head
        # What the draft adds to the chain, and the ids of all that is on its lists.
        self.added = 0
        self.listed: list[str] = []
        self._partition = state.chain.partition
        self._context = context
        self._source = TopicPartition(context.topics.reads.name, self._partition)
        self._chain = context.topics.manifests.name
        self._lists: dict[tuple[str, ...], int] = {}
        self._outbox: defaultdict[tuple[str, int], list[Outgoing]] = defaultdict(list)
        self._shared: dict[tuple[str, int], Sequence[Outgoing]] = {}

    @property
    def outbox(self) -> Outbox:
        """Return all that is to be written, by topic and partition."""
        return {**self._shared, **self._outbox}

    def append(self, kind: LiveKind, **said: Any) -> LiveRecord:
        """Link one record to the chain, and return it without its hash."""
        context = self._context
        record = make_live_record(
            kind=kind,
            books_revision=context.plan.revision,
            policy_hash=context.plan.policy.policy_hash,
            decided_at=context.now,
            source_topic=self._source.topic,
            source_partition=self._partition,
            partition=self._partition,
            seq=self.head.seq + 1,
            prev_hash=self.head.hash,
            **said,
        )
        framed, digest = link_live_record(record)
        hop = self._hop(record.seq, record.batch_id or f"{self._chain}/{self._partition}/{record.seq}")
        row = (record.batch_id.encode(), framed, hop.headers("LiveRecord"))
        self._outbox[self._chain, self._partition].append(row)
        self.head = make_head(seq=record.seq, hash=digest, revision=record.books_revision)
        self.added += 1
        return record

    def list_of(self, lot: Lot, batch_id: str, source_from: int, source_offset: int) -> int:
        """Return where in the chain the list of the lot's reads stands; it is written once a batch."""
        if lot.list_seq is not None:
            return lot.list_seq
        ids = tuple([read.read_id for read in lot.reads])
        if ids not in self._lists:
            sealed = seal_read_list(lot.read_list(), batch_id, self._context.sealer)
            record = self.append(
                LiveKind.READS,
                batch_id=batch_id,
                count=len(ids),
                sealed_reads=sealed,
                source_from=source_from,
                source_offset=source_offset,
            )
            self._lists[ids] = record.seq
            self.listed += ids
        lot.list_seq = self._lists[ids]
        return lot.list_seq

    def deliver(self, entity_id: EntityId, rows: Sequence[Outgoing]) -> None:
        """Send rows to a recipient; whoever gets the same rows shares them."""
        place = self._context.out_of(entity_id), 0
        if place in self._outbox:
            self._outbox[place].extend(rows)
        elif place in self._shared:
            self._outbox[place] = [*self._shared.pop(place), *rows]
        else:
            self._shared[place] = rows

    def bury(self, record: Record, cause: str) -> None:
        """Keep the bytes of what cannot be read or delivered."""
        letter_id = malformed_id(self._source.topic, self._partition, record.offset)
        letter = letter_of(record, self._source, letter_id, cause, self._context.now)
        name = f"{self._source.topic}/{self._partition}/{record.offset}"
        hop = self._hop(record.offset, name, record.headers)
        row = (letter.decision_id.encode(), encode_dead_letter(letter), hop.headers("DeadLetter", 1))
        self._outbox[self._context.topics.dead_letters.name, self._partition].append(row)

    def alert(self, alerts: Iterable[Alert]) -> None:
        """Tell the security team."""
        for alert in alerts:
            headers = self._hop(self.head.seq, alert.alert_id).headers("Alert", 1)
            row = (alert.alert_id.encode(), encode_alert(alert), headers)
            self._outbox[self._context.topics.alerts.name, self._partition].append(row)

    def acknowledge(self) -> None:
        """Say that the revision binds the live shares of this partition, inside its own transaction."""
        context = self._context
        ack = BooksAck(
            worker=context.worker,
            partition=self._partition,
            revision=context.plan.revision,
            at=context.now,
            epoch=self.head.seq,
            input=INPUT,
        )
        key = f"{context.worker}/{INPUT}/{self._partition}".encode()
        # No event for others, but of a trace all the same; it goes by its own key.
        traced = trace_begun_by(key.decode()).at(span_of(key.decode()))
        self._outbox[context.topics.books_acks.name, 0].append((key, encode_books_ack(ack), [traced]))

    def delivery_headers(self, batch_id: str) -> Headers:
        """Return what the headers of all deliveries of a batch have in common."""
        traced = trace_begun_by(batch_id).at(span_of(batch_id))
        return (*event_headers("Delivery", self._chain, self._context.now), traced)

    def _hop(self, number: int, name: str, carried: Headers = ()) -> Hop:
        return Hop(self._chain, self._context.now, (self._partition, number), name, carried)
