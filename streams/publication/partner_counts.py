"""How many searches by partners no agreement explains, quarter by quarter.

Shown whatever its size: it counts where this agency's control failed, and tells nothing of a person or a
case. Only quarters that are over are counted, as for every number of the page.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from streams.policy.partner_access import Explained
from streams.publication.counts import Quarter, quarter_of


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerQuarter:
    """The searches by partners in one quarter, and those of them without an agreement in force."""

    quarter: Quarter
    accesses: int
    unexplained: int


def partner_quarters(found: Iterable[Explained], as_of: datetime) -> tuple[PartnerQuarter, ...]:
    """Return the counts of every quarter with a search that is over at `as_of`, newest first."""
    counts: dict[Quarter, tuple[int, int]] = {}
    for one in found:
        quarter = quarter_of(one.access.at)
        accesses, unexplained = counts.get(quarter, (0, 0))
        counts[quarter] = accesses + 1, unexplained + bool(one.reasons)
    return tuple(
        PartnerQuarter(quarter=quarter, accesses=counts[quarter][0], unexplained=counts[quarter][1])
        for quarter in sorted(counts, reverse=True)
        if quarter.end() <= as_of
    )
