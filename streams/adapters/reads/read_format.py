"""What every vendor's format is: how a payload is taken apart, and how a part of it becomes a read."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

from streams.adapters.reads.delivery import Delivery
from streams.adapters.reads.part import Part
from streams.adapters.reads.unread import Unread, UnreadError, UnreadReason
from streams.errors import CodecError
from streams.policy.plates import written_plate
from streams.policy.read_event import HotListSource, ReadEvent
from streams.policy.request import PlateRead

# Before, no plate was read into a data stream by anything that is still running.
_EARLIEST_YEAR = 2000
# A camera with a clock so wrong cannot say when it saw anything. The gate's own tolerance is far narrower.
_LATEST = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """What a format found of one read: plate, id and image reference are as the feed wrote them."""

    read: PlateRead
    is_replay: bool = False
    hot_lists: tuple[HotListSource, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadFormat:
    """One format by its name: `parts` takes a payload apart, `sight` reads a part; both raise UnreadError."""

    name: str
    parts: Callable[[Delivery], Iterator[Part]]
    sight: Callable[[Part, Delivery], Sight]

    def parse(self, delivery: Delivery) -> tuple[ReadEvent | Unread, ...]:
        """Return every read of the payload, and why each other part of it is none; total over any bytes."""
        # Once for all: a payload of thousands of parts must not be hashed for each.
        digest = delivery.digest
        found: list[ReadEvent | Unread] = []
        try:
            found.extend(self._read(part, delivery, digest) for part in self.parts(delivery))
        except UnreadError as error:
            found.append(_unread(error, digest))
        except CodecError as error:
            found.append(_unread(UnreadError(UnreadReason.UNPARSABLE, str(error)), digest))
        return tuple(found) or (_unread(_EMPTY, digest),)

    def _read(self, part: Part, delivery: Delivery, digest: str) -> ReadEvent | Unread:
        try:
            return _event(self.sight(part, delivery), delivery, digest)
        except UnreadError as error:
            return _unread(error, digest)


_EMPTY = UnreadError(UnreadReason.NOT_A_READ, "expected at least one read")


def _event(sight: Sight, delivery: Delivery, digest: str) -> ReadEvent:
    as_read = sight.read.plate or ""
    plate = written_plate(as_read)
    if plate is None:
        raise UnreadError(UnreadReason.NO_PLATE, "the camera saw no plate that it could read")
    captured_at = sight.read.captured_at
    if captured_at.year < _EARLIEST_YEAR or captured_at > delivery.received_at + _LATEST:
        raise UnreadError(UnreadReason.IMPLAUSIBLE_TIME, "the camera's clock is years behind or days ahead")
    feed, source_id, source_image = delivery.feed, sight.read.read_id, sight.read.image_reference
    return ReadEvent(
        read=replace(
            sight.read,
            # Ids and names of images hold plates, cameras and hours, which an agreement may not cover.
            read_id=f"{feed.name}:{feed.reference('read', source_id)}",
            image_reference=None if source_image is None else feed.reference("image", source_id),
            plate=plate,
            network=feed.network,
        ),
        feed=feed.name,
        source_read_id=source_id,
        source_image=source_image,
        plate_as_read=as_read,
        received_at=delivery.received_at,
        source_digest=digest,
        is_replay=sight.is_replay,
        hot_lists=sight.hot_lists,
    )


def _unread(error: UnreadError, digest: str) -> Unread:
    return Unread(reason=error.reason, message=str(error), source_digest=digest)


def derived_id(*parts: object) -> str:
    """Return an id of a read whose vendor gives none: the same for the same parts, and short."""
    return hashlib.sha256("\n".join(map(str, parts)).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def region_of(text: str | None) -> str | None:
    """Return a region as vendors write it, `us-ca`, in the form of ISO 3166-2; another word as it stands."""
    return None if text is None else text.upper().replace("_", "-")
