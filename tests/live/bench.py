"""The live shares of one partition without Kafka: drafts are committed in memory, what they write is kept."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from hashlib import sha256

from streams.chains.state import ChainState
from streams.codecs.alert import decode_alert
from streams.codecs.books_ack import decode_books_ack
from streams.codecs.dead_letter import decode_dead_letter
from streams.codecs.delivery import decode_delivery
from streams.codecs.live_record import read_live_record
from streams.codecs.read_event import encode_read_event
from streams.codecs.vault import Vault
from streams.kafka.stage import Outgoing
from streams.ledger.live_record import LiveKind, LiveRecord
from streams.live.context import LiveContext, SealedNames
from streams.live.draft import LiveDraft
from streams.live.memory import SentReads
from streams.live.recovery import Replaying
from streams.live.state import LiveState
from streams.policy.books import Books
from streams.policy.live.delivery import Delivery
from streams.policy.live.plan import plan_of
from streams.policy.read_event import ReadEvent
from streams.settings import Settings
from streams.topics import Topics
from tests.policy.building import NOW, in_force
from tests.policy.live.sharing import an_event, live_books

VAULT = Vault(lambda month: sha256(month.encode()).digest())
SETTINGS = Settings(partitions=2, unsigned_books=True, remembered_reads=1000)
TOPICS = Topics.of(SETTINGS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """A Kafka record as the transport hands it over."""

    offset: int
    value: bytes | None
    key: bytes | None = None
    timestamp: int = 0
    headers: Sequence[tuple[str, bytes]] = ()


def some_reads(count: int, start: int = 0) -> list[ReadEvent]:
    """Return so many reads of different plates and ids."""
    events = []
    for number in range(start, start + count):
        event = an_event(read={"read_id": f"north:{number}", "plate": f"8ABC{number:03}"})
        events.append(event)
    return events


class LiveBench:
    """One partition with its books; `send` commits a batch and returns its draft."""

    def __init__(self, books: Books | None = None) -> None:
        self.books = books or live_books()
        self.now = NOW
        self.missing: frozenset[str] = frozenset()
        chain = ChainState(name="the ledger of live shares", partition=0)
        self.state = LiveState(chain=chain, sent=SentReads(SETTINGS.remembered_reads))
        self.topics: defaultdict[tuple[str, int], list[Outgoing]] = defaultdict(list)
        self.next_offset = 0

    def revise(self, change: Callable[[Books], None]) -> None:
        """Change the books."""
        change(self.books)
        self.books.revision += 1

    def pass_time(self, **spent: float) -> None:
        self.now += timedelta(**spent)

    def draft(self, *sent: ReadEvent | bytes | None) -> LiveDraft:
        """Return the draft of a batch, not committed."""
        draft = LiveDraft(self.state, self._context())
        for place, one in enumerate(sent):
            value = encode_read_event(one) if isinstance(one, ReadEvent) else one
            draft.take(Arrived(offset=self.next_offset + place, value=value))
        draft.finish()
        return draft

    def _context(self) -> LiveContext:
        return LiveContext(
            worker="worker-1",
            topics=TOPICS,
            plan=plan_of(self.books, in_force(self.books), self.now),
            now=self.now,
            sealer=VAULT.sealer(self.now, bytes),
            names=SealedNames(),
            missing=self.missing,
        )

    def commit(self, draft: LiveDraft) -> None:
        for place, rows in draft.outbox.items():
            self.topics[place].extend(rows)
        draft.apply()
        self.next_offset = self.state.chain.next_source

    def send(self, *sent: ReadEvent | bytes | None) -> LiveDraft:
        draft = self.draft(*sent)
        self.commit(draft)
        return draft

    def values(self, topic: str, partition: int = 0) -> list[bytes]:
        return [value for _, value, _ in self.topics[topic, partition] if value is not None]

    def got(self, entity_id: str) -> list[Delivery]:
        """Return what a recipient has got."""
        return [decode_delivery(value) for value in self.values(f"alpr.out.{entity_id}")]

    @property
    def ledger(self) -> list[LiveRecord]:
        """Return the chain, with each hash computed anew."""
        found = []
        for value in self.values(TOPICS.manifests.name):
            record, computed = read_live_record(value)
            assert record.hash == computed
            found.append(record)
        return found

    def manifests(self) -> list[LiveRecord]:
        return [record for record in self.ledger if record.kind is LiveKind.MANIFEST]

    @property
    def alerts(self) -> list[str]:
        return [decode_alert(value).summary for value in self.values(TOPICS.alerts.name)]

    @property
    def acks(self) -> list[tuple[str, int, int]]:
        found = map(decode_books_ack, self.values(TOPICS.books_acks.name))
        return [(ack.input, ack.partition, ack.revision) for ack in found]

    @property
    def dead_letters(self) -> list[bytes | None]:
        return [decode_dead_letter(value).value for value in self.values(TOPICS.dead_letters.name)]

    def replayed(self, start: int = 0) -> LiveState:
        """Return the state that another worker rebuilds from the end of the chain."""
        replay = Replaying(0, SETTINGS, VAULT)
        for place, value in enumerate(self.values(TOPICS.manifests.name)[start:]):
            replay.take(value, str(place))
        return replay.state


def with_budget(reads: int, period: str = "P1D") -> Books:
    """Return the books of a live share with a volume, of which each of two partitions may use half."""
    return live_books({"agreement": {"volume_budget": {"reads": reads, "period": period}}})


def renamed(event: ReadEvent, read_id: str) -> ReadEvent:
    return replace(event, read=replace(event.read, read_id=read_id))
