"""What a recipient owes by a day, and from when on its agreement lets nothing through because of it.

The day itself is still in time. After it the obligation is overdue and the security team hears of it; the
agreement still counts for the days of grace that the agency's policy gives, then for nothing until somebody
has recorded how the obligation was met. Days are those of the agreement's zone.

Sources: LAPD Special Order 31 (an interagency agreement, each contract reviewed); State Auditor 2019-118,
recommendation 32 (shares on record that nobody looks at again).
"""

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo

from streams.policy.agreement import Agreement, Fulfilment
from streams.policy.names import is_blank

DEFAULT_GRACE_DAYS = 14
# No policy can give more: what was promised and not done for a month is no slip any more.
MOST_GRACE_DAYS = 30
# Where a day is over first: an agreement whose zone nobody can read gains no hour by it.
_EARLIEST = timezone(timedelta(hours=14))
# The calendar of Python ends soon after, and days of grace have to fit in.
_LAST_DAY = date(9998, 1, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """One obligation with a date, at `place` among those of its agreement.

    `overdue_at` is the instant at which its day is over, `met_at` the one at which it was met, or None.
    """

    place: int
    kind: str
    due: date
    zone: tzinfo
    overdue_at: datetime
    met_at: datetime | None

    def is_overdue(self, now: datetime) -> bool:
        """Tell whether its day is over and nothing on record says that it was met by now."""
        return self.overdue_at <= now and not self.is_met(now)

    def is_met(self, now: datetime) -> bool:
        """Tell whether it was met by now; what is dated later counts from its date on."""
        return self.met_at is not None and self.met_at <= now

    def stops_at(self, grace_days: int) -> datetime:
        """Return the instant from which its agreement lets nothing through while it is not met, in UTC."""
        return day_over(self.due, self.zone, grace_days)

    def stops(self, now: datetime, grace_days: int) -> bool:
        """Tell whether its agreement lets nothing through because of it."""
        return self.is_overdue(now) and self.stops_at(grace_days) <= now


def duties_of(agreement: Agreement, zone: tzinfo | None) -> tuple[Duty, ...]:
    """Return the obligations of the agreement that can be overdue, in their order; total.

    Left out are those without a date and those that were met in time.
    """
    met = _met(agreement)
    zone = zone or _EARLIEST
    duties = (
        Duty(
            place=place,
            kind=owed.kind,
            due=owed.due,
            zone=zone,
            overdue_at=day_over(owed.due, zone),
            met_at=met.get((owed.kind, owed.due)),
        )
        for place, owed in enumerate(agreement.obligations)
        if owed.due is not None
    )
    return tuple(duty for duty in duties if not duty.is_met(duty.overdue_at))


def _met(agreement: Agreement) -> dict[tuple[str, date], datetime]:
    """Return when each obligation was first met, by kind and due day.

    Where two obligations have the same kind and day, nobody can say which of them was met, so neither was.
    """
    owed = Counter((one.kind, one.due) for one in agreement.obligations)
    met: dict[tuple[str, date], datetime] = {}
    for one in filter(is_evidenced, agreement.fulfilments):
        key = one.kind, one.due
        if owed[key] == 1:
            met[key] = min(one.at, met.get(key, one.at))
    return met


def is_evidenced(fulfilment: Fulfilment) -> bool:
    """Tell whether somebody vouches for it, with a reference to what shows it."""
    return not (is_blank(fulfilment.by) or is_blank(fulfilment.reference))


def day_over(day: date, zone: tzinfo, days: int = 0) -> datetime:
    """Return the instant at which the day, and so many days after it, are over in the zone; in UTC."""
    after = min(day, _LAST_DAY) + timedelta(days=1 + days)
    return datetime.combine(after, time(), zone).astimezone(UTC)
