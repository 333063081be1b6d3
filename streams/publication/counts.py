"""How many requests were decided how, quarter by quarter, with small cells hidden.

Only quarters that are over are counted: their numbers never change, so no two publications can be subtracted
to learn of a single request. Within a quarter a number from 1 to 10 is hidden, and as many others with it as
keep it from being worked out from the total. The threshold is that of the Data De-Identification Guidelines
of the California Health and Human Services Agency.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from streams.ledger.record import LedgerRecord
from streams.policy.policy_in_force import AGENCY_ZONE
from streams.policy.vocabulary import AuthorityKind, ReasonCode, RecordKind, Verdict

SMALLEST_SHOWN = 11
# What came in, counted once each: a repeat is asked again, and a resolution ends a hold that was counted.
REQUESTS = frozenset({RecordKind.DECISION, RecordKind.MALFORMED})
RESOLUTIONS = frozenset({RecordKind.RESOLUTION})

Cell = tuple[Verdict, ReasonCode | None]
# By which legal process, and whether records were disclosed; what nobody has signed is of no known process.
DisclosureCell = tuple[AuthorityKind, Verdict]
C = TypeVar("C")


@dataclass(frozen=True, slots=True, order=True)
class Quarter:
    """A quarter of a calendar year, by the agency's clock."""

    year: int
    number: int

    def __str__(self) -> str:
        return f"{self.year} Q{self.number}"

    def end(self) -> datetime:
        """Return the first instant after it."""
        years, month0 = divmod(3 * self.number, 12)
        return datetime(self.year + years, month0 + 1, 1, tzinfo=AGENCY_ZONE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted(Generic[C]):
    """Counts by cell, and their sum; None is a number that is hidden."""

    cells: Mapping[C, int | None]
    total: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class QuarterCounts:
    """What came in during one quarter, what became of the holds that ended in it, and legal process."""

    quarter: Quarter
    requests: Counted[Cell]
    resolutions: Counted[Cell]
    disclosures: Counted[DisclosureCell]


def quarter_of(instant: datetime) -> Quarter:
    """Return the quarter in which the instant lies."""
    local = instant.astimezone(AGENCY_ZONE)
    return Quarter(local.year, (local.month + 2) // 3)


def counted_by_quarter(records: Iterable[LedgerRecord], as_of: datetime) -> tuple[QuarterCounts, ...]:
    """Return the counts of every quarter with a record that is over at `as_of`, newest first."""
    requests: dict[Quarter, Counter[Cell]] = {}
    resolutions: dict[Quarter, Counter[Cell]] = {}
    disclosures: dict[Quarter, Counter[DisclosureCell]] = {}
    for record in records:
        if record.kind is RecordKind.DISCLOSURE:
            disclosures.setdefault(quarter_of(record.decided_at), Counter())[disclosure_cell(record)] += 1
        counts = requests if record.kind in REQUESTS else resolutions if record.kind in RESOLUTIONS else None
        if counts is not None:
            cells = counts.setdefault(quarter_of(record.decided_at), Counter())
            cells[record.verdict, record.leading_reason] += 1
    quarters = requests.keys() | resolutions.keys() | disclosures.keys()
    over = (quarter for quarter in quarters if quarter.end() <= as_of)
    return tuple(
        QuarterCounts(
            quarter=quarter,
            requests=protected(requests.get(quarter, {})),
            resolutions=protected(resolutions.get(quarter, {})),
            disclosures=protected(disclosures.get(quarter, {})),
        )
        for quarter in sorted(over, reverse=True)
    )


def disclosure_cell(record: LedgerRecord) -> DisclosureCell:
    """Return the cell in which the record of a disclosure is counted."""
    return record.authority or AuthorityKind.UNKNOWN, record.verdict


def protected(counts: Mapping[C, int]) -> Counted[C]:
    """Return the counts with every small one hidden, and no hidden one to be worked out to be small.

    Whoever knows the total knows the sum of the hidden cells, and that each is at least 1. So they are two or
    more, and any of them may be as large as the smallest number that is shown.
    """
    ranked = sorted(counts, key=lambda cell: (counts[cell], str(cell)))
    hidden = [cell for cell in ranked if counts[cell] < SMALLEST_SHOWN]
    shown = ranked[len(hidden) :]
    while hidden and shown and not _is_safe([counts[cell] for cell in hidden]):
        hidden.append(shown.pop(0))
    # With everything hidden the total itself would still tell.
    total = (
        None
        if hidden and not shown and not _is_safe([counts[cell] for cell in hidden])
        else sum(counts.values())
    )
    return Counted(
        cells={cell: None if cell in hidden else counts[cell] for cell in sorted(counts, key=str)},
        total=total,
    )


def _is_safe(hidden: list[int]) -> bool:
    return len(hidden) > 1 and sum(hidden) >= SMALLEST_SHOWN + len(hidden) - 1
