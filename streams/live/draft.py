"""One transaction of live shares in the making: every offset of the input is on record, whatever comes of it.

A draft reads the state of its partition and changes none of it; `apply` does, once the transaction is
committed. The same reads under the same context make the same draft.
"""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime

from streams.chains.state import Head
from streams.codecs.read_event import decode_read_event
from streams.errors import CodecError
from streams.kafka.batch import Record
from streams.kafka.stage import Outbox
from streams.ledger.live_record import Balance, LiveKind, WithheldCount
from streams.live.context import LiveContext
from streams.live.journal import LiveJournal
from streams.live.lots import Lots
from streams.live.sending import Sending
from streams.live.state import LiveState
from streams.policy.books import Books
from streams.policy.digest import derived_id
from streams.policy.live.plan import plan_of
from streams.policy.live.withheld import Withheld
from streams.policy.vocabulary import AgreementId, ReasonCode


class LiveDraft:
    """The transaction over some reads of one partition; see `streams.kafka.stage.Draft`."""

    def __init__(self, state: LiveState, context: LiveContext) -> None:
        self.context = context
        self.journal = LiveJournal(state, context)
        self.withheld: Counter[Withheld] = Counter()
        self.taken = 0
        self._state = state
        self._from: int | None = None
        self._to: int | None = None
        self._batch_id = ""
        self._lots = Lots(context.plan, "", ())
        self._gone: set[str] = set()
        self._sending = Sending(context, self.journal, state.balances)
        self._stands_until = context.plan.stands_until
        self._stated = state.owes_balances
        if self._stated:
            self._state_balances()

    @property
    def out_topics(self) -> frozenset[str]:
        """Return the recipients' topics that it needs, whether they exist or not."""
        members = (member for group, _, _ in self._lots.by_group() for member in group.members)
        return frozenset(self.context.out_of(member.entity_id) for member in members)

    @property
    def delivered(self) -> int:
        """Return how many deliveries it makes."""
        return self._sending.delivered

    @property
    def kept_back(self) -> Mapping[ReasonCode, int]:
        """Return how many deliveries it keeps back, by why."""
        return self._sending.kept_back

    @property
    def outbox(self) -> Outbox:
        """Return all that the transaction writes."""
        return self.journal.outbox

    @property
    def head(self) -> Head:
        """Return the end of the chain once the draft is committed."""
        return self.journal.head

    @property
    def metadata(self) -> str:
        """Return the note to commit beside the offset."""
        return str(self.head.note(self.context.plan.revision))

    def take(self, record: Record) -> None:
        """Take one read: it goes to whoever's agreement covers it, or is withheld from all, and counted."""
        self._arrived(record)
        try:
            placed = self.context.plan.placed(decode_read_event(record.value), self.context.now)
            if isinstance(placed, Withheld):
                self.withheld[placed] += 1
                return
            offer, routes = placed
            if offer.read.read_id in self._gone or offer.read.read_id in self._state.sent:
                self.withheld[Withheld.REPEATED] += 1
            elif routes:
                self._lots.add(offer, routes)
                self._gone.add(offer.read.read_id)
        except CodecError as error:
            self._dead(record, Withheld.UNREADABLE, str(error))

    def refuse(self, record: Record, cause: str) -> None:
        """Record that no transaction can hold the deliveries of this read."""
        self._arrived(record)
        self._dead(record, Withheld.UNWRITABLE, cause)

    def bury(self, record: Record, cause: str) -> None:  # noqa: ARG002  # a name is no content of the record
        """Record the offset alone, because not even a dead letter of it can be written."""
        self._arrived(record)
        self.withheld[Withheld.UNWRITABLE] += 1

    def finish(self) -> None:
        """Write the lists, the manifests, the deliveries and the batch; acknowledge the revision."""
        if self._from is not None and self._to is not None:
            self._sending.send(self._lots, self._batch_id, self._from, self._to)
            self.journal.append(
                LiveKind.BATCH,
                batch_id=self._batch_id,
                count=self.taken,
                withheld=tuple(
                    WithheldCount(why=str(why), count=count) for why, count in sorted(self.withheld.items())
                ),
                source_from=self._from,
                source_offset=self._to,
            )
        if self.context.plan.revision > self._state.chain.bound_revision:
            self.journal.acknowledge()

    def holds_at(self, now: datetime, books: Books) -> bool:
        """Tell whether all that it delivers would be delivered then, too; `books` are those of its plan.

        A plan is worked out anew only when this one stands no more: to draft anew whenever it is old would
        never end where all is slow.
        """
        if now < self._stands_until:
            return True
        plan = plan_of(books, self.context.plan.policy, now)
        self._stands_until = plan.stands_until
        used = frozenset(self._sending.used.values())
        return used <= plan.shares() and self._lots.hold_at(now)

    def apply(self) -> None:
        """Make the state that of the draft."""
        state, journal = self._state, self.journal
        state.chain.head = journal.head
        state.chain.bound_revision = max(state.chain.bound_revision, self.context.plan.revision)
        if self._to is not None:
            state.chain.next_source = self._to + 1
        state.balances |= self._sending.balances
        state.sent.put(journal.listed)
        # The balances themselves are not counted after themselves.
        before = -1 if self._stated else state.since_balances or 0
        state.since_balances = before + journal.added

    def _arrived(self, record: Record) -> None:
        """Note the offset first of all, whatever becomes of it."""
        if self._from is None:
            self._from = record.offset
            topic, partition = self.context.topics.reads.name, self._state.chain.partition
            self._batch_id = derived_id(f"live\n{topic}\n{partition}\n{record.offset}")
            shared = self.journal.delivery_headers(self._batch_id)
            self._lots = Lots(self.context.plan, self._batch_id, shared)
        self._to = record.offset
        self.taken += 1

    def _dead(self, record: Record, why: Withheld, cause: str) -> None:
        self.withheld[why] += 1
        self.journal.bury(record, cause)

    def _state_balances(self) -> None:
        balances: dict[AgreementId, Balance] = self._state.balances
        is_first = self.head.seq < 0
        self.journal.append(
            LiveKind.BALANCES,
            balances=tuple(balances[agreement_id] for agreement_id in sorted(balances)),
            partition_count=self.context.topics.partitions if is_first else None,
        )
