"""ISO 8601 durations on a civil calendar: two years are two years, whatever the days between.

Years, months, weeks and days move the wall clock of a zone; hours, minutes and seconds are exact. A span
is half-open: what began at `c` is over from `c + duration` on. Fractions other than of seconds, signs and
spans beyond a thousand years are not read.
"""

import calendar
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache

from streams.errors import InputError

_TEXT = re.compile(
    r"P(?=.)(?:(\d{1,4})Y)?(?:(\d{1,4})M)?(?:(\d{1,4})W)?(?:(\d{1,4})D)?"
    r"(?:T(?=.)(?:(\d{1,6})H)?(?:(\d{1,6})M)?(?:(\d{1,6}(?:\.\d{1,6})?)S)?)?",
    re.ASCII,
)
_LONGEST_MONTHS = 12_000
_LONGEST_MONTH = 31
# Any request may name the first or the last instant of Python's calendar; these leave room for every span.
_FIRST, _LAST = datetime(2, 1, 1, tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
_LATEST_YEAR = 8000
# A zone may skip a day (Samoa in 2011) besides the hours of summer time.
_ZONE_SLACK = timedelta(hours=26)


@dataclass(frozen=True, slots=True)
class Duration:
    """A calendar part (months, days) and an exact part.

    INVARIANT: `start + duration` is never before `start + shortest`, so most comparisons need no calendar.

    `shortest` is the least that the calendar can make of it (years of 365 days, months of 28, less what a
    zone may skip), so what is younger is certainly not over.
    """

    months: int
    days: int
    exact: timedelta
    shortest: timedelta

    def after(self, start: datetime, zone: tzinfo) -> datetime:
        """Return the instant at which what began at `start` is over, by the calendar of `zone`.

        Total: what begins at the edges of the calendar is over long ago, or at the last instant there is.
        """
        if start.year > _LATEST_YEAR:
            return _LAST
        if not self.months and not self.days:
            return start + self.exact
        local = max(start, _FIRST).astimezone(zone)
        years, month0 = divmod(local.year * 12 + local.month - 1 + self.months, 12)
        last_day = calendar.monthrange(years, month0 + 1)[1]
        moved = local.replace(year=years, month=month0 + 1, day=min(local.day, last_day))
        return (moved + timedelta(days=self.days)).astimezone(UTC) + self.exact

    def is_over(self, start: datetime, now: datetime, zone: tzinfo) -> bool:
        """Tell whether what began at `start` is over at `now`."""
        return now - start >= self.shortest and self.after(start, zone) <= now

    def covers(self, start: datetime, end: datetime, zone: tzinfo) -> bool:
        """Tell whether `end` is no later than `start` plus the duration."""
        return end - start <= self.shortest or end <= self.after(start, zone)

    @property
    def longest(self) -> timedelta:
        """Return the most that any calendar can make of it: months of 31 days, and what a zone may add."""
        slack = _ZONE_SLACK if self.months or self.days else timedelta(0)
        return timedelta(days=_LONGEST_MONTH * self.months + self.days) + self.exact + slack

    def is_within(self, other: "Duration") -> bool:
        """Tell whether it is never longer than the other on the same calendar; in doubt it is not."""
        parts = self.months <= other.months and self.days <= other.days and self.exact <= other.exact
        return parts or self.longest <= other.shortest

    def oldest(self, now: datetime, zone: tzinfo) -> datetime:
        """Return an instant from which on nothing is over at `now`; at most a few days after the first."""
        years, month0 = divmod(now.year * 12 + now.month - 1 - self.months, 12)
        if years < 1:
            return datetime.min.replace(tzinfo=UTC)
        last_day = calendar.monthrange(years, month0 + 1)[1]
        start = now.replace(year=years, month=month0 + 1, day=min(now.day, last_day))
        # Months back are not months forth, so look for the instant from its far side.
        start -= timedelta(days=self.days) + self.exact
        while self.is_over(start, now, zone):
            start += timedelta(days=1)
        return start


# Thousands of agreements write a handful of durations: one value each keeps them together in memory.
@lru_cache(maxsize=1024)
def parse_duration(text: str) -> Duration | None:
    """Return the duration that `text` writes in ISO 8601, or None when it writes none."""
    match = _TEXT.fullmatch(text)
    if match is None:
        return None
    years, months, weeks, days, hours, minutes = (int(part or 0) for part in match.groups()[:6])
    months += 12 * years
    if months > _LONGEST_MONTHS:
        return None
    days += 7 * weeks
    exact = timedelta(hours=hours, minutes=minutes, seconds=float(match.group(7) or 0))
    least = timedelta(days=months // 12 * 365 + months % 12 * 28 + days)
    slack = _ZONE_SLACK if least else timedelta(0)
    return Duration(months, days, exact, least + exact - slack)


_UNITS = ("year", "month", "week", "day", "hour", "minute", "second")


def duration_words(text: str) -> str:
    """Return an ISO 8601 duration as people say it, such as `5 years, 24 hours and 1 minute`.

    What is no duration stays as it is written.
    """
    match = _TEXT.fullmatch(text)
    if match is None:
        return text
    said = [
        f"{number} {unit}" if float(number) == 1 else f"{number} {unit}s"
        for number, unit in zip(match.groups(), _UNITS, strict=True)
        if number is not None
    ]
    *most, last = said
    return f"{', '.join(most)} and {last}" if most else last


def require_duration(text: str, field: str) -> Duration:
    """Return the duration of a field that must have one.

    Raises:
        InputError: if `text` is not an ISO 8601 duration.
    """
    duration = parse_duration(text)
    if duration is None:
        raise InputError(f"{field}: expected an ISO 8601 duration such as `P30D` or `PT5M`, got `{text}`")
    return duration
