"""Hikvision ANPR: XML alone or in a form, in either of two namespaces.

Confidence is 0 to 100, of some firmware 0 to 1. The place is in degrees, minutes and seconds with letters for
the hemisphere, and often unset. A camera that was cut off sends what it missed later, and says so.
"""

from collections.abc import Iterator
from datetime import UTC, datetime

from streams.adapters.reads.delivery import Delivery
from streams.adapters.reads.part import Part
from streams.adapters.reads.payloads import form_fields, xml_part
from streams.adapters.reads.read_format import ReadFormat, Sight, derived_id
from streams.adapters.reads.unread import UnreadError, UnreadReason, missing
from streams.policy.request import PlateRead

EVENT = "ANPR"
_XML_STARTS = (b"<", b"\xef\xbb\xbf<")
# As the firmware writes what it did not recognise.
_UNKNOWN = frozenset({"unknown", "other"})
_NEGATIVE = {"latitudeType": "S", "longitudeType": "W"}


def _parts(delivery: Delivery) -> Iterator[Part]:
    form = form_fields(delivery)
    documents = [part for part in form.values() if part.lstrip().startswith(_XML_STARTS)]
    if form and not documents:
        raise UnreadError(UnreadReason.FIELD_MISSING, "expected an XML document in the form")
    for document in documents or [delivery.body]:
        yield xml_part(document)


def _sight(root: Part, delivery: Delivery) -> Sight:
    if root.text("eventType") != EVENT:
        raise UnreadError(
            UnreadReason.NOT_A_READ, f"expected `eventType` {EVENT}: another event of the camera"
        )
    anpr = root.part("ANPR")
    captured_at = _captured_at(root, delivery)
    camera = f"{root.needed('macAddress')}/{root.text('channelID') or ''}"
    plate = anpr.text("licensePlate", "originalLicensePlate")
    latitude, longitude = _place(root.part("DeviceGPSInfo"))
    vehicle = anpr.part("vehicleInfo")
    read = PlateRead(
        read_id=root.text("UUID") or derived_id(camera, captured_at, plate),
        captured_at=captured_at,
        plate=plate,
        confidence=anpr.confidence("confidenceLevel"),
        camera_id=camera,
        camera_name=root.text("channelName"),
        latitude=latitude,
        longitude=longitude,
        vehicle_color=_known(vehicle.text("color")),
        image_reference=anpr.part("pictureInfoList").part("pictureInfo").text("pId", "fileName"),
    )
    return Sight(read=read, is_replay=root.flag("isDataRetransmission"))


def _captured_at(root: Part, delivery: Delivery) -> datetime:
    stamp = root.stamp("dateTime")
    if stamp is None:
        raise missing("dateTime")
    return delivery.local(stamp) if stamp.tzinfo is None else stamp.astimezone(UTC)


def _place(gps: Part) -> tuple[float | None, float | None]:
    latitude = _degrees(gps, "Latitude", "latitudeType")
    longitude = _degrees(gps, "Longitude", "longitudeType")
    # Unset, it is a point in the sea.
    return (None, None) if latitude == longitude == 0 else (latitude, longitude)


def _degrees(gps: Part, name: str, hemisphere: str) -> float | None:
    part = gps.part(name)
    degrees = part.number("degree")
    if degrees is None:
        return None
    found = degrees + (part.number("minute") or 0) / 60 + (part.number("sec") or 0) / 3600
    return -found if gps.text(hemisphere) == _NEGATIVE[hemisphere] else found


def _known(word: str | None) -> str | None:
    return None if word is None or word.lower() in _UNKNOWN else word


HIKVISION = ReadFormat(name="hikvision", parts=_parts, sight=_sight)
