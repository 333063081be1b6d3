"""What a trial cost: what was sent, what the ledger holds and what recipients have, held against each other.

It is a second opinion beside `streams.ledger.reconcile`, from what the sender was told and in plain counts.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from streams.ledger.reconcile import Forward
from streams.ledger.record import LedgerRecord
from streams.policy.vocabulary import EntityId, Verdict

# Partition and offset of an input, as its sender was told.
Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Costs:
    """The three counts that must be zero; see `tests.faults.outcome.Outcome`."""

    forwards_without_decision: int
    requests_lost: int
    duplicate_decisions: int


def costs(
    sent: Iterable[Place],
    records: Sequence[LedgerRecord],
    forwards: Iterable[Forward],
    gone: frozenset[EntityId] = frozenset(),
) -> Costs:
    """Count what went out undecided, what was sent and has no outcome, and what has more than one.

    Lost is a request without a record, and one whose record says forward though nothing lies in the
    recipient's topic, unless that recipient is in `gone`: its topic was deleted. Duplicate is each record of
    an input beyond its first, and each forward beyond those that the records say.
    """
    recorded = Counter(
        (record.source_partition, record.source_offset)
        for record in records
        if record.source_offset is not None
    )
    said = Counter(
        Forward(record.decision_id, record.entity_id, record.payload_digest)
        for record in records
        if record.verdict is Verdict.FORWARD and record.entity_id and record.payload_digest
    )
    went = Counter(forwards)
    undelivered = Counter({each: n for each, n in (said - went).items() if each.entity_id not in gone})
    return Costs(
        forwards_without_decision=sum(n for each, n in went.items() if each not in said),
        requests_lost=len(set(sent) - recorded.keys()) + undelivered.total(),
        duplicate_decisions=sum(n - 1 for n in recorded.values())
        + sum(n - said[each] for each, n in went.items() if n > said[each] > 0),
    )
