"""The whole ledger checked against itself, the committed offsets, what came in and what went out.

A gate may run meanwhile. So the committed positions are read first, then what came in and went out, then the
ledger: every record up to a committed position must have its input and its forward by then, and every
forward read must have its record in the ledger read after it.

It shows that the access records of Civ. Code 1798.90.52 are complete: each release has its record, and each
record that says forward has its release. It reads whole topics, keeps the ledger in memory and changes
nothing. It cannot see what brokers have deleted by age, nor a chain and a position that were both forged.
"""

import asyncio
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from aiokafka.structs import TopicPartition

from streams.books.loader import read_books
from streams.books.undelivered import stopped
from streams.chains.note import Note
from streams.chains.recovery import SETTLING_SECONDS
from streams.codecs.disclosure_note import decode_disclosure_note, is_disclosure_note
from streams.codecs.ledger_record import decode_ledger_record, read_link
from streams.codecs.request import decode_request
from streams.codecs.review_note import decode_review_note, is_review_note
from streams.codecs.withdrawal import decode_withdrawal, is_withdrawal
from streams.errors import CodecError
from streams.gate.outputs import output_partitions, read_outputs
from streams.gate.topic_names import NOBODY
from streams.kafka.reader import PartitionReader, committed_of
from streams.kafka.stage import Committed
from streams.ledger.disclosure_note import disclosure_digest
from streams.ledger.flaws import Flaw, Problem
from streams.ledger.reconcile import Finding, Forward, Kept, Place, reconcile
from streams.ledger.record import LedgerRecord
from streams.ledger.review_note import review_digest
from streams.ledger.verify import ChainReport, verify
from streams.policy.digest import content_digest
from streams.policy.withdrawals import withdrawal_digest
from streams.settings import Settings
from streams.topics import Topics


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """What was found: a report on each chain, and every difference to what came in and went out.

    `inputs` and `forwards` count the records that were compared, so that an empty result is seen to be empty
    because nothing is wrong and not because nothing was there.
    """

    chains: tuple[ChainReport, ...]
    findings: tuple[Finding, ...]
    inputs: int
    forwards: int

    @property
    def sound(self) -> bool:
        """Tell whether nothing at all is wrong."""
        return not self.findings and all(chain.problem is None for chain in self.chains)


@dataclass(frozen=True, slots=True)
class _Chain:
    """One partition's ledger: its good records, parted by the position that was committed at the start.

    Those in `settled` must have their input and their forward. Those in `later` were written while the audit
    ran; their forwards may or may not have been read, so they are left out of both sides.
    """

    report: ChainReport
    settled: tuple[LedgerRecord, ...]
    later: tuple[LedgerRecord, ...]


async def audit(settings: Settings, now: datetime) -> Audit:
    """Read everything that is committed, and check it; what looks wrong is looked at twice.

    Kafka says that a transaction is committed before its end is visible in every partition, so for a moment
    a committed position can be ahead of what can be read.

    `now` says how far back forwards may still be asked for: recipients' topics keep them for 7 days.

    Raises:
        InputError: there is no ledger on this Kafka.
        LedgerError: the committed offset carries no chain position.
        UnavailableError: no broker answers.
    """
    found = await _audit_once(settings, now)
    if not found.sound:
        await asyncio.sleep(SETTLING_SECONDS)
        found = await _audit_once(settings, now)
    return found


async def _audit_once(settings: Settings, now: datetime) -> Audit:
    topics = Topics.of(settings)
    outputs = await output_partitions(settings, topics)
    sources = [TopicPartition(topics.requests.name, number) for number in range(topics.partitions)]
    # The order of the next steps is the proof; see the top of this module. Read the ledger first, and each
    # transaction that ends meanwhile would look like a forward without a record.
    committed = {source: await committed_of(settings, source) for source in sources}
    withdrawn = stopped(await read_books(settings), now)
    async with PartitionReader(settings) as reader:
        digests = {
            (source.partition, offset): digest
            for source in sources
            for offset, digest in (await _inputs(reader, source, committed[source])).items()
        }
        forwards, strays = await read_outputs(reader, topics, outputs)
        chains = [await _chain(reader, settings, source, committed[source]) for source in sources]
    kept = Kept(
        inputs=_by_partition(digests),
        digests=digests,
        strays=strays,
        forwards=_without_later(forwards, chains),
        forwards_since=now - timedelta(milliseconds=topics.out(NOBODY).retention_ms),
        withdrawn=withdrawn,
    )
    return Audit(
        chains=tuple(chain.report for chain in chains),
        findings=reconcile(_settled(chains), kept),
        inputs=len(digests),
        forwards=len(forwards),
    )


def _settled(chains: list[_Chain]) -> Iterator[LedgerRecord]:
    return (record for chain in chains for record in chain.settled)


def _without_later(forwards: list[Forward], chains: list[_Chain]) -> list[Forward]:
    """Leave out the forwards of decisions that were committed after the positions were read."""
    # By decision: a forward carries no position in the chain that would tell when it was written.
    later = {record.decision_id for chain in chains for record in chain.later}
    return [forward for forward in forwards if forward.decision_id not in later]


async def _inputs(
    reader: PartitionReader, source: TopicPartition, committed: Committed | None
) -> dict[int, frozenset[str]]:
    """Return the requests that are still there and that the gate has committed, by offset, as digests."""
    if committed is None:
        return {}
    first, _ = await reader.bounds(source)
    return {
        record.offset: _digests_of(record.value)
        async for record in reader.read(source, first, committed.offset)
    }


def _digests_of(value: bytes | None) -> frozenset[str]:
    """Return the digests that a record of the input may carry; none for what is no request.

    With the sender that it names, and without: only the keys tell whether its seal holds, and an auditor has
    none.
    """
    try:
        if is_review_note(value):
            return frozenset({review_digest(decode_review_note(value))})
        if is_disclosure_note(value):
            return frozenset({disclosure_digest(decode_disclosure_note(value))})
        if is_withdrawal(value):
            return frozenset({withdrawal_digest(decode_withdrawal(value))})
        request = decode_request(value)
    except CodecError:
        return frozenset()
    return frozenset({content_digest(request), content_digest(request.unauthenticated())})


def _by_partition(places: Iterable[Place]) -> dict[int, list[int]]:
    offsets: dict[int, list[int]] = {}
    for partition, offset in places:
        offsets.setdefault(partition, []).append(offset)
    return offsets


async def _chain(
    reader: PartitionReader, settings: Settings, source: TopicPartition, committed: Committed | None
) -> _Chain:
    ledger = TopicPartition(Topics.of(settings).decisions.name, source.partition)
    note = None if committed is None else Note.read(committed.metadata)
    # The consumer group's offsets are another topic, so the hash in the note is a witness from outside.
    first, end = await reader.bounds(ledger)
    values = [record.value async for record in reader.read(ledger, first, end)]
    witnesses = {} if note is None or note.seq < 0 else {note.seq: note.hash}
    report = verify(values, read_link, partition=ledger.partition, witnesses=witnesses)
    # Asked again, after the reading: records that a running gate added meanwhile are committed by now.
    report = _within(report, await committed_of(settings, source))
    good = [decode_ledger_record(value) for value in values[: report.count]]
    settled = 0 if note is None else note.seq + 1
    return _Chain(report=report, settled=tuple(good[:settled]), later=tuple(good[settled:]))


def _within(report: ChainReport, committed: Committed | None) -> ChainReport:
    """Return the report, with a problem where a chain goes on after what was committed once it was read.

    Record and position are committed together. Whoever can write to the ledger can add a record that fits.
    """
    if committed is None or report.problem is not None:
        return report
    last = Note.read(committed.metadata).seq
    if report.head_seq <= last:
        return report
    return replace(report, problem=Problem(position=last + 1, flaw=Flaw.UNCOMMITTED))
