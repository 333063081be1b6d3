"""What of which reads an agreement lets go live: all of it that is not about one recipient.

Many agreements say the same. Who has the same profile gets the same bytes, so a read is looked at, cut and
encoded once for each profile and not for each recipient.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, tzinfo

from streams.policy.durations import Duration
from streams.policy.live.delivery import Delivery, make_delivery
from streams.policy.live.offer import Offer
from streams.policy.live_terms import LiveTerms, seconds_of
from streams.policy.minimise import shown_fields, stripped
from streams.policy.names import tidy
from streams.policy.request import PlateRead
from streams.policy.terms import Terms
from streams.policy.vocabulary import DataType, Scope

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# A camera stands somewhere: its name is its place.
_PLACES = frozenset({"camera_id", "camera_name"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What of which reads may go.

    INVARIANT: `fields` are names of `PlateRead`, and an image's reference is among them only where images are
    covered. `networks` is None for all. `hot_lists` is empty unless the agreement has the scope for hot
    lists. `coarseness` is in seconds; None is the time as it is, and `decimals` None the place as it is.
    """

    start: datetime
    end: datetime
    data_types: frozenset[DataType]
    networks: frozenset[str] | None
    hot_lists: frozenset[str]
    fields: frozenset[str]
    max_record_age: Duration
    zone: tzinfo
    coarseness: int | None
    decimals: int | None

    def takes(self, offer: Offer, now: datetime) -> bool:
        """Tell whether the read may go at `now`; it must have been made within the term, too."""
        read = offer.read
        captured = read.captured_at
        return (
            offer.data_type in self.data_types
            and (self.networks is None or read.network in self.networks)
            and self.start <= captured < self.end
            and self.hot_lists.issuperset(offer.lists)
            and not self.max_record_age.is_over(captured, now, self.zone)
        )

    def cut(self, offer: Offer, batch_id: str, number: int) -> Delivery:
        """Return what may go of a read that it takes; `number` is its place among those of the batch."""
        read = stripped(offer.read, self.fields)
        if offer.data_type is not read.data_type:
            read = replace(read, data_type=offer.data_type)
        if self.coarseness is not None or self.decimals is not None:
            read = self._coarsened(read, f"{batch_id}.{number}")
        return make_delivery(batch_id=batch_id, read=read, hot_lists=offer.lists)

    def _coarsened(self, read: PlateRead, read_id: str) -> PlateRead:
        return replace(
            read,
            read_id=read_id,
            captured_at=_floored(read.captured_at, self.coarseness),
            latitude=_rounded(read.latitude, self.decimals),
            longitude=_rounded(read.longitude, self.decimals),
        )


def profile_of(terms: Terms, live: LiveTerms) -> Profile | None:
    """Return the profile of a live share, or None when a length of time in it cannot be read."""
    span, zone = terms.max_record_age, terms.zone
    coarseness = None if live.time_coarseness is None else seconds_of(live.time_coarseness)
    if span is None or zone is None or (live.time_coarseness is not None and coarseness is None):
        return None
    # An image's reference is for whoever has agreed images; its own type alone shows a picture.
    shown = shown_fields(terms.agreement.fields, shows_pictures=DataType.IMAGE in terms.data_types)
    lists = live.hot_lists if Scope.HOT_LIST in terms.scopes else ()
    return Profile(
        start=terms.start,
        end=terms.end,
        data_types=terms.data_types,
        networks=terms.networks,
        hot_lists=frozenset(filter(None, map(tidy, lists))),
        fields=frozenset(shown) - (_PLACES if live.place_decimals is not None else frozenset()),
        max_record_age=span,
        zone=zone,
        coarseness=coarseness,
        decimals=live.place_decimals,
    )


def _floored(instant: datetime, seconds: int | None) -> datetime:
    if seconds is None:
        return instant
    step = timedelta(seconds=seconds)
    return instant - (instant - _EPOCH) % step


def _rounded(degrees: float | None, decimals: int | None) -> float | None:
    return degrees if degrees is None or decimals is None else round(degrees, decimals)
