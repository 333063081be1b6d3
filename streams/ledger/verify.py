"""Verification of the chain of one partition, record by record, from nothing but its bytes.

It finds the first position that was altered, dropped, added, moved or cut off, and the first record that
breaks a rule of the ledger. Whoever can write the whole chain can also compute all its hashes anew: against
that, and against cutting off the end, stand witnesses, hashes that were noted elsewhere (in the metadata of
committed offsets, with the public). A chain is told by its first flaw; nothing after it is judged.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from streams.errors import CodecError
from streams.ledger.checks import first_flaw
from streams.ledger.flaws import Flaw, Problem
from streams.ledger.progress import Progress
from streams.ledger.record import LedgerRecord
from streams.policy.vocabulary import DecisionId, RecordKind

# Takes the bytes of a record; gives it, and the hash that these bytes ought to carry.
ReadLink = Callable[[bytes | None], tuple[LedgerRecord, bytes]]
# Hashes by sequence number, as somebody else noted them.
Witnesses = Mapping[int, bytes]

NO_WITNESSES: Witnesses = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainReport:
    """What verification found: `count` good records from the start, and the first problem, if any.

    `head_hash` is that of the last good record. `times_back` counts records decided before the one ahead of
    them, which clocks of different workers explain. `open_holds` still wait for their resolution.
    """

    partition: int | None
    count: int
    head_hash: bytes
    kinds: tuple[tuple[RecordKind, int], ...]
    times_back: int
    open_holds: frozenset[DecisionId]
    problem: Problem | None

    @property
    def head_seq(self) -> int:
        """Return the sequence number of the last good record; -1 when there is none."""
        return self.count - 1


def verify(
    values: Iterable[bytes | None],
    read_link: ReadLink,
    *,
    partition: int | None = None,
    witnesses: Witnesses = NO_WITNESSES,
) -> ChainReport:
    """Return the report on the values of one partition of the ledger, in order from the beginning."""
    progress = Progress(partition=partition)
    for value in values:
        problem = take(progress, value, read_link, witnesses)
        if problem is not None:
            return _report(progress, problem)
    return _report(progress, _cut_off(progress, witnesses))


def take(
    progress: Progress, value: bytes | None, read_link: ReadLink, witnesses: Witnesses = NO_WITNESSES
) -> Problem | None:
    """Take one more value into the progress, or leave it as it is and say what is wrong with the value."""
    try:
        record, own_hash = read_link(value)
    except CodecError as error:
        return Problem(position=progress.count, flaw=Flaw.UNREADABLE, detail=str(error))
    # Before all other checks: nothing that an altered record says can be believed.
    if record.hash != own_hash:
        return Problem(position=progress.count, flaw=Flaw.ALTERED)
    flaw = first_flaw(progress, record)
    if flaw is None and witnesses.get(progress.count, own_hash) != own_hash:
        flaw = Flaw.WITNESS_DISAGREES
    if flaw is not None:
        return Problem(position=progress.count, flaw=flaw, detail=f"decision {record.decision_id}")
    progress.take(record)
    return None


def _cut_off(progress: Progress, witnesses: Witnesses) -> Problem | None:
    if not any(seq >= progress.count for seq in witnesses):
        return None
    return Problem(position=progress.count, flaw=Flaw.TRUNCATED, detail=f"up to seq {max(witnesses)}")


def _report(progress: Progress, problem: Problem | None) -> ChainReport:
    return ChainReport(
        partition=progress.partition,
        count=progress.count,
        head_hash=progress.hash,
        kinds=tuple(sorted(progress.kinds.items())),
        times_back=progress.times_back,
        open_holds=frozenset(progress.open_holds),
        problem=problem,
    )
