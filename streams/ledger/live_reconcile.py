"""The ledger of live shares against what lies in the recipients' topics, and against its own input.

Each delivery names its batch, and each batch has a manifest for every recipient that got something of it: so
many deliveries, with the digest of their bytes in order. Nothing may lie there that no manifest counts,
nothing that one counts may be missing, and every offset of the input belongs to one batch.
"""

import hashlib
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from itertools import pairwise

from streams.ledger.live_record import LiveKind, LiveRecord
from streams.policy.vocabulary import AgreementId, EntityId

# A recipient and a batch, and the bytes of all that it got of it, in order.
Deliveries = Mapping[tuple[EntityId, str], Sequence[bytes]]


class LiveDifference(StrEnum):
    """Kinds of differences; the value is the sentence that tells it."""

    DELIVERY_WITHOUT_MANIFEST = "something went out live that no manifest counts"
    DELIVERY_ALTERED = "what went out live is not what its manifest says"
    MANIFEST_WITHOUT_DELIVERY = "a manifest counts what did not go out"
    OFFSET_WITHOUT_BATCH = "reads came in that no batch accounts for"
    OFFSET_TWICE = "reads are accounted for by more than one batch"


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveFinding:
    """One difference: of a recipient's batch, or of a partition at an offset of its input."""

    difference: LiveDifference
    entity_id: EntityId | None = None
    batch_id: str = ""
    partition: int | None = None
    offset: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveKept:
    """What the topics still hold.

    Deliveries decided before `since` are not expected to be there, nor those under an agreement in
    `withdrawn`, whose undelivered records were deleted. `inputs` are the offsets of each partition that are
    there and were committed.
    """

    deliveries: Deliveries
    since: datetime
    withdrawn: frozenset[AgreementId] = frozenset()
    inputs: Mapping[int, Iterable[int]] = field(default_factory=dict)


def reconcile_live(records: Iterable[LiveRecord], kept: LiveKept) -> tuple[LiveFinding, ...]:
    """Return every difference between the chains of all partitions and what the topics hold."""
    said = tuple(records)
    return (*_deliveries(said, kept), *_offsets(said, kept))


def _deliveries(records: Iterable[LiveRecord], kept: LiveKept) -> Iterator[LiveFinding]:
    manifests: dict[tuple[EntityId, str], list[LiveRecord]] = {}
    for record in records:
        if record.kind is LiveKind.MANIFEST and record.entity_id is not None and record.count:
            manifests.setdefault((record.entity_id, record.batch_id), []).append(record)
    for place in sorted(kept.deliveries.keys() - manifests.keys()):
        yield _of_batch(LiveDifference.DELIVERY_WITHOUT_MANIFEST, *place)
    for place, its in manifests.items():
        yield from _of_recipient(place, its, kept)


def _of_recipient(
    place: tuple[EntityId, str], manifests: Sequence[LiveRecord], kept: LiveKept
) -> Iterator[LiveFinding]:
    """Compare what one recipient got of one batch: under each of its agreements in turn, in order."""
    values = kept.deliveries.get(place, ())
    expected = sum(record.count for record in manifests)
    may_be_gone = all(_may_be_gone(record, kept) for record in manifests)
    if len(values) > expected:
        yield _of_batch(LiveDifference.DELIVERY_WITHOUT_MANIFEST, *place)
    elif len(values) < expected:
        # Of an old batch the broker may have deleted a beginning, and then its bytes tell nothing any more.
        if not may_be_gone:
            yield _of_batch(LiveDifference.MANIFEST_WITHOUT_DELIVERY, *place)
    else:
        start = 0
        for record in manifests:
            of_this = values[start : start + record.count]
            start += record.count
            if hashlib.sha256(b"".join(of_this)).hexdigest() != record.digest:
                yield _of_batch(LiveDifference.DELIVERY_ALTERED, *place)


def _may_be_gone(record: LiveRecord, kept: LiveKept) -> bool:
    return record.decided_at < kept.since or record.agreement_id in kept.withdrawn


def _offsets(records: Iterable[LiveRecord], kept: LiveKept) -> Iterator[LiveFinding]:
    """Find what came in that no batch accounts for, or more than one."""
    spans: dict[int, list[range]] = {}
    for record in records:
        if (
            record.kind is LiveKind.BATCH
            and record.source_from is not None
            and record.source_offset is not None
        ):
            span = range(record.source_from, record.source_offset + 1)
            spans.setdefault(record.partition, []).append(span)
    for partition, its in spans.items():
        for before, after in pairwise(its):
            if after.start < before.stop:
                yield _of_input(LiveDifference.OFFSET_TWICE, partition, after.start)
    for partition, offsets in sorted(kept.inputs.items()):
        starts = [span.start for span in spans.get(partition, ())]
        for offset in offsets:
            place = bisect_right(starts, offset) - 1
            if place < 0 or offset not in spans[partition][place]:
                yield _of_input(LiveDifference.OFFSET_WITHOUT_BATCH, partition, offset)


def _of_batch(difference: LiveDifference, entity_id: EntityId, batch_id: str) -> LiveFinding:
    return LiveFinding(difference=difference, entity_id=entity_id, batch_id=batch_id)


def _of_input(difference: LiveDifference, partition: int, offset: int) -> LiveFinding:
    return LiveFinding(difference=difference, partition=partition, offset=offset)
