"""What an agreement says of a live share besides what it covers: who answers for it, what for, how coarsely.

A live share sends reads on before anybody has asked for one of them, so all that a request would say stands
here once: the receiving system, the person who answers for it, the purpose and the reason (Civ. Code
1798.90.52(a)). Without it an agreement gives no live share.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields

from streams.policy.durations import parse_duration
from streams.policy.vocabulary import Purpose


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveTerms:
    """The terms of a live share.

    `purpose` must be one of the agreement's. `reason` is the purpose in words, and is screened like that of a
    request. `time_coarseness` is an ISO 8601 duration of hours, minutes and seconds: times are cut to whole
    ones of it, in UTC. `place_decimals` is how many decimal places of degrees go; then the camera's id and
    name stay here. None is as the camera gave it. `hot_lists` are the lists of which hits may go; an empty
    tuple covers none.
    """

    receiving_system: str
    accountable_user: str
    purpose: Purpose
    reason: str
    time_coarseness: str | None = None
    place_decimals: int | None = None
    hot_lists: tuple[str, ...] = ()


def seconds_of(coarseness: str) -> int | None:
    """Return how many seconds a coarseness of time is, or None when it is no length of whole seconds."""
    span = parse_duration(coarseness)
    # A day is not always 24 hours, and no two readers cut it alike.
    if span is None or span.months or span.days or span.exact.microseconds:
        return None
    return int(span.exact.total_seconds()) or None


def wider_parts(before: LiveTerms | None, after: LiveTerms | None) -> tuple[str, ...]:
    """Return the fields by which the later terms give more; whatever is not plainly narrower counts."""
    if after is None or after == before:
        return ()
    if before is None:
        return tuple(field.name for field in fields(LiveTerms))
    return tuple(_wider(before, after))


def _wider(before: LiveTerms, after: LiveTerms) -> Iterator[str]:
    for name in ("receiving_system", "accountable_user", "purpose", "reason"):
        if getattr(after, name) != getattr(before, name):
            yield name
    if not _is_no_finer(before.time_coarseness, after.time_coarseness):
        yield "time_coarseness"
    if not _has_no_more_places(before.place_decimals, after.place_decimals):
        yield "place_decimals"
    if not set(after.hot_lists) <= set(before.hot_lists):
        yield "hot_lists"


def _is_no_finer(before: str | None, after: str | None) -> bool:
    """Tell whether the later times can be worked out from the earlier ones."""
    if after == before:
        return True
    if after is None:
        return False
    later = seconds_of(after)
    earlier = 1 if before is None else seconds_of(before)
    # Two clocks that are no multiples of one another tell more together than either.
    return later is not None and earlier is not None and later % earlier == 0


def _has_no_more_places(before: int | None, after: int | None) -> bool:
    return before is None or (after is not None and after <= before)
