"""Axis License Plate Verifier and CAMMRA: JSON in which every value is a text.

A car is told several times: new, update, lost. All have the same id here, so that it counts once.
`capture_timestamp` is in milliseconds; `datetime` is local, without an offset, and not read.
"""

from collections.abc import Iterator
from datetime import datetime

from streams.adapters.reads.delivery import Delivery
from streams.adapters.reads.part import Part
from streams.adapters.reads.payloads import json_part
from streams.adapters.reads.read_format import ReadFormat, Sight
from streams.adapters.reads.unread import missing
from streams.policy.request import PlateRead


def _parts(delivery: Delivery) -> Iterator[Part]:
    yield json_part(delivery.body)


def _sight(root: Part, _delivery: Delivery) -> Sight:
    captured_at = root.epoch("capture_timestamp", per_second=1000)
    captured_at = captured_at or root.epoch("capture_ts", per_second=1_000_000_000)
    if captured_at is None:
        raise missing("capture_timestamp")
    camera = root.part("camera_info").text("SerialNumber", "MACAddress") or root.needed("sensorProviderID")
    place = root.part("geotag")
    read = PlateRead(
        read_id=_read_id(root, camera, captured_at),
        captured_at=captured_at,
        plate=root.text("plateUTF8", "plateUnicode", "plateText", "plateASCII"),
        plate_region=root.text("plateCountry"),
        confidence=root.fraction("plateConfidence", whole=1),
        camera_id=camera,
        camera_name=root.text("sensorProviderID"),
        latitude=place.number("lat"),
        longitude=place.number("lon"),
        image_reference=_first_image(root),
    )
    return Sight(read=read)


def _first_image(root: Part) -> str | None:
    images = root.values.get("imagesURI")
    first = next(iter(images), None) if isinstance(images, list) else images
    return Part({"imagesURI": first}).text("imagesURI")


def _read_id(root: Part, camera: str, captured_at: datetime) -> str:
    # The camera counts cars from 1 again after it was switched off, so the hour belongs to the id. A car that
    # waits over the full hour counts twice, which is better than one that does not count.
    hour = captured_at.strftime("%Y%m%dT%H")
    return f"{camera}:{root.text('sensorProviderID') or ''}:{root.needed('carID')}:{hour}"


AXIS = ReadFormat(name="axis", parts=_parts, sight=_sight)
