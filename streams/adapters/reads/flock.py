"""Flock's webhook of hits on hot lists: a read with the entries that it hit.

The vendor keeps O as 0 in its lists, so the plate of an entry is not that of the read. The address of the
image is signed and opens for whoever has it, so it is kept without what signs it.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.parse import urlsplit

from streams.adapters.reads.delivery import Delivery
from streams.adapters.reads.part import Part
from streams.adapters.reads.payloads import json_part
from streams.adapters.reads.read_format import ReadFormat, Sight, region_of
from streams.adapters.reads.unread import UnreadError, UnreadReason, invalid
from streams.policy.read_event import HotListSource
from streams.policy.request import PlateRead
from streams.policy.vocabulary import DataType


def _parts(delivery: Delivery) -> Iterator[Part]:
    yield json_part(delivery.body)


def _sight(root: Part, _delivery: Delivery) -> Sight:
    ocr = root.part("ocr")
    read = PlateRead(
        read_id=root.needed("objectId"),
        captured_at=_captured_at(root),
        data_type=DataType.HOTLIST_HIT,
        plate=ocr.text("label"),
        plate_region=region_of(ocr.text("state")),
        confidence=ocr.confidence("labelConfidence"),
        camera_id=root.text("deviceId", "deviceName"),
        camera_name=root.text("deviceName"),
        latitude=root.number("deviceLat"),
        longitude=root.number("deviceLong"),
        image_reference=_without_signature(root),
    )
    hits = tuple(_source(each, root) for each in root.parts("sources"))
    if not hits:
        raise UnreadError(UnreadReason.FIELD_MISSING, "expected `sources`: a hit without its list")
    return Sight(read=read, hot_lists=hits)


def _captured_at(root: Part) -> datetime:
    text = root.needed("eventTime")
    found = root.epoch("eventTime", per_second=1000) if text.isdecimal() else root.stamp("eventTime")
    if found is None or found.tzinfo is None:
        raise invalid("eventTime", "a time with an offset, or milliseconds since 1970")
    return found.astimezone(UTC)


def _without_signature(root: Part) -> str | None:
    address = root.text("imageUrl")
    if address is None:
        return None
    try:
        return urlsplit(address).path or None
    except ValueError:
        raise invalid("imageUrl", "an address") from None


def _source(entry: Part, root: Part) -> HotListSource:
    return HotListSource(
        owner=root.text("networkName"),
        list_name=entry.text("name"),
        reason=entry.text("reason"),
        case_number=entry.text("caseNumber"),
    )


FLOCK = ReadFormat(name="flock", parts=_parts, sight=_sight)
