"""What an evidence hold names, ready to be asked, and what of a request no hold names.

Names are compared exactly, plates without the blanks and hyphens that people put in. A wildcard names
nothing: a hold is for the reads of a case, and never for whatever a pattern happens to find.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Self

from streams.policy.durations import Duration
from streams.policy.evidence_hold import EvidenceHold
from streams.policy.read_names import is_one_read, plate_key
from streams.policy.request import PlateRead, Selector, SharingRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class Cover:
    """The reads that one hold names: of these plates or with these ids, captured in `[start, end)`."""

    plates: frozenset[str]
    read_ids: frozenset[str]
    start: datetime
    end: datetime

    @classmethod
    def of(cls, hold: EvidenceHold) -> Self:
        """Return what the hold names; what names no single plate or read is left out."""
        return cls(
            plates=frozenset(key for plate in hold.plates if (key := plate_key(plate)) is not None),
            read_ids=frozenset(filter(is_one_read, hold.read_ids)),
            start=hold.window_from,
            end=hold.window_to,
        )

    def names_read(self, read: PlateRead) -> bool:
        """Tell whether the hold names this read."""
        named = read.read_id in self.read_ids or plate_key(read.plate) in self.plates
        return named and self.start <= read.captured_at < self.end

    def names_search(self, selector: Selector, start: datetime, end: datetime) -> bool:
        """Tell whether the hold names all that the selector means between two instants.

        A selector means its plate and its reads, so all of them must be named.
        """
        if not selector.plate and not selector.read_ids:
            return False
        plate_named = not selector.plate or plate_key(selector.plate) in self.plates
        return plate_named and self.read_ids.issuperset(selector.read_ids) and self._spans(start, end)

    def _spans(self, start: datetime, end: datetime) -> bool:
        return self.start <= start < self.end and end <= self.end


@dataclass(frozen=True, slots=True)
class Limit:
    """An age from which on reads need a hold: a duration on the calendar of a zone, looked at from `now`."""

    span: Duration
    now: datetime
    zone: tzinfo

    def is_over(self, captured: datetime) -> bool:
        """Tell whether a read of that instant is that old."""
        return self.span.is_over(captured, self.now, self.zone)


def reaches_unnamed(selector: Selector, covers: Sequence[Cover], limit: Limit) -> bool:
    """Tell whether the window reaches beyond the limit to what none of the holds names."""
    start = selector.window_from
    if start is None or not limit.is_over(start):
        return False
    # Reads that are younger need no hold, so a window may end after that of the hold. The calendar says
    # only to a day from when on all are younger, and up to then the hold must reach.
    young_from = limit.span.oldest(limit.now, limit.zone)
    end = young_from if selector.window_to is None else min(selector.window_to, young_from)
    return not any(cover.names_search(selector, start, end) for cover in covers)


def unnamed_field(request: SharingRequest, covers: Sequence[Cover], limit: Limit) -> str | None:
    """Return the field that reaches beyond the limit to what none of the holds names, or None.

    Each pushed read may be named by another hold. A window must be named by one hold as a whole, as far as it
    is beyond the limit: it is refused and never clipped.
    """
    if reaches_unnamed(request.selector, covers, limit):
        return "selector.window_from"
    for record in request.records:
        if limit.is_over(record.captured_at) and not any(cover.names_read(record) for cover in covers):
            return "records"
    return None
