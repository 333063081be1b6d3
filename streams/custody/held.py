"""What waits for a reviewer: the open holds, each with its ledger record and what was asked before.

Nothing sealed is opened for it: whom a hold is about stands in its ledger record in the clear, as an id of
the registry, and why it is held as a reason. Who asked for which plate is for `open_hold`, on record.
"""

from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from aiokafka.structs import TopicPartition

from streams.codecs.ledger_record import decode_ledger_record
from streams.codecs.sealed_hold import decode_sealed_hold, open_hold_of
from streams.codecs.vault import Vault
from streams.custody.opening import Opened, Opening, open_decision
from streams.errors import CodecError, InputError, LedgerError
from streams.kafka.batch import Record
from streams.kafka.reader import PartitionReader
from streams.ledger.record import LedgerRecord
from streams.ledger.sealed_hold import SealedHold
from streams.policy.hold import Hold
from streams.policy.vocabulary import DecisionId, EntityId, RecordKind, Verdict
from streams.settings import Settings
from streams.topics import Topics

# How far back requests of the same recipient are counted.
EARLIER = timedelta(days=90)
_DECIDED = frozenset({RecordKind.DECISION, RecordKind.RESOLUTION})


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """One open hold, the record of the decision that holds, and what became of earlier requests.

    `earlier` are the numbers of decisions of the last 90 days for the same recipient, by verdict, but this.
    `returned` tells that a reviewer has asked the requester for more.
    """

    hold: SealedHold
    record: LedgerRecord
    earlier: Mapping[Verdict, int]
    returned: bool


@dataclass(frozen=True, slots=True)
class Queue:
    """What is to be reviewed: `held` by deadline."""

    held: tuple[Held, ...]

    def get(self, decision_id: str) -> Held:
        """Return the open hold of a decision.

        Raises:
            InputError: there is none.
        """
        found = [one for one in self.held if one.hold.decision_id == decision_id]
        if not found:
            raise InputError(f"no hold `{decision_id}` is open; `alpr-gate review list` shows all that are")
        return found[0]


async def read_queue(settings: Settings, now: datetime) -> Queue:
    """Return what is to be reviewed now.

    Raises:
        LedgerError: a hold or a record of the ledger cannot be read, or a hold has no record.
        UnavailableError: no broker answers, or no gate has begun a ledger yet.
    """
    topics = Topics.of(settings)
    async with PartitionReader(settings) as reader:
        holds = await _open_holds(reader, topics)
        oldest = min((hold.opened_at for hold in holds.values()), default=now)
        records = await _recent(reader, topics, min(now - EARLIER, oldest))
    told = _Told(holds, records)
    held = (told.held(hold) for hold in sorted(holds.values(), key=lambda one: one.deadline))
    return Queue(tuple(one for one in held if one is not None))


async def open_hold(settings: Settings, vault: Vault, opening: Opening, now: datetime) -> tuple[Opened, Hold]:
    """Return the hold with the whole request, once it is on record that it was opened.

    Raises:
        InputError: no such hold is open, its key is gone, or who opens it or why is blank.
        LedgerError: it does not open, or the chain of administrative acts does not verify.
        BooksNotCurrentError: the books hold no policy, which names the agency that opens it.
        FencedError, UnavailableError: it could not be put on record, so nothing is shown.
    """
    values = await _values(settings)
    value = values.get(opening.decision_id.encode())
    if value is None:
        raise InputError(f"no hold `{opening.decision_id}` is open")
    try:
        hold = open_hold_of(value, vault)
    except CodecError as error:
        raise LedgerError(f"hold `{opening.decision_id}`: {error}") from error
    return await open_decision(settings, vault, opening, now), hold


async def _values(settings: Settings) -> dict[bytes | None, bytes | None]:
    async with PartitionReader(settings) as reader:
        return await _latest(reader, Topics.of(settings))


async def _latest(reader: PartitionReader, topics: Topics) -> dict[bytes | None, bytes | None]:
    latest: dict[bytes | None, bytes | None] = {}
    for number in range(topics.partitions):
        partition = TopicPartition(topics.holds.name, number)
        first, end = await reader.bounds(partition)
        latest |= {record.key: record.value async for record in reader.read(partition, first, end)}
    return latest


async def _open_holds(reader: PartitionReader, topics: Topics) -> dict[DecisionId, SealedHold]:
    try:
        held = [decode_sealed_hold(value) for value in (await _latest(reader, topics)).values() if value]
    except CodecError as error:
        raise LedgerError(f"{topics.holds.name}: {error}") from error
    return {hold.decision_id: hold for hold in held}


async def _recent(reader: PartitionReader, topics: Topics, since: datetime) -> list[LedgerRecord]:
    """Return the ledger records since then; by the time in the log, which costs no decoding."""
    start_ms = since.timestamp() * 1000
    records: list[LedgerRecord] = []
    for number in range(topics.partitions):
        partition = TopicPartition(topics.decisions.name, number)
        first, end = await reader.bounds(partition)
        records += [
            _decoded(record, partition)
            async for record in reader.read(partition, first, end)
            if record.timestamp >= start_ms
        ]
    return records


def _decoded(record: Record, partition: TopicPartition) -> LedgerRecord:
    try:
        return decode_ledger_record(record.value)
    except CodecError as error:
        raise LedgerError(f"{partition.topic}[{partition.partition}]@{record.offset}: {error}") from error


class _Told:
    """What the ledger tells: the records about each open hold, and how many there are of each verdict."""

    def __init__(self, holds: Container[DecisionId], records: Iterable[LedgerRecord]) -> None:
        self.about: defaultdict[DecisionId, list[LedgerRecord]] = defaultdict(list)
        self._verdicts: defaultdict[EntityId | None, Counter[Verdict]] = defaultdict(Counter)
        for record in records:
            for decision_id in {record.decision_id, record.follows}:
                if decision_id is not None and decision_id in holds:
                    self.about[decision_id].append(record)
            if record.kind in _DECIDED:
                self._verdicts[record.entity_id][record.verdict] += 1

    def held(self, hold: SealedHold) -> Held | None:
        """Return the hold with its record; None when it was resolved between the two readings."""
        mine = self.about[hold.decision_id]
        holding = [record for record in mine if record.kind in _DECIDED]
        if not holding or holding[-1].verdict is not Verdict.HOLD:
            return None
        record = holding[-1]
        # Who is not resolved is nobody, and has asked for nothing before.
        earlier = Counter(self._verdicts[record.entity_id]) if record.entity_id is not None else Counter()
        earlier.subtract(one.verdict for one in holding if record.entity_id is not None)
        returned = any(one.kind is RecordKind.REVIEW and one.verdict is Verdict.HOLD for one in mine)
        return Held(hold=hold, record=record, earlier=earlier, returned=returned)
