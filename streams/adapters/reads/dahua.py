"""Dahua TrafficJunction, in three dresses: JSON, `Code=…;data={…}`, and lines of `Events[0].Key=value`.

`UTC` is local time although its name says otherwise; `RealUTC` is UTC. The plate stands in one of several
places, and where there was none an empty text or a word such as `No Plate`. Confidence can exceed 100.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta

from streams.adapters.reads.delivery import Delivery
from streams.adapters.reads.part import Part
from streams.adapters.reads.payloads import json_part
from streams.adapters.reads.read_format import ReadFormat, Sight, derived_id
from streams.adapters.reads.unread import UnreadError, UnreadReason, missing
from streams.policy.request import PlateRead

EVENT = "TrafficJunction"
_MILLISECOND = timedelta(milliseconds=1)
_COMMAND = re.compile(r"\s*Code=(\w+);.*?\bdata=(\{.*)", re.DOTALL)
_LINE = re.compile(r"\s*Events\[(\d{1,3})\]\.([\w.\[\]]{1,200})=(.*?)\s*", re.ASCII)
_DEEPEST = 8


def _parts(delivery: Delivery) -> Iterator[Part]:
    try:
        text = delivery.body.decode()
    except UnicodeDecodeError:
        raise UnreadError(UnreadReason.UNPARSABLE, "expected UTF-8") from None
    if (command := _COMMAND.match(text)) is not None:
        yield _named(json_part(command[2].rstrip()), command[1])
    elif text.lstrip().startswith("{"):
        yield from _events(json_part(text))
    else:
        yield from _lines(text)


def _events(root: Part) -> Iterator[Part]:
    """Yield the events of a notification, or the one that stands for itself."""
    events = [*root.part("params").parts("eventList")] or [*root.parts("Events")] or [root]
    for event in events:
        data = next((part for name in ("Data", "data") if (part := event.part(name)).values), event)
        yield _named(data, event.text("Code", "code") or data.text("Code"))


def _lines(text: str) -> Iterator[Part]:
    events: dict[str, dict[str, object]] = {}
    for line in text.splitlines():
        if (found := _LINE.fullmatch(line)) is None:
            continue
        *parents, name = found[2].split(".")
        if len(parents) > _DEEPEST:
            raise UnreadError(UnreadReason.UNPARSABLE, f"expected keys of at most {_DEEPEST} levels")
        place = events.setdefault(found[1], {})
        for parent in parents:
            inner = place.setdefault(parent, {})
            if not isinstance(inner, dict):
                raise UnreadError(UnreadReason.UNPARSABLE, "expected a key to hold a value or keys, not both")
            place = inner
        place[name] = found[3]
    if not events:
        raise UnreadError(
            UnreadReason.UNPARSABLE, "expected JSON, `Code=…;data={…}` or `Events[0].Key=value`"
        )
    for event in events.values():
        yield _named(Part(event), None)


def _named(data: Part, code: str | None) -> Part:
    """Return the data with the event's code in it, which may stand outside."""
    named: Mapping[str, object] = {"Code": code, **data.values} if code is not None else data.values
    return Part(named, data.path)


def _sight(data: Part, delivery: Delivery) -> Sight:
    if data.text("Code") not in {EVENT, None}:
        raise UnreadError(UnreadReason.NOT_A_READ, f"expected `Code` {EVENT}: another event of the camera")
    car, thing = data.part("TrafficCar"), data.part("Object")
    captured_at = _captured_at(data, delivery)
    camera = car.text("MachineName") or data.text("MachineName", "Name")
    plate = car.text("PlateNumber") or thing.text("Text") or data.part("Plate").text("PlateNumber")
    group, event = data.text("GroupID"), data.text("EventID")
    place = data.part("CommInfo").part("GPSInfo")
    latitude, longitude = place.number("Latitude"), place.number("Longitude")
    if latitude == longitude == 0:
        latitude = longitude = None
    read = PlateRead(
        read_id=f"{camera}:{group}:{event}" if group and event else derived_id(camera, captured_at, plate),
        captured_at=captured_at,
        plate=plate,
        plate_region=data.part("CommInfo").text("Country"),
        confidence=thing.fraction("Confidence"),
        camera_id=camera,
        latitude=latitude,
        longitude=longitude,
        vehicle_color=car.text("VehicleColor"),
        vehicle_make=car.text("VehicleSign"),
    )
    return Sight(read=read)


def _captured_at(data: Part, delivery: Delivery) -> datetime:
    milliseconds = data.number("UTCMS") or 0
    part_of_second = milliseconds * _MILLISECOND if 0 <= milliseconds < 1000 else timedelta()  # noqa: PLR2004
    if (real := data.epoch("RealUTC", per_second=1)) is not None:
        return real + part_of_second
    shown = data.epoch("UTC", per_second=1) or data.part("TrafficCar").epoch("UTC", per_second=1)
    if shown is None:
        raise missing("RealUTC", "UTC")
    return delivery.local(shown.astimezone(UTC).replace(tzinfo=None)) + part_of_second


DAHUA = ReadFormat(name="dahua", parts=_parts, sight=_sight)
