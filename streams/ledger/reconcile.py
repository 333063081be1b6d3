"""The ledger against what came in and what went out.

Every input offset must have exactly one ledger record, and that one must be about what the input says,
whatever it decides. Everything that went out must have its record that says forward with the digest of those
very bytes, and every such record must have gone out. Nothing else may lie in a recipient's topic.

The chain alone cannot show this: an honest chain may leave out an input, and somebody may write to a
recipient's topic beside the gate. It is the answer to recommendation 32 of the State Auditor (2019-118): when
and with whom was shared. An order to disclose by legal process is accounted for like a forward.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from streams.ledger.record import LedgerRecord
from streams.policy.vocabulary import AgreementId, DecisionId, EntityId, RecordKind

# Partition and offset of an input.
Place = tuple[int, int]
# The kinds of records that name what was decided by its digest; the others decide nothing.
_ABOUT_CONTENT = frozenset(
    {
        RecordKind.DECISION, RecordKind.REPEAT, RecordKind.RESOLUTION, RecordKind.REVIEW,
        RecordKind.DISCLOSURE, RecordKind.WITHDRAWAL,
    }
)  # fmt: skip
# Stands where a recipient would, for orders to disclose by legal process; they go to the agency's own records
# officer. No entity has such an id: an id has no blanks.
RECORDS_OFFICER = EntityId("records officer")


class Difference(StrEnum):
    """Kinds of differences; the value is the sentence that tells it."""

    INPUT_WITHOUT_RECORD = "an input has no ledger record"
    INPUT_RECORDED_TWICE = "an input has more than one ledger record"
    RECORD_WITHOUT_INPUT = "a ledger record names an input that is not there"
    RECORD_OF_OTHER_CONTENT = "a ledger record is about other content than its input"
    NO_RELEASE = "what lies in a recipient's topic is no release, or in that of disclosures no order"
    FORWARD_WITHOUT_RECORD = "something went out without a record that says forward"
    FORWARD_ALTERED = "what went out is not what its record says"
    FORWARD_MISDIRECTED = "something went out to another recipient than its record says"
    FORWARD_TWICE = "something went out more often than its record says"
    RECORD_WITHOUT_FORWARD = "a record says forward and nothing went out"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One difference, with the input or the decision that it is about.

    `partition` and `offset` are those of an input, or, where `entity_id` is given, of a value in the topic of
    that recipient. What ought to lie there and does not has no offset.
    """

    difference: Difference
    partition: int | None = None
    offset: int | None = None
    decision_id: DecisionId | None = None
    entity_id: EntityId | None = None


@dataclass(frozen=True, slots=True)
class Forward:
    """One value of a recipient's topic: whose topic, which decision it names, SHA-256 of its bytes in hex.

    An order to disclose is one too, in the topic of the records officer.

    `offset` says where it lies and makes no difference: the same went twice when it lies at two offsets.
    """

    decision_id: DecisionId
    entity_id: EntityId
    digest: str
    offset: int | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What the topics still hold, since brokers delete old records.

    `inputs` are the offsets of each partition that are there; a record of an offset below the lowest one is
    not expected to have its input. `digests` are those that a record of an input may carry, none for what is
    no request. `strays` are recipients and offsets of what is no release. Forwards decided before
    `forwards_since` are not expected to be there, nor those under an agreement in `withdrawn`, whose
    undelivered records were deleted.
    """

    inputs: Mapping[int, Iterable[int]]
    forwards: Iterable[Forward]
    digests: Mapping[Place, frozenset[str]] = field(default_factory=dict)
    strays: Iterable[tuple[EntityId, int]] = ()
    forwards_since: datetime | None = None
    withdrawn: frozenset[AgreementId] = frozenset()


def reconcile(records: Iterable[LedgerRecord], kept: Kept) -> tuple[Finding, ...]:
    """Return every difference between the ledger of all partitions and what the topics hold."""
    said = tuple(records)
    return (*_inputs(said, kept), *_contents(said, kept), *_strays(kept), *_forwards(said, kept))


def _inputs(records: Iterable[LedgerRecord], kept: Kept) -> Iterable[Finding]:
    there = {(partition, offset) for partition, offsets in kept.inputs.items() for offset in offsets}
    recorded = Counter(
        (record.source_partition, record.source_offset)
        for record in records
        if record.source_offset is not None
    )
    for place, times in recorded.items():
        if times > 1:
            yield _of_input(Difference.INPUT_RECORDED_TWICE, *place)
    for place in sorted(_expected(recorded, there) - there):
        yield _of_input(Difference.RECORD_WITHOUT_INPUT, *place)
    for place in sorted(there - recorded.keys()):
        yield _of_input(Difference.INPUT_WITHOUT_RECORD, *place)


def _contents(records: Iterable[LedgerRecord], kept: Kept) -> Iterable[Finding]:
    """Find decisions on something else than came in; the digest is all that the record tells of it."""
    for record in records:
        if record.source_offset is None or record.kind not in _ABOUT_CONTENT:
            continue
        place = record.source_partition, record.source_offset
        known = kept.digests.get(place)
        if known is not None and record.request_digest not in known:
            found = _of_input(Difference.RECORD_OF_OTHER_CONTENT, *place)
            yield replace(found, decision_id=record.decision_id)


def _strays(kept: Kept) -> Iterable[Finding]:
    for entity_id, offset in kept.strays:
        yield Finding(difference=Difference.NO_RELEASE, partition=0, offset=offset, entity_id=entity_id)


def _expected(recorded: Iterable[Place], there: Iterable[Place]) -> set[Place]:
    """Return the recorded inputs that the broker cannot have deleted by age."""
    lowest: dict[int, int] = {}
    for partition, offset in there:
        lowest[partition] = min(offset, lowest.get(partition, offset))
    # The lowest itself is there; of a partition that holds nothing any more, nothing is expected.
    return {(partition, offset) for partition, offset in recorded if offset > lowest.get(partition, offset)}


def _of_input(difference: Difference, partition: int, offset: int) -> Finding:
    return Finding(difference=difference, partition=partition, offset=offset)


def _forwards(records: Iterable[LedgerRecord], kept: Kept) -> Iterable[Finding]:
    said: Counter[Forward] = Counter()
    expected: Counter[Forward] = Counter()
    for record in records:
        to = RECORDS_OFFICER if record.kind is RecordKind.DISCLOSURE else record.entity_id
        if record.payload_digest is not None and to is not None:
            forward = Forward(record.decision_id, to, record.payload_digest)
            said[forward] += 1
            expected[forward] += _is_kept(record, kept)
    # Counted, not gathered in a set: what went out twice is a finding.
    went: Counter[Forward] = Counter()
    for forward in kept.forwards:
        went[forward] += 1
        if went[forward] > said[forward]:
            difference = Difference.FORWARD_TWICE if said[forward] else _unsaid(forward, said)
            yield replace(_of_forward(difference, forward), partition=0, offset=forward.offset)
    for forward, times in expected.items():
        if times > went[forward]:
            yield _of_forward(Difference.RECORD_WITHOUT_FORWARD, forward)


def _of_forward(difference: Difference, forward: Forward) -> Finding:
    return Finding(difference=difference, decision_id=forward.decision_id, entity_id=forward.entity_id)


def _is_kept(record: LedgerRecord, kept: Kept) -> bool:
    """Tell whether what the record forwarded must still be there."""
    recent = kept.forwards_since is None or record.decided_at >= kept.forwards_since
    return recent and record.agreement_id not in kept.withdrawn


def _unsaid(forward: Forward, said: Iterable[Forward]) -> Difference:
    """Return in what a forward differs from the record of its decision."""
    same = tuple(other for other in said if other.decision_id == forward.decision_id)
    if not same:
        return Difference.FORWARD_WITHOUT_RECORD
    altered = all(other.digest != forward.digest for other in same)
    return Difference.FORWARD_ALTERED if altered else Difference.FORWARD_MISDIRECTED
