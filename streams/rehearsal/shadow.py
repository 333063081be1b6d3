"""A second policy beside the live gate: it decides what the gate decides, and only counts where they differ.

It follows the ledger, so each request is judged once the gate has decided it, at the same instant and with
what the gate found of its seal. It has no consumer group and writes nothing, so the gate cannot tell that it
is there. What the gate found by its memory or its topics a shadow cannot find, so that is left out.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass

from aiokafka.structs import TopicPartition

from streams.books.loader import read_index, wait_readable
from streams.clock import Clock
from streams.codecs.ledger_record import decode_ledger_record
from streams.codecs.request import decode_request
from streams.errors import CodecError, LedgerError
from streams.kafka.reader import PartitionReader
from streams.ledger.record import LedgerRecord
from streams.policy.comparison import Compared, Outcome, Side, outcome_of
from streams.policy.decide import judged
from streams.policy.request import SharingRequest
from streams.policy.vocabulary import ReasonCode, RecordKind
from streams.rehearsal.amendment import Amendment, sides_of
from streams.rehearsal.tally import Tally
from streams.settings import Settings
from streams.topics import Topics

# Offsets of one partition that are judged before the next one has its turn.
MOST = 2_000
LOOK_SECONDS = 0.2
# Found where there is state, and so by the gate alone.
OF_STATE = frozenset(
    {ReasonCode.FOLLOWS_HELD_REQUEST, ReasonCode.RECIPIENT_UNAVAILABLE, ReasonCode.EXIGENT_WAITS}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Disagreement:
    """One decision of the gate that the shadow would have made otherwise."""

    record: LedgerRecord
    request: SharingRequest
    compared: Compared


class Shadow:
    """Judges by the books in force with an amendment on top, as they are when it judges."""

    def __init__(self, settings: Settings, amendment: Amendment, clock: Clock) -> None:
        self.tally = Tally()
        self._settings = settings
        self._amendment = amendment
        self._clock = clock
        self._revision = -1
        self._side: Side | None = None

    async def side(self, revision: int) -> Side:
        """Return the amended side, with all that the books have at that revision.

        Raises:
            InputError: the amendment cannot be applied to the books any more.
            UnavailableError: no broker answers.
        """
        if self._side is None or self._revision < revision:
            if self._side is not None:
                await wait_readable(self._settings, revision)
            index = await read_index(self._settings)
            _, self._side = sides_of(index, self._amendment, self._clock.now())
            self._revision = index.revision
        return self._side

    async def judge(self, record: LedgerRecord, request: SharingRequest) -> Disagreement | None:
        """Count one decision, and return it if the shadow's is another."""
        side = await self.side(record.books_revision)
        codes = {reason.code for reason in record.reasons}
        if ReasonCode.REQUESTER_NOT_AUTHENTICATED in codes:
            request = request.unauthenticated()
        if not OF_STATE.isdisjoint(codes):
            self.tally.left_out[record.kind] += 1
            return None
        judgement, entity_id = judged(request, side.books, side.policy, record.decided_at)
        live = Outcome(record.verdict, record.leading_reason)
        compared = Compared(live, outcome_of(judgement), entity_id or record.entity_id)
        self.tally.note(request, record.decided_at, compared)
        if not compared.is_change:
            return None
        return Disagreement(record=record, request=request, compared=compared)


async def watch(
    shadow: Shadow, settings: Settings, told: Callable[[Disagreement], None], *, begin: str, end: str
) -> None:
    """Follow the ledger and tell each disagreement; `begin` and `end` are those of `tail_topic`.

    Raises:
        InputError: the amendment cannot be applied to the books.
        LedgerError: a record of the ledger cannot be read.
        UnavailableError: no broker answers.
    """
    await shadow.side(0)  # what cannot be tried is told at once, and not with the first decision
    topic = Topics.of(settings).decisions.name
    async with PartitionReader(settings) as ledger, PartitionReader(settings) as requests:
        partitions = [TopicPartition(topic, number) for number in range(settings.partitions)]
        bounds = {each: await ledger.bounds(each) for each in partitions}
        at = {each: bounds[each][0 if begin == "first" else 1] for each in partitions}
        while True:
            ends = {
                each: bounds[each][1] if end == "now" else await _end(ledger, each) for each in partitions
            }
            behind = [each for each in partitions if at[each] < ends[each]]
            if not behind and end == "now":
                return
            if not behind:
                await asyncio.sleep(LOOK_SECONDS)
            for each in behind:
                upto = min(ends[each], at[each] + MOST)
                records = [
                    record async for record in _decisions(ledger, each, (at[each], upto), shadow.tally)
                ]
                for disagreement in await _judged(shadow, requests, settings, records):
                    told(disagreement)
                at[each] = upto


async def _end(reader: PartitionReader, partition: TopicPartition) -> int:
    return (await reader.bounds(partition))[1]


async def _decisions(
    reader: PartitionReader, partition: TopicPartition, bounds: tuple[int, int], tally: Tally
) -> AsyncGenerator[LedgerRecord, None]:
    """Yield the decisions of a stretch of the ledger, and count what is none."""
    async with aclosing(reader.read(partition, *bounds)) as records:
        async for record in records:
            try:
                entry = decode_ledger_record(record.value)
            except CodecError as error:
                raise LedgerError(f"a record of the ledger at {record.offset}: {error}") from error
            if entry.kind is RecordKind.DECISION:
                yield entry
            elif entry.kind is not RecordKind.GENESIS:
                tally.left_out[entry.kind] += 1


async def _judged(
    shadow: Shadow, reader: PartitionReader, settings: Settings, records: list[LedgerRecord]
) -> list[Disagreement]:
    """Return what the shadow decides otherwise of the decisions of one partition, in their order."""
    by_offset = {one.source_offset: one for one in records if one.source_offset is not None}
    if not by_offset:
        return []
    source = TopicPartition(Topics.of(settings).requests.name, records[0].source_partition)
    # Requests are deleted by age long before the ledger is; those that are gone cannot be judged.
    first, _ = await reader.bounds(source)
    start = max(first, min(by_offset))
    shadow.tally.unreadable += [(offset, "it was deleted by age") for offset in by_offset if offset < start]
    async with aclosing(reader.read(source, start, max(start, max(by_offset) + 1))) as requests:
        found = [
            await shadow.judge(by_offset[raw.offset], decode_request(raw.value))
            async for raw in requests
            if raw.offset in by_offset
        ]
    return [each for each in found if each is not None]
