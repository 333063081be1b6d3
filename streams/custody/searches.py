"""Access records of searches, found by their id, and opened: on record first, then to be seen."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime

from aiokafka.structs import TopicPartition

from streams.codecs.query_access import decode_query_access, open_query
from streams.codecs.vault import Vault
from streams.custody.opening import Opening, agency_name, put_on_record, require_who_and_why
from streams.errors import CodecError, InputError, LedgerError
from streams.kafka.reader import PartitionReader
from streams.ledger.admin_action import AdminAction
from streams.ledger.query_access import QueryAccess
from streams.policy.query_event import QueryEvent
from streams.queries.audit import are_recorded
from streams.settings import Settings
from streams.topics import Topics


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedSearch:
    """An access record of a search, what it held sealed, and the act that opened it."""

    record: QueryAccess
    event: QueryEvent
    act: AdminAction


async def open_search(settings: Settings, vault: Vault, opening: Opening, now: datetime) -> OpenedSearch:
    """Return what was told of a search, once it is on record that it was opened.

    Raises:
        InputError: there is no such access record, or its key is gone; who opens it or why is blank.
        LedgerError: the record does not open, or the chain of administrative acts does not verify.
        BooksNotCurrentError: the books hold no policy, which names the agency that opens it.
        FencedError, UnavailableError: it could not be put on record, so nothing is shown.
    """
    require_who_and_why(opening)
    organisation = await agency_name(settings)
    record = await _found(settings, opening.decision_id)
    # Before it goes on record that it was opened: what does not open was not seen by anybody.
    event = open_query(record, vault)
    act = await put_on_record(settings, opening, record.access_id, organisation, now)
    return OpenedSearch(record=record, event=event, act=act)


async def _found(settings: Settings, access_id: str) -> QueryAccess:
    async with aclosing(search_records(settings, containing=access_id.encode())) as records:
        async for record in records:
            if record.access_id == access_id and record.sealed_query is not None:
                return record
    raise InputError(f"there is no access record of a search `{access_id}`")


async def search_records(settings: Settings, containing: bytes = b"") -> AsyncGenerator[QueryAccess, None]:
    """Yield the records of all partitions whose bytes contain the given ones.

    Raises:
        LedgerError: one of them cannot be read.
        UnavailableError: no broker answers.
    """
    # A gate of a version without searches has not made their topic.
    if not await are_recorded(settings):
        return
    topics = Topics.of(settings)
    async with PartitionReader(settings) as reader:
        for number in range(topics.partitions):
            partition = TopicPartition(topics.queries_access.name, number)
            first, end = await reader.bounds(partition)
            async for record in reader.read(partition, first, end):
                # Bytes first: decoding each would take minutes for a long chain.
                if containing in (record.value or b""):
                    try:
                        yield decode_query_access(record.value)
                    except CodecError as error:
                        where = f"{partition.topic}[{number}]@{record.offset}"
                        raise LedgerError(f"{where}: {error}") from error
