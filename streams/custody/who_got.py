"""Who got reads of one plate live: on record first, then looked up in the sealed lists of the ledger.

Whoever looks has accessed ALPR information, so the search is itself an access record (Civ. Code
1798.90.52(a)): when, by whom, for which organisation and purpose, and, sealed, the plate and the range.
"""

import os
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from aiokafka.structs import TopicPartition

from streams.codecs.access import seal_access
from streams.codecs.accountable import open_accountable
from streams.codecs.live_record import read_live_record
from streams.codecs.read_list import open_read_list
from streams.codecs.vault import Vault
from streams.custody.action_log import open_actions
from streams.custody.opening import agency_name
from streams.errors import CodecError, InputError, LedgerError
from streams.kafka.reader import PartitionReader
from streams.ledger.admin_action import AdminAct, AdminAction
from streams.ledger.live_record import ListedRead, LiveKind, LiveRecord
from streams.ledger.sealed import month_in
from streams.policy.decision import Access
from streams.policy.digest import derived_id
from streams.policy.plates import written_plate
from streams.policy.vocabulary import DecisionId
from streams.settings import Settings
from streams.topics import Topics

# Workers' clocks and the broker's may differ by less; the records themselves say when they were decided.
_SLACK = timedelta(days=1)
# Cameras take one for the other, so whoever looks for a plate wants both.
_ALIKE = str.maketrans("OI", "01")


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """Who looks for which plate, why, and in what went out in `[start, end)`."""

    plate: str
    start: datetime
    end: datetime
    by: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """One read that one recipient got, by its manifest, and who answers for it there."""

    read: ListedRead
    manifest: LiveRecord
    user: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What was found, the act that it is on record by, and how many lists nobody can open any more."""

    act: AdminAction
    sightings: tuple[Sighting, ...]
    shredded: int


async def who_got(settings: Settings, vault: Vault, search: Search, now: datetime) -> Found:
    """Return who got reads of the plate, once it is on record that somebody looked.

    O and 0, and I and 1, count as the same.

    Raises:
        InputError: the plate is none, who looks or why is blank, or the vault is another one.
        LedgerError: a record of the range does not verify or open.
        BooksNotCurrentError: the books hold no policy, which names the agency that looks.
        FencedError, UnavailableError: it could not be put on record, so nothing is looked at.
    """
    if not search.by.strip() or not search.reason.strip():
        raise InputError("expected who looks, and why: both stay on record")
    wanted = _key_of(search.plate)
    if wanted is None:
        raise InputError("expected a plate of letters and digits")
    act = await _on_record(settings, vault, search, now)
    sightings: list[Sighting] = []
    shredded = 0
    async with PartitionReader(settings) as reader:
        for number in range(settings.partitions):
            looked = _Looked(vault, wanted)
            async for record in _records(reader, settings, number, search):
                sightings += looked.at(record)
            shredded += looked.shredded
    sightings.sort(key=lambda one: (one.manifest.decided_at, one.manifest.entity_id or ""))
    return Found(act=act, sightings=tuple(sightings), shredded=shredded)


async def _on_record(settings: Settings, vault: Vault, search: Search, now: datetime) -> AdminAction:
    organisation = await agency_name(settings)
    search_id = DecisionId(derived_id(f"who got\n{search.by}\n{now.isoformat()}"))
    access = Access(
        time=now,
        data_elements=(search.plate, f"from={search.start.isoformat()}", f"to={search.end.isoformat()}"),
        user=search.by,
        organisation=organisation,
        purpose=search.reason,
    )
    async with open_actions(settings) as chain:
        return await chain.add(
            AdminAction(
                act=AdminAct.WHO_GOT,
                at=now,
                by=search.by,
                organisation=organisation,
                reason=search.reason,
                decision_id=search_id,
                sealed_access=seal_access(access, search_id, vault.sealer(now, os.urandom)),
                seq=0,
                prev_hash=b"",
            )
        )


class _Looked:
    """What is known while one partition is read: of each list of the range, which places have the plate."""

    def __init__(self, vault: Vault, wanted: str) -> None:
        self.shredded = 0
        self._vault = vault
        self._wanted = wanted
        self._places: dict[int, list[tuple[int, ListedRead]]] = {}

    def at(self, record: LiveRecord) -> Iterator[Sighting]:
        """Yield what the record says that somebody got."""
        if record.kind is LiveKind.READS:
            self._places[record.seq] = self._of_list(record)
        elif record.kind is LiveKind.MANIFEST and record.list_seq is not None:
            # The first ones of the list went out, and the rest was kept back.
            for place, read in self._places.get(record.list_seq, ()):
                if place < record.count:
                    user = open_accountable(record, self._vault).user
                    yield Sighting(read=read, manifest=record, user=user)

    def _of_list(self, record: LiveRecord) -> list[tuple[int, ListedRead]]:
        sealed = record.sealed_reads
        if sealed is None or not self._vault.has(month_in(sealed.key_id)):
            self.shredded += 1
            return []
        reads = open_read_list(record, self._vault).reads
        return [(place, read) for place, read in enumerate(reads) if _key_of(read.plate) == self._wanted]


def _key_of(plate: str | None) -> str | None:
    written = written_plate(plate or "")
    return None if written is None else written.translate(_ALIKE)


async def _records(
    reader: PartitionReader, settings: Settings, number: int, search: Search
) -> AsyncIterator[LiveRecord]:
    """Yield the records of one partition that were decided in the range."""
    chain = TopicPartition(Topics.of(settings).manifests.name, number)
    first, end = await reader.bounds(chain)
    begin = await reader.offset_at(chain, search.start - _SLACK)
    if begin is None:
        return
    after = await reader.offset_at(chain, search.end + _SLACK)
    before: LiveRecord | None = None
    async for record in reader.read(chain, max(first, begin), end if after is None else min(end, after)):
        place = f"{chain.topic}[{number}]@{record.offset}"
        try:
            link, own_hash = read_live_record(record.value)
        except CodecError as error:
            raise LedgerError(f"{place}: {error}") from error
        if link.hash != own_hash or (before is not None and link.prev_hash != before.hash):
            raise LedgerError(f"{place}: the record was changed, or one before it is missing")
        before = link
        if search.start <= link.decided_at < search.end:
            yield link
