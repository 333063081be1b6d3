"""One transaction on share changes: what is found about each, as alerts, and what cannot be read."""

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from aiokafka.structs import TopicPartition

from streams.chains.dead_letters import letter_of
from streams.chains.hop import Hop
from streams.codecs.alert import encode_alert
from streams.codecs.dead_letter import encode_dead_letter
from streams.codecs.share_change import decode_share_change
from streams.errors import CodecError
from streams.kafka.batch import Record
from streams.kafka.stage import Outbox, Outgoing
from streams.policy.books import BooksView
from streams.policy.digest import malformed_id
from streams.policy.drift import drift_of
from streams.policy.drift_alerts import drift_alert
from streams.policy.policy_in_force import PolicyInForce
from streams.policy.share_change import ShareChange
from streams.policy.share_memory import ShareMemory
from streams.policy.vocabulary import ReasonCode
from streams.topics import Topics


@dataclass(frozen=True, slots=True, kw_only=True)
class DriftContext:
    """What a draft is made under, fixed for its life; `now` is UTC, `pseudonym` for the readers of alerts."""

    topics: Topics
    books: BooksView
    policy: PolicyInForce
    revision: int
    now: datetime
    pseudonym: Callable[[str], str]


class DriftDraft:
    """Takes share changes on top of a memory that it does not change; see `streams.kafka.stage.Draft`."""

    def __init__(self, partition: int, memory: ShareMemory, context: DriftContext) -> None:
        self.context = context
        self.changes: list[ShareChange] = []
        self.findings: Counter[ReasonCode] = Counter()
        self.unread = 0
        self._source = TopicPartition(context.topics.share_changes.name, partition)
        self._memory = memory
        self._since = ShareMemory()
        self._outbox: defaultdict[tuple[str, int], list[Outgoing]]
        self._outbox = defaultdict(list)

    @property
    def outbox(self) -> Outbox:
        """Return all that the transaction writes."""
        return self._outbox

    @property
    def metadata(self) -> str:
        """Return the note to commit beside the offset: under which revision of the books."""
        return str(self.context.revision)

    def take(self, record: Record) -> None:
        """Set one change against the books, or keep what is none."""
        try:
            change = decode_share_change(record.value)
        except CodecError as error:
            self._put_aside(record, str(error))
            return
        context = self.context
        self._since.recall(change, self._memory)
        opened = self._since.apply(change)
        hop = self._hop(record)
        found = drift_of(opened, context.books, context.policy, context.now)
        for nth, finding in enumerate(found, start=1):
            alert = drift_alert(finding, change, context.now, context.pseudonym)
            row = (alert.alert_id.encode(), encode_alert(alert), hop.headers("Alert", nth))
            self._put(context.topics.alerts.name, row)
            self.findings[finding.reason.code] += 1
        self.changes.append(change)

    def refuse(self, record: Record, cause: str) -> None:
        """Keep a change of which no transaction can hold what follows."""
        self._put_aside(record, cause)

    def bury(self, record: Record, cause: str) -> None:
        """Make a dead letter of the record, whatever it is."""
        self._put_aside(record, cause)

    def finish(self) -> None:
        """Nothing is due here without input."""

    def _put_aside(self, record: Record, cause: str) -> None:
        source = self._source
        letter_id = malformed_id(source.topic, source.partition, record.offset)
        letter = letter_of(record, source, letter_id, cause, self.context.now)
        headers = self._hop(record).headers("DeadLetter", 1)
        row = (letter_id.encode(), encode_dead_letter(letter), headers)
        self._put(self.context.topics.dead_letters.name, row)
        self.unread += 1

    def _hop(self, record: Record) -> Hop:
        """Return the hop of what follows from a change: it has no chain, so it is named after its input."""
        source, now = self._source, self.context.now
        place = (source.partition, record.offset)
        return Hop(source.topic, now, place, f"{source.topic}/{place[0]}/{place[1]}", record.headers)

    def _put(self, topic: str, row: Outgoing) -> None:
        self._outbox[topic, self._source.partition].append(row)
