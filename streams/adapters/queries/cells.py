"""Cells of vendors' exports as values: instants, windows and counts, in every way in which they were seen."""

import re
from datetime import UTC, datetime

from streams.adapters.queries.rejected import RejectedError, RejectReason
from streams.policy.query_checks.case import is_untold

# `06/01/2025, 01:27:03 PM UTC`; month and day may have one digit.
_STAMP = re.compile(
    r"(\d{1,2})/(\d{1,2})/(\d{4}),?\s+(\d{1,2}):(\d{2}):(\d{2})\s*([AP])M\s+UTC", re.ASCII | re.IGNORECASE
)
# Between the two ends of a window: two lines in one cell, or one line with a word.
_BETWEEN = re.compile(r"\s*(?:to|[-\u2013\u2014])?\s*", re.IGNORECASE)
_COUNT = re.compile(r"\d{1,3}(?:,\d{3})+|\d{1,10}", re.ASCII)
# What stands for a number that the vendor does not tell: two em dashes, or one, or a hyphen.
_NO_COUNT = re.compile(r"[-\u2013\u2014]+")
_LARGEST_COUNT = (1 << 31) - 1
_HALF_DAY = 12


def instant_of(cell: str) -> datetime | None:
    """Return the instant of a cell, None for one that is blank or withheld.

    Either the export's own form, which names UTC, or ISO 8601 with an offset: without one nobody knows when.

    Raises:
        RejectedError: it is neither.
    """
    if is_untold(cell):
        return None
    stamp = _STAMP.fullmatch(cell)
    found = _of_iso(cell) if stamp is None else _of_stamp(stamp)
    if found is None:
        raise RejectedError(RejectReason.TIME, "the time of the search is no instant")
    return found


def joined_instant(day: str, time: str) -> datetime | None:
    """Return the instant of a date and a time in two cells, which are UTC like those in one.

    Raises:
        RejectedError: they make none.
    """
    return None if is_untold(day) and is_untold(time) else instant_of(f"{day}T{time}+00:00")


def window_of(cell: str) -> tuple[datetime | None, datetime | None]:
    """Return both ends of a window, None each for a cell that is blank or withheld.

    Raises:
        RejectedError: it does not hold two instants and nothing else.
    """
    if is_untold(cell):
        return None, None
    stamps = list(_STAMP.finditer(cell))
    ends = [found for stamp in stamps if (found := _of_stamp(stamp)) is not None]
    # What stands around the stamps must be nothing: else a third end, or a note, would be passed over.
    around = _STAMP.split(cell)[:: _STAMP.groups + 1]
    if len(ends) != len(around) - 1 or len(ends) != 2 or not _are_nothing(around):  # noqa: PLR2004  # two ends
        raise RejectedError(RejectReason.TIME_FRAME, "the window that was searched is not two instants")
    return ends[0], ends[1]


def count_of(cell: str) -> int | None:
    """Return a count, None for a cell that tells none.

    Raises:
        RejectedError: it is no count, or one beyond any number of networks or cameras.
    """
    if is_untold(cell) or _NO_COUNT.fullmatch(cell):
        return None
    if not _COUNT.fullmatch(cell) or (found := int(cell.replace(",", ""))) > _LARGEST_COUNT:
        raise RejectedError(RejectReason.COUNT, "the number of networks or cameras is no count")
    return found


def text_of(cell: str) -> str | None:
    """Return the text of a cell, None for a blank one; what is withheld stays as it shows."""
    return cell or None


def _are_nothing(around: list[str]) -> bool:
    before, between, after = around
    return not before.strip() and not after.strip() and _BETWEEN.fullmatch(between) is not None


def _of_stamp(stamp: re.Match[str]) -> datetime | None:
    month, day, year, hour, minute, second = map(int, stamp.groups()[:6])
    if not 1 <= hour <= _HALF_DAY:
        return None
    afternoon = _HALF_DAY if stamp.group(7).upper() == "P" else 0
    try:
        return datetime(year, month, day, hour % _HALF_DAY + afternoon, minute, second, tzinfo=UTC)
    except ValueError:
        return None


def _of_iso(cell: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(cell)
        return None if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
