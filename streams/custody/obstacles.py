"""What speaks against shredding a month: each obstacle in one clause, all of them, and none when it may go.

Fail closed: what cannot be read or compared is an obstacle, for what is shredded never comes back.
"""

from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from aiokafka.structs import TopicPartition

from streams.codecs.dead_letter import decode_dead_letter
from streams.codecs.delivery import is_delivery
from streams.codecs.disclosure_order import decode_disclosure_order
from streams.codecs.release import decode_release
from streams.codecs.sealed_hold import decode_sealed_hold
from streams.custody.records import ledger_records
from streams.custody.searches import search_records
from streams.gate.audit import audit
from streams.gate.outputs import output_partitions
from streams.kafka.reader import PartitionReader
from streams.ledger.dead_letter import DeadLetter
from streams.ledger.query_access import QueryAccess
from streams.ledger.record import LedgerRecord
from streams.ledger.sealed import MonthKey, month_of
from streams.policy.books import Books
from streams.policy.disclosure import DisclosureOrder
from streams.policy.durations import require_duration
from streams.policy.policy_in_force import AGENCY_ZONE
from streams.policy.release import Release
from streams.policy.vocabulary import DecisionId
from streams.queries.audit import are_recorded, audit_queries
from streams.settings import Settings
from streams.topics import Topics

# Access records are never kept for less, whatever the policy says of reads: an audit looks back for years
# (State Auditor 2019-118), and Special Order 31 keeps reads for five.
LEAST_RETENTION = require_duration("P5Y", "least retention")
_Copy = DeadLetter | DisclosureOrder | Release


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What the question is asked on: the key that would go, the books, the instant."""

    key: MonthKey
    books: Books
    now: datetime


async def obstacles(settings: Settings, ground: Ground) -> tuple[str, ...]:
    """Return every obstacle to destroying the key; the ledger is read only when retention has ended.

    Raises:
        LedgerError: the ledger cannot be read.
        UnavailableError: no broker answers.
    """
    early = tuple(_too_early(ground))
    if early:
        return early
    month = ground.key.month
    records = [record async for record in ledger_records(settings) if month_of(record.decided_at) == month]
    searches = [one async for one in search_records(settings) if month_of(one.recorded_at) == month]
    ids = frozenset((*(record.decision_id for record in records), *(one.access_id for one in searches)))
    async with PartitionReader(settings) as reader:
        inputs = [found async for found in _inputs(reader, settings, records, searches)]
        copies = [found async for found in _copies(reader, settings, ids)]
        copies += [found async for found in _live_copies(reader, settings, _end(month))]
        holds = [found async for found in _open_holds(reader, settings, ground.key.key_id)]
    broken = [
        f"partition {chain.partition}: {chain.problem}"
        for chain in (await audit(settings, ground.now)).chains
        if chain.problem is not None
    ]
    broken += [
        f"access records of searches, partition {chain.partition}: {problem}"
        for chain in (await audit_queries(settings) if await are_recorded(settings) else ())
        for problem in chain.problems
    ]
    return (*evidence_obstacles(ground), *broken, *_in_plain(records), *inputs, *copies, *holds)


def _too_early(ground: Ground) -> Iterator[str]:
    end = _end(ground.key.month)
    policy = ground.books.policy()
    # Without a policy nobody knows how long is retained.
    retention = (LEAST_RETENTION,) if policy is None else (LEAST_RETENTION, policy.retained_for)
    until = max(duration.after(end, AGENCY_ZONE) for duration in retention)
    if policy is None or ground.now < until:
        yield f"its records are retained until {until.isoformat()}"


def _end(month: str) -> datetime:
    year, number = map(int, month.split("-"))
    return datetime(year + number // 12, number % 12 + 1, 1, tzinfo=UTC)


def evidence_obstacles(ground: Ground) -> tuple[str, ...]:
    """Name each evidence hold that may be about what was asked for in that month.

    A record names plates, ids of reads or a window, and a hold names plates or ids: that they differ proves
    nothing, since a read has both. Only time does: what a hold names was captured from its start on, and
    whoever asked for it asked later.
    """
    end = _end(ground.key.month)
    return (
        *(
            f"the evidence hold `{hold_id}` cannot be read, so it may be about anything"
            for hold_id in sorted(ground.books.unreadable_evidence_holds())
        ),
        *(
            f"the evidence hold `{hold.hold_id}` is about reads from before the end of that month"
            for hold in ground.books.evidence_holds()
            if hold.window_from < end
        ),
    )


def _in_plain(records: list[LedgerRecord]) -> Iterator[str]:
    plain = [record for record in records if record.access is not None]
    if plain:
        yield f"{len(plain)} ledger records are not sealed, the first is `{plain[0].decision_id}`"


async def _inputs(
    reader: PartitionReader, settings: Settings, records: list[LedgerRecord], searches: list[QueryAccess]
) -> AsyncIterator[str]:
    """Name the partitions that still hold what was asked for or searched in that month."""
    topics = Topics.of(settings)
    for number in range(topics.partitions):
        first, _ = await reader.bounds(TopicPartition(topics.requests.name, number))
        last = max((_input_of(record, number) for record in records), default=-1)
        if first <= last:
            yield f"{topics.requests.name}[{number}] still holds requests of that month at offset {first}"
        searched = [one.source_offset for one in searches if one.partition == number]
        # Asked only where something was searched: a gate of a version without searches has no such topic.
        if searched:
            first, _ = await reader.bounds(TopicPartition(topics.queries.name, number))
            if first <= max(searched):
                yield f"{topics.queries.name}[{number}] still holds searches of that month at offset {first}"


async def _copies(
    reader: PartitionReader, settings: Settings, ids: frozenset[DecisionId]
) -> AsyncIterator[str]:
    """Name the topics that still hold what was released or set aside under one of those ids."""
    topics = Topics.of(settings)
    for partition in await _partitions(settings, topics):
        read = _reader_of(partition.topic, topics)
        first, end = await reader.bounds(partition)
        copies = [
            record.offset
            async for record in reader.read(partition, first, end)
            if not is_delivery(record.value) and read(record.value).decision_id in ids
        ]
        if copies:
            yield f"a plain copy is left in {partition.topic}[{partition.partition}] at offset {copies[0]}"


async def _live_copies(reader: PartitionReader, settings: Settings, end: datetime) -> AsyncIterator[str]:
    """Name the topics that still hold reads from before that instant, as they came or as they went on."""
    topics = Topics.of(settings)
    reads = [TopicPartition(topics.reads.name, number) for number in range(topics.partitions)]
    for partition in (*reads, *await output_partitions(settings, topics)):
        first, last = await reader.bounds(partition)
        async for record in reader.read(partition, first, last):
            is_old = record.timestamp < end.timestamp() * 1000
            if is_old and (partition in reads or is_delivery(record.value)):
                yield f"{partition.topic}[{partition.partition}] still holds reads at offset {record.offset}"
                break


def _reader_of(topic: str, topics: Topics) -> Callable[[bytes | None], _Copy]:
    if topic == topics.dead_letters.name:
        return decode_dead_letter
    return decode_disclosure_order if topic == topics.disclosures.name else decode_release


def _input_of(record: LedgerRecord, partition: int) -> int:
    """Return the offset of the input of a record, or -1 when it had none in that partition."""
    if record.source_partition != partition or record.source_offset is None:
        return -1
    return record.source_offset


async def _partitions(settings: Settings, topics: Topics) -> list[TopicPartition]:
    """Return the partitions with releases, orders to disclose and dead letters."""
    out = await output_partitions(settings, topics)
    letters = topics.dead_letters
    return out + [TopicPartition(letters.name, number) for number in range(letters.partitions)]


async def _open_holds(reader: PartitionReader, settings: Settings, key_id: str) -> AsyncIterator[str]:
    """Name the partitions with a hold that is open and was sealed with the key: its gate could not start."""
    topics = Topics.of(settings)
    for number in range(topics.partitions):
        partition = TopicPartition(topics.holds.name, number)
        first, end = await reader.bounds(partition)
        latest = {record.key: record.value async for record in reader.read(partition, first, end)}
        held = [value for value in latest.values() if value is not None]
        if any(decode_sealed_hold(value).sealed.key_id == key_id for value in held):
            yield f"{partition.topic}[{number}] has an open hold of that month"
