"""The whole ledger of live shares checked against itself, its input and what went out.

As with the ledger of decisions (`streams.gate.audit`) the committed positions are read first, then what came
in and went out, then the chains: whatever went out by then must stand in what is read after it.
"""

import asyncio
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta

from aiokafka.structs import TopicPartition

from streams.books.loader import read_books
from streams.books.undelivered import stopped
from streams.chains.note import Note
from streams.chains.recovery import SETTLING_SECONDS
from streams.codecs.delivery import decode_delivery, is_delivery
from streams.codecs.live_record import decode_live_record, read_live_record
from streams.errors import CodecError
from streams.kafka.admin import topic_names
from streams.kafka.reader import PartitionReader, committed_of
from streams.kafka.stage import Committed
from streams.ledger.flaws import Flaw, Problem
from streams.ledger.links import LinksReport, verify_links
from streams.ledger.live_reconcile import Deliveries, LiveFinding, LiveKept, reconcile_live
from streams.ledger.live_record import LiveRecord
from streams.policy.vocabulary import EntityId
from streams.settings import Settings
from streams.topics import Topics

_NOBODY = EntityId("")


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveAudit:
    """What was found: a report on each chain, and every difference to what came in and went out.

    `inputs` and `deliveries` count what was compared, so that an empty result is seen to be empty because
    nothing is wrong.
    """

    chains: tuple[LinksReport, ...]
    findings: tuple[LiveFinding, ...]
    inputs: int
    deliveries: int

    @property
    def sound(self) -> bool:
        """Tell whether nothing at all is wrong."""
        return not self.findings and all(chain.problem is None for chain in self.chains)


async def audit_live(settings: Settings, now: datetime) -> LiveAudit:
    """Read everything that is committed, and check it; what looks wrong is looked at twice.

    Raises:
        LedgerError: the committed offset carries no chain position.
        UnavailableError: no broker answers.
    """
    found = await _audit_once(settings, now)
    if not found.sound:
        await asyncio.sleep(SETTLING_SECONDS)
        found = await _audit_once(settings, now)
    return found


async def _audit_once(settings: Settings, now: datetime) -> LiveAudit:
    topics = Topics.of(settings)
    outputs = await _outputs(settings, topics)
    sources = [TopicPartition(topics.reads.name, number) for number in range(topics.partitions)]
    committed = {source: await committed_of(settings, source) for source in sources}
    withdrawn = stopped(await read_books(settings), now)
    async with PartitionReader(settings) as reader:
        inputs = {one.partition: await _offsets(reader, one, committed[one]) for one in sources}
        deliveries = await _deliveries(reader, topics, outputs)
        chains = [await _chain(reader, topics, one, committed[one]) for one in sources]
    # What was committed while this ran may or may not have been read: its batches are left out of both.
    later = {record.batch_id for _, settled, records in chains for record in records[settled:]}
    kept = LiveKept(
        deliveries={place: values for place, values in deliveries.items() if place[1] not in later},
        since=now - timedelta(milliseconds=topics.out(_NOBODY).retention_ms),
        withdrawn=withdrawn,
        inputs=inputs,
    )
    said = (record for _, settled, records in chains for record in records[:settled])
    return LiveAudit(
        chains=tuple(report for report, _, _ in chains),
        findings=reconcile_live(said, kept),
        inputs=sum(map(len, inputs.values())),
        deliveries=sum(map(len, kept.deliveries.values())),
    )


async def _outputs(settings: Settings, topics: Topics) -> list[TopicPartition]:
    prefix = topics.out(_NOBODY).name
    names = await topic_names(settings.bootstrap_servers)
    return [TopicPartition(name, 0) for name in sorted(names) if name.startswith(prefix)]


async def _offsets(reader: PartitionReader, source: TopicPartition, committed: Committed | None) -> list[int]:
    """Return the offsets that are still there and that are committed."""
    if committed is None:
        return []
    first, _ = await reader.bounds(source)
    return [record.offset async for record in reader.read(source, first, committed.offset)]


async def _deliveries(reader: PartitionReader, topics: Topics, outputs: list[TopicPartition]) -> Deliveries:
    found: defaultdict[tuple[EntityId, str], list[bytes]] = defaultdict(list)
    for output in outputs:
        entity_id = EntityId(output.topic.removeprefix(topics.out(_NOBODY).name))
        first, end = await reader.bounds(output)
        async for record in reader.read(output, first, end):
            if record.value is not None and is_delivery(record.value):
                found[entity_id, _batch_of(record.value)].append(record.value)
    return found


def _batch_of(value: bytes) -> str:
    """Return the batch that a delivery names; one that cannot be read is of none, and so of no manifest."""
    try:
        return decode_delivery(value).batch_id
    except CodecError:
        return ""


async def _chain(
    reader: PartitionReader, topics: Topics, source: TopicPartition, committed: Committed | None
) -> tuple[LinksReport, int, list[LiveRecord]]:
    """Return the report on a chain, how many of its records were committed at first, and the good ones."""
    ledger = TopicPartition(topics.manifests.name, source.partition)
    first, end = await reader.bounds(ledger)
    values = [record.value async for record in reader.read(ledger, first, end)]
    report = verify_links(values, read_live_record)
    good = [decode_live_record(value) for value in values[: report.count]]
    if committed is None:
        return report, 0, good
    note = Note.read(committed.metadata)
    # The consumer group's offsets are another topic, so the hash in the note is a witness from outside.
    fits = note.seq < len(good) and (note.seq < 0 or good[note.seq].hash == note.hash)
    if report.problem is None and not fits:
        flaw = Flaw.TRUNCATED if note.seq >= len(good) else Flaw.WITNESS_DISAGREES
        problem = Problem(position=min(note.seq, len(good)), flaw=flaw)
        report = LinksReport(count=report.count, head_hash=report.head_hash, problem=problem)
    return report, note.seq + 1, good
