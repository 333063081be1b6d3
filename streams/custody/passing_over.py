"""Passing over a record among the marks that nobody can read, so that the gate decides again.

What it was is not known: whoever passes it over says that nobody needs to be held for it. So it is one record
at a time, by a person, with a reason, and on record for good.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from aiokafka.structs import TopicPartition

from streams.custody.action_log import open_actions
from streams.custody.opening import agency_name
from streams.errors import InputError
from streams.gate.unread_marks import UnreadMarks, entry_of
from streams.kafka.batch import Record
from streams.kafka.reader import PartitionReader
from streams.ledger.admin_action import AdminAct, AdminAction
from streams.policy.mark import Mark
from streams.settings import Settings
from streams.topics import Topics

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class PassingOver:
    """Who passes over the record at which offset, and why."""

    offset: int
    by: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UnreadMark:
    """A record among the marks for which the gate waits; `written_at` is as its sender told it, in UTC."""

    offset: int
    written_at: datetime
    size: int
    why: str


async def unread_marks(settings: Settings) -> tuple[UnreadMark, ...]:
    """Return the records that cannot be read and are not passed over, as any worker finds them, in order.

    Raises:
        UnavailableError: no broker answers, or there is no such topic.
    """
    found: dict[int, Record] = {}
    unread = UnreadMarks()
    place = _marks(settings)
    async with PartitionReader(settings) as reader:
        first, end = await reader.bounds(place)
        async for record in reader.read(place, first, end):
            entry = entry_of(record.value)
            if not isinstance(entry, Mark):
                unread.take(record.offset, entry)
                found[record.offset] = record
    return tuple(_unread(found[offset], why) for offset, why in sorted(unread.standing.items()))


def _unread(record: Record, why: str) -> UnreadMark:
    return UnreadMark(
        offset=record.offset,
        written_at=EPOCH + timedelta(milliseconds=record.timestamp),
        size=len(record.value or b""),
        why=why,
    )


async def pass_over(settings: Settings, passing: PassingOver, now: datetime) -> AdminAction:
    """Put on record that the record is passed over; the workers go on when they read it.

    Raises:
        InputError: no such record waits for it; who passes it over or why is blank.
        LedgerError: the chain of administrative acts does not verify.
        BooksNotCurrentError: the books hold no policy, which names the agency that passes it over.
        FencedError, UnavailableError: it could not be put on record, so nothing is passed over.
    """
    if not passing.by.strip() or not passing.reason.strip():
        raise InputError("expected who passes the record over, and why: both stay on record")
    if passing.offset not in {one.offset for one in await unread_marks(settings)}:
        raise InputError(f"no record at {passing.offset} waits for it; `alpr-gate marks list` shows which do")
    act = AdminAction(
        act=AdminAct.PASS_OVER,
        at=now,
        by=passing.by,
        organisation=await agency_name(settings),
        reason=passing.reason,
        offset=passing.offset,
        seq=0,
        prev_hash=b"",
    )
    async with open_actions(settings) as chain:
        return await chain.add(act, _marks(settings))


def _marks(settings: Settings) -> TopicPartition:
    return TopicPartition(Topics.of(settings).marks.name, 0)
