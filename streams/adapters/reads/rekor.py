"""Rekor Scout, formerly OpenALPR: `alpr_group`, one for each car, and `alpr_alert`, which wraps one.

`alpr_results` come about fifty for one car, and `heartbeat` tells cameras and no reads. Confidence is 0 to
100; times are milliseconds since 1970. Source: the vendor's page on application integration.
"""

from collections.abc import Iterator

from streams.adapters.reads.delivery import Delivery
from streams.adapters.reads.part import Part
from streams.adapters.reads.payloads import json_part
from streams.adapters.reads.read_format import ReadFormat, Sight, region_of
from streams.adapters.reads.unread import UnreadError, UnreadReason, missing
from streams.policy.read_event import HotListSource
from streams.policy.request import PlateRead
from streams.policy.vocabulary import DataType

GROUP, ALERT = "alpr_group", "alpr_alert"
_OTHERS = frozenset({"alpr_results", "heartbeat", "vehicle"})
# What a camera without a receiver gives as its place.
_NOWHERE = frozenset({0.0, -1.0})


def _parts(delivery: Delivery) -> Iterator[Part]:
    root = json_part(delivery.body)
    kind = root.needed("data_type")
    if kind in _OTHERS:
        raise UnreadError(UnreadReason.NOT_A_READ, f"`{kind}` is not one read for one car")
    if kind not in {GROUP, ALERT}:
        raise UnreadError(UnreadReason.FIELD_INVALID, f"`data_type`: expected {GROUP} or {ALERT}")
    yield root


def _sight(root: Part, _delivery: Delivery) -> Sight:
    is_alert = root.text("data_type") == ALERT
    group = root.part("group") if is_alert else root
    if group.flag("is_preview"):
        raise UnreadError(UnreadReason.PREVIEW, "a preview: the whole group follows")
    captured_at = group.epoch("epoch_start", per_second=1000)
    if captured_at is None:
        raise missing("epoch_start")
    vehicle = group.part("vehicle")
    latitude, longitude = group.number("gps_latitude"), group.number("gps_longitude")
    if latitude == longitude and latitude in _NOWHERE:
        latitude = longitude = None
    read = PlateRead(
        read_id=group.needed("best_uuid"),
        captured_at=captured_at,
        data_type=DataType.HOTLIST_HIT if is_alert else DataType.PLATE_READ,
        plate=group.text("best_plate_number"),
        plate_region=region_of(group.text("best_region")),
        confidence=group.fraction("best_confidence"),
        camera_id=group.text("camera_id"),
        # The group names no camera; its id is a random number whose name stands in the agent's heartbeat.
        camera_name=root.text("camera_name") or group.part("web_server_config").text("camera_label"),
        latitude=latitude,
        longitude=longitude,
        heading_degrees=group.number("travel_direction"),
        vehicle_make=vehicle.part("make").text("name"),
        vehicle_model=vehicle.part("make_model").text("name"),
        vehicle_color=vehicle.part("color").text("name"),
        image_reference=group.text("best_uuid"),
    )
    return Sight(read=read, hot_lists=(_source(root),) if is_alert else ())


def _source(alert: Part) -> HotListSource:
    return HotListSource(list_name=alert.text("alert_list", "list_type"), reason=alert.text("description"))


REKOR = ReadFormat(name="rekor", parts=_parts, sight=_sight)
