"""A sample of decisions that anybody can draw again: by a seed, without a random number.

The decisions of a period are ranked by a hash of the seed and their id, and the first ones are the sample.
Who knows the seed and has the ledger gets the same, and nobody can put a decision in or leave one out by
choice, as long as nobody could choose the seed after the decisions were made.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from streams.ledger.record import LedgerRecord
from streams.policy.vocabulary import DecisionId, ReasonCode, RecordKind, Verdict

TAG = b"alpr-gate audit sample v1\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """Which decisions are looked at: `size` of those of `[start, end)` with one of the verdicts."""

    seed: str
    size: int
    start: datetime
    end: datetime
    verdicts: tuple[Verdict, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """One decision of a sample, and where its record stands."""

    decision_id: DecisionId
    verdict: Verdict
    leading_reason: ReasonCode | None
    partition: int
    seq: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """The sample, in the order of its ranks, of a population of so many decisions."""

    frame: Frame
    population: int
    drawn: tuple[Drawn, ...]


def draw(records: Iterable[LedgerRecord], frame: Frame) -> Sample:
    """Return the sample of the records' decisions; all of them where there are no more than asked for."""
    population = [
        record
        for record in records
        if record.kind is RecordKind.DECISION
        and record.verdict in frame.verdicts
        and frame.start <= record.decided_at < frame.end
    ]
    ranked = sorted(population, key=lambda record: _rank(frame.seed, record.decision_id))
    return Sample(
        frame=frame,
        population=len(population),
        drawn=tuple(_drawn(record) for record in ranked[: frame.size]),
    )


def _rank(seed: str, decision_id: DecisionId) -> bytes:
    return hashlib.sha256(TAG + f"{seed}\n{decision_id}".encode()).digest()


def _drawn(record: LedgerRecord) -> Drawn:
    return Drawn(
        decision_id=record.decision_id,
        verdict=record.verdict,
        leading_reason=record.leading_reason,
        partition=record.partition,
        seq=record.seq,
    )
