"""Genetec AutoVu: JSON of its web action, or XML of its template.

Dates have the day first in JSON (`31/01/2027`) and colons in XML (`2027:01:31`); times are UTC. Confidence is
0 to 100.
"""

from collections.abc import Iterator
from datetime import UTC, datetime

from streams.adapters.reads.delivery import Delivery
from streams.adapters.reads.part import Part
from streams.adapters.reads.payloads import json_part, xml_part
from streams.adapters.reads.read_format import ReadFormat, Sight, derived_id
from streams.adapters.reads.unread import UnreadError, UnreadReason, invalid
from streams.policy.request import PlateRead

_DATES = ("%d/%m/%Y", "%Y:%m:%d", "%Y-%m-%d")
_TIMES = ("%H:%M:%S", "%H:%M:%S.%f")
_FORMATS = tuple(f"{date} {time}" for date in _DATES for time in _TIMES)


def _parts(delivery: Delivery) -> Iterator[Part]:
    is_xml = delivery.body.lstrip().startswith((b"<", b"\xef\xbb\xbf<"))
    yield xml_part(delivery.body) if is_xml else json_part(delivery.body)


def _sight(root: Part, _delivery: Delivery) -> Sight:
    captured_at = _captured_at(root)
    camera = root.needed("CameraName", "Camera", "SharpName")
    plate = root.text("Plate")
    attributes = root.part("Attributes")
    read = PlateRead(
        read_id=root.text("Guid", "ReadId") or derived_id(camera, captured_at, plate),
        captured_at=captured_at,
        plate=plate,
        plate_region=root.text("State"),
        confidence=root.fraction("ConfidenceScore"),
        camera_id=camera,
        camera_name=camera,
        latitude=root.number("Latitude"),
        longitude=root.number("Longitude"),
        vehicle_make=attributes.text("Vehicle Make"),
        vehicle_model=attributes.text("Vehicle Model"),
        vehicle_color=attributes.text("Vehicle Color"),
    )
    return Sight(read=read)


def _captured_at(root: Part) -> datetime:
    date, time = root.text("DateUtc", "UTCDate"), root.text("TimeUtc", "UTCTime")
    if date is None or time is None:
        raise UnreadError(UnreadReason.FIELD_MISSING, "expected `DateUtc` and `TimeUtc`")
    for form in _FORMATS:
        try:
            return datetime.strptime(f"{date} {time}", form).replace(tzinfo=UTC)
        except ValueError:
            continue
    raise invalid("DateUtc", "a date with the day first, or 2027:01:31, and a time")


GENETEC = ReadFormat(name="genetec", parts=_parts, sight=_sight)
