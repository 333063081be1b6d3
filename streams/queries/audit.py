"""The access records of searches checked: against themselves, the committed positions, and what came in.

A worker may run meanwhile. So the positions are read first, then the searches up to them, then the chains:
each of those searches must have its record by then, and no record may stand twice or go on after what was
committed. What retention has deleted of the searches is asked for no more; their records stay.
"""

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from aiokafka.structs import TopicPartition

from streams.chains.note import Note
from streams.chains.recovery import SETTLING_SECONDS
from streams.codecs.query_access import decode_query_access, read_access
from streams.codecs.query_event import digest_in
from streams.errors import InputError
from streams.kafka.admin import topic_names
from streams.kafka.reader import PartitionReader, committed_of
from streams.kafka.stage import Committed
from streams.ledger.links import verify_links
from streams.ledger.query_access import QueryAccess
from streams.settings import Settings
from streams.topics import Topics


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessChain:
    """One partition: its good records, the hash of the last, the inputs compared, and what is wrong."""

    partition: int
    count: int
    head_hash: bytes
    inputs: int
    problems: tuple[str, ...]


async def are_recorded(settings: Settings) -> bool:
    """Tell whether a gate that records searches has run on this Kafka.

    Raises:
        UnavailableError: no broker answers.
    """
    return Topics.of(settings).queries_access.name in await topic_names(settings.bootstrap_servers)


async def audit_queries(settings: Settings) -> tuple[AccessChain, ...]:
    """Return what was found in each partition; what looks wrong is looked at twice.

    Raises:
        InputError: there are no access records on this Kafka.
        LedgerError: the committed offset carries no chain position.
        UnavailableError: no broker answers.
    """
    if not await are_recorded(settings):
        name = Topics.of(settings).queries_access.name
        raise InputError(f"there is no topic `{name}`: has a gate run on this Kafka yet?")
    found = await _audit_once(settings)
    if any(chain.problems for chain in found):
        await asyncio.sleep(SETTLING_SECONDS)
        found = await _audit_once(settings)
    return found


async def _audit_once(settings: Settings) -> tuple[AccessChain, ...]:
    topics = Topics.of(settings)
    sources = [TopicPartition(topics.queries.name, number) for number in range(topics.partitions)]
    # The order of the next steps is the proof; see the top of this module.
    committed = {source: await committed_of(settings, source) for source in sources}
    async with PartitionReader(settings) as reader:
        return tuple([await _chain(reader, settings, source, committed[source]) for source in sources])


async def _chain(
    reader: PartitionReader, settings: Settings, source: TopicPartition, committed: Committed | None
) -> AccessChain:
    inputs = await _inputs(reader, source, committed)
    ledger = TopicPartition(Topics.of(settings).queries_access.name, source.partition)
    first, end = await reader.bounds(ledger)
    values = [record.value async for record in reader.read(ledger, first, end)]
    report = verify_links(values, read_access)
    good = [decode_query_access(value) for value in values[: report.count]]
    problems = [*_of_head(good, committed), *_of_inputs(good, inputs)]
    # Asked again, after the reading: records that a running worker added meanwhile are committed by now.
    problems += _uncommitted(good, await committed_of(settings, source))
    if report.problem is not None:
        problems.insert(0, str(report.problem))
    return AccessChain(
        partition=source.partition,
        count=report.count,
        head_hash=report.head_hash,
        inputs=len(inputs),
        problems=tuple(problems),
    )


async def _inputs(
    reader: PartitionReader, source: TopicPartition, committed: Committed | None
) -> dict[int, str | None]:
    """Return the digests of the searches that are still there and committed; None for what is none."""
    if committed is None:
        return {}
    first, _ = await reader.bounds(source)
    return {
        record.offset: digest_in(record.value)
        async for record in reader.read(source, first, committed.offset)
    }


def _of_inputs(good: list[QueryAccess], inputs: Mapping[int, str | None]) -> Iterator[str]:
    """Yield what of the chain does not fit what came in."""
    recorded = {record.source_offset: record.query_digest for record in good}
    if len(recorded) < len(good):
        yield f"{len(good) - len(recorded)} records are about an input that has a record already"
    missing = sorted(inputs.keys() - recorded.keys())
    if missing:
        yield f"{len(missing)} searches have no record, the first at offset {missing[0]}"
    other = sorted(offset for offset, digest in inputs.items() if recorded.get(offset, digest) != digest)
    if other:
        yield f"{len(other)} records are of another search than came in, the first at offset {other[0]}"


def _of_head(good: list[QueryAccess], committed: Committed | None) -> Iterator[str]:
    """Yield what of the chain does not fit the position that was committed beside it."""
    if committed is None:
        return
    note = Note.read(committed.metadata)
    if note.seq >= len(good):
        yield f"the chain ends at position {len(good) - 1}, but position {note.seq} was committed"
    elif note.seq >= 0 and good[note.seq].hash != note.hash:
        yield f"position {note.seq} is not the record that was committed"


def _uncommitted(good: list[QueryAccess], committed: Committed | None) -> Iterator[str]:
    """Yield that the chain goes on after what was committed: whoever can write there can add what fits."""
    last = -1 if committed is None else Note.read(committed.metadata).seq
    if len(good) - 1 > last:
        yield f"position {last + 1} fits, but nothing was committed with it"
