"""How many reads a live share may still send on: the volume that its agreement allows in a period.

Periods follow one another from the start of the term, on the calendar of its zone. Partitions count apart and
ask nobody, so each may use its share, rounded down: together never more than was agreed.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import NamedTuple

from streams.policy.durations import Duration, parse_duration
from streams.policy.terms import Terms

# The mean of the Gregorian calendar.
_MONTH = timedelta(days=30.436875)


class Period(NamedTuple):
    """From when and until when reads count together, half-open."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """At most `reads` reads in each `period` from `start` on, in all partitions together."""

    reads: int
    period: Duration
    start: datetime
    zone: tzinfo

    def share(self, partitions: int) -> int:
        """Return how many of them are one partition's."""
        return self.reads // partitions

    def period_at(self, now: datetime) -> Period:
        """Return the period that `now` is in; before the first it is the first."""
        # A guess by the usual length, then step by step: years of hours would be a long count.
        number = max(0, (now - self.start) // self._usual)
        while number and self._begins(number) > now:
            number -= 1
        begun, end = self._begins(number), self._begins(number + 1)
        while end <= now:
            number += 1
            begun, end = end, self._begins(number + 1)
        return Period(begun, end)

    @property
    def _usual(self) -> timedelta:
        """Return how long a period is on the average."""
        return self.period.months * _MONTH + timedelta(days=self.period.days) + self.period.exact

    def _begins(self, number: int) -> datetime:
        """Return when the period of that number begins; month by month would drift on short months."""
        span = self.period
        whole = Duration(span.months * number, span.days * number, span.exact * number, timedelta(0))
        return whole.after(self.start, self.zone)


def is_readable(terms: Terms) -> bool:
    """Tell whether the budget of an agreement, if it has one, says how much that is."""
    return terms.agreement.volume_budget is None or limit_of(terms) is not None


def limit_of(terms: Terms) -> Limit | None:
    """Return the limit of an agreement, or None when it has none or one that cannot be read."""
    budget = terms.agreement.volume_budget
    if budget is None or terms.zone is None:
        return None
    period = parse_duration(budget.period)
    # A period of no length would begin anew with each read.
    if period is None or budget.reads < 0 or not (period.months or period.days or period.exact):
        return None
    return Limit(reads=budget.reads, period=period, start=terms.start, zone=terms.zone)
