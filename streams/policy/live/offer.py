"""A read that may go to whoever has an agreement for it, or why it may go to nobody."""

from datetime import datetime
from typing import NamedTuple

from streams.policy.live.hits import hit_of
from streams.policy.live.withheld import Withheld
from streams.policy.policy_in_force import AGENCY_ZONE, PolicyInForce
from streams.policy.read_event import ReadEvent
from streams.policy.read_names import is_one_read
from streams.policy.request import PlateRead
from streams.policy.vocabulary import DataType


class Offer(NamedTuple):
    """A read with what it discloses; `lists` are the hot lists that it hit."""

    read: PlateRead
    data_type: DataType
    lists: tuple[str, ...]


def offer_of(event: ReadEvent, policy: PolicyInForce, now: datetime) -> Offer | Withheld:
    """Return what the read offers at `now`, or why it goes to nobody.

    No evidence hold lifts an age here: what is evidence is asked for, in a request with its case.
    """
    read = event.read
    if not is_one_read(read.read_id):
        return Withheld.UNNAMED
    if event.is_replay:
        return Withheld.REPLAY
    captured = read.captured_at
    if captured > now and not policy.clock_skew.covers(now, captured, AGENCY_ZONE):
        return Withheld.FUTURE
    # Both, for nothing says that a policy hides before it deletes.
    if any(span.is_over(captured, now, AGENCY_ZONE) for span in (policy.visible_for, policy.retained_for)):
        return Withheld.TOO_OLD
    hit = hit_of(event, policy)
    return hit if isinstance(hit, Withheld) else Offer(read, hit.data_type, hit.lists)
