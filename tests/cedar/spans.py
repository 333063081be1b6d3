"""ISO 8601 durations on the calendar of a zone, by dateutil; shares no code with the gate."""

from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from functools import cache
from itertools import pairwise
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from dateutil.relativedelta import relativedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_DAYS, _HOURS = "YMWD", "HMS"
NEVER = 2**62


def micros(instant: datetime) -> int:
    """Return the instant as Cedar counts it: microseconds since 1970."""
    return (instant - _EPOCH) // _MICROSECOND


@cache
def zone_named(name: str) -> tzinfo | None:
    """Return the zone, or None."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


@cache
def parts(text: str) -> tuple[relativedelta, timedelta] | None:
    """Return what moves the calendar and what the clock, or None when `text` is no duration."""
    if not text.startswith("P"):
        return None
    days, mark, hours = text[1:].partition("T")
    of_days, of_hours = _amounts(days, _DAYS), _amounts(hours, _HOURS)
    if of_days is None or of_hours is None or not (of_days or of_hours) or (mark and not of_hours):
        return None
    return (
        relativedelta(
            years=int(of_days.get("Y", 0)),
            months=int(of_days.get("M", 0)),
            days=int(7 * of_days.get("W", 0) + of_days.get("D", 0)),
        ),
        timedelta(hours=of_hours.get("H", 0), minutes=of_hours.get("M", 0), seconds=of_hours.get("S", 0)),
    )


def _amounts(text: str, units: str) -> dict[str, float] | None:
    """Return the amount of each unit, or None when a unit is unknown, out of order or without a number."""
    found: dict[str, float] = {}
    number = ""
    for sign in text:
        if sign.isascii() and (sign.isdigit() or sign == "."):
            number += sign
            continue
        if sign not in units or not number:
            return None
        found[sign], number = float(number), ""
    places = [units.index(unit) for unit in found]
    return None if number or any(later <= earlier for earlier, later in pairwise(places)) else found


def day_ends(day: date, zone: tzinfo | None, days: int) -> int:
    """Return when the day and so many after it are over; without a zone where that is first on Earth."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=zone or timezone(timedelta(hours=14)))
    return micros((midnight + relativedelta(days=1 + days)).astimezone(UTC))


def ends(start: datetime, text: str, zone: tzinfo) -> int:
    """Return when a span that begins at `start` is over, in microseconds since 1970."""
    both = parts(text)
    assert both is not None, text
    calendar, clock = both
    moved = start.astimezone(zone) + calendar if calendar else start
    return micros(moved.astimezone(UTC) + clock)
