"""A format that a file describes: where each field of a read stands in JSON or CSV, and in which unit.

Names of JSON are JSON Pointers (RFC 6901): `/plate` in the item, `payload/camera` in the payload around it.
Names of CSV are those of its header. Nothing is guessed: a time without an offset needs a zone in the
mapping, and a confidence needs its scale.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from streams.adapters.reads.delivery import Delivery
from streams.adapters.reads.items import Items, broken
from streams.adapters.reads.part import Part, sensible
from streams.adapters.reads.read_format import ReadFormat, Sight, derived_id, region_of
from streams.adapters.reads.unread import UnreadError, UnreadReason, invalid, missing
from streams.policy.read_event import HotListSource
from streams.policy.request import PlateRead
from streams.policy.vocabulary import DataType

# The zone that a feed says its cameras' clocks are in.
ZONE_OF_FEED = "feed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a value stands: in the first of the names that holds one, or in all of them, joined by a blank.

    `constant` stands for all that holds none; `prefix` comes before what was found.
    """

    names: tuple[str, ...] = ()
    joined: bool = False
    constant: str | None = None
    prefix: str = ""

    @property
    def label(self) -> str:
        """Return how a message speaks of the place."""
        return (" " if self.joined else " or ").join(self.names)

    def text(self, part: Part) -> str | None:
        """Return the value as a text, or None for none."""
        if self.joined:
            texts = [part.text(name) for name in self.names]
            found = None if None in texts else " ".join(filter(None, texts))
        else:
            found = part.text(*self.names)
        return self.constant if found is None else f"{self.prefix}{found}"

    def alone(self, part: Part) -> Part:
        """Return a part with this value under its label, so that a message names what the file names."""
        return Part({self.label: self.text(part)})


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeForm:
    """How an instant is written: parts of a second since 1970, a pattern of `strptime`, or else ISO 8601.

    `zone` is that of the clock that wrote it, `feed` for that of the feed; None where the offset is written,
    or where the count since 1970 is in UTC, as its definition has it and not every camera.
    """

    place: Place
    per_second: int | None = None
    pattern: str | None = None
    zone: str | None = None

    def read(self, part: Part, delivery: Delivery) -> datetime:
        """Return the instant in UTC."""
        one, label = self.place.alone(part), self.place.label
        found = self._written(one, label)
        if found is None:
            raise missing(*self.place.names)
        if self.zone is None:
            if found.tzinfo is None:
                raise invalid(label, "a time with an offset, or a mapping that names its zone")
            return found.astimezone(UTC)
        if found.tzinfo is not None and self.per_second is None:
            # An offset that is written says more than the file does.
            return found.astimezone(UTC)
        zone = delivery.feed.zone if self.zone == ZONE_OF_FEED else ZoneInfo(self.zone)
        return delivery.local(found.replace(tzinfo=None), zone)

    def _written(self, one: Part, label: str) -> datetime | None:
        if self.per_second is not None:
            return one.epoch(label, per_second=self.per_second)
        if self.pattern is None:
            return one.stamp(label)
        text = one.text(label)
        try:
            return None if text is None else sensible(datetime.strptime(text, self.pattern))  # noqa: DTZ007
        except ValueError:
            raise invalid(label, f"a time as `{self.pattern}`") from None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadMapping:
    """What a file says of a format.

    `only` are values that an item must have to be a read at all. `confidence` is its place and the number
    that says certain. `fields` and `hot_list` are places by the names of `PlateRead` and `HotListSource`.
    """

    name: str
    items: Items
    captured_at: TimeForm
    only: tuple[tuple[str, str], ...] = ()
    fields: Mapping[str, Place] = field(default_factory=dict)
    confidence: tuple[Place, float] | None = None
    is_replay: Place = field(default_factory=Place)
    hot_list: Mapping[str, Place] = field(default_factory=dict)

    def format(self) -> ReadFormat:
        """Return the format, to parse payloads with."""
        return ReadFormat(name=self.name, parts=self.items.parts, sight=self._sight)

    def _sight(self, part: Part, delivery: Delivery) -> Sight:
        try:
            return self._read(Part(part.values), delivery)
        except UnreadError as error:
            raise UnreadError(error.reason, f"{part.path}: {error}" if part.path else str(error)) from None

    def _read(self, part: Part, delivery: Delivery) -> Sight:
        if (problem := broken(part)) is not None:
            raise UnreadError(UnreadReason.UNPARSABLE, problem)
        for name, value in self.only:
            if _word(part, name) != value:
                raise UnreadError(UnreadReason.NOT_A_READ, f"expected `{name}` as the mapping has it")
        hits = self._hot_lists(part)
        captured_at, camera, plate = self.captured_at.read(part, delivery), *self._who(part)
        read = PlateRead(
            read_id=self._text("read_id", part) or derived_id(camera, captured_at, plate),
            captured_at=captured_at,
            data_type=DataType.HOTLIST_HIT if hits else DataType.PLATE_READ,
            plate=plate,
            plate_region=region_of(self._text("plate_region", part)),
            confidence=self._confidence(part),
            camera_id=camera,
            camera_name=self._text("camera_name", part),
            latitude=self._number("latitude", part),
            longitude=self._number("longitude", part),
            heading_degrees=self._number("heading_degrees", part),
            vehicle_make=self._text("vehicle_make", part),
            vehicle_model=self._text("vehicle_model", part),
            vehicle_color=self._text("vehicle_color", part),
            image_reference=_without_query(self._text("image_reference", part)),
        )
        is_replay = any(part.flag(name) for name in self.is_replay.names)
        return Sight(read=read, is_replay=is_replay, hot_lists=hits)

    def _who(self, part: Part) -> tuple[str | None, str | None]:
        return self._text("camera_id", part), self._text("plate", part)

    def _text(self, name: str, part: Part) -> str | None:
        place = self.fields.get(name)
        return None if place is None else place.text(part)

    def _number(self, name: str, part: Part) -> float | None:
        place = self.fields.get(name)
        return None if place is None else place.alone(part).number(place.label)

    def _confidence(self, part: Part) -> float | None:
        if self.confidence is None:
            return None
        place, whole = self.confidence
        return place.alone(part).fraction(place.label, whole=whole)

    def _hot_lists(self, part: Part) -> tuple[HotListSource, ...]:
        names = [name for place in self.hot_list.values() for name in place.names]
        # Constants alone say nothing of this read.
        if part.text(*names) is None:
            return ()
        return (HotListSource(**{name: place.text(part) for name, place in self.hot_list.items()}),)


def _word(part: Part, name: str) -> str | None:
    value = part.values.get(name)
    return str(value).lower() if isinstance(value, bool) else part.text(name)


def _without_query(reference: str | None) -> str | None:
    # What comes after it in an address may be what opens the image, for whoever has it.
    is_address = reference is not None and "://" in reference
    return reference.partition("?")[0].partition("#")[0] if reference and is_address else reference
