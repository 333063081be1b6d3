"""Plate Recognizer Stream, in both of its schemas: a form with the field `json`, or the JSON itself.

A plate is a text, or a record with a list of values. It comes in lower case, with a confidence of 0 to 1.
`timestamp` is UTC, also where it does not say so; `timestamp_local` and `timestamp_camera` are not read.
"""

from collections.abc import Iterator
from datetime import UTC

from streams.adapters.reads.delivery import Delivery
from streams.adapters.reads.part import Part
from streams.adapters.reads.payloads import form_fields, json_part
from streams.adapters.reads.read_format import ReadFormat, Sight, derived_id, region_of
from streams.adapters.reads.unread import UnreadError, UnreadReason, missing
from streams.policy.request import PlateRead

FIELD = "json"


def _parts(delivery: Delivery) -> Iterator[Part]:
    form = form_fields(delivery)
    if form and FIELD not in form:
        raise UnreadError(UnreadReason.FIELD_MISSING, f"expected the field `{FIELD}` in the form")
    data = json_part(form.get(FIELD, delivery.body)).part("data")
    for result in data.parts("results"):
        # What is said once for all results is read from each.
        yield Part({**data.values, **result.values}, result.path)


def _sight(result: Part, _delivery: Delivery) -> Sight:
    stamp = result.stamp("timestamp")
    if stamp is None:
        raise missing("data.timestamp")
    captured_at = stamp.replace(tzinfo=UTC) if stamp.tzinfo is None else stamp.astimezone(UTC)
    best = _older(result) if isinstance(result.values.get("plate"), str) else _newer(result)
    camera = result.needed("camera_id")
    read = PlateRead(
        read_id=derived_id(camera, captured_at, best.text("plate"), result.path),
        captured_at=captured_at,
        plate=best.text("plate"),
        plate_region=region_of(best.text("region")),
        confidence=best.fraction("score", whole=1),
        camera_id=camera,
        heading_degrees=result.number("direction"),
        vehicle_make=best.text("make"),
        vehicle_model=best.text("model"),
        vehicle_color=best.text("color"),
        image_reference=result.text("filename"),
    )
    return Sight(read=read)


def _older(result: Part) -> Part:
    vehicle = result.part("model_make")
    return Part(
        {
            "plate": result.text("plate"),
            "score": result.text("score"),
            "region": result.part("region").text("code"),
            "make": vehicle.text("make"),
            "model": vehicle.text("model"),
            "color": result.part("color").text("color"),
        },
        result.path,
    )


def _newer(result: Part) -> Part:
    plate, vehicle = result.part("plate").part("props"), result.part("vehicle").part("props")
    return Part(
        {
            "plate": plate.part("plate").text("value"),
            "score": plate.part("plate").text("score"),
            "region": plate.part("region").text("value"),
            "make": vehicle.part("make_model").text("make"),
            "model": vehicle.part("make_model").text("model"),
            "color": vehicle.part("color").text("value"),
        },
        result.path,
    )


PLATE_RECOGNIZER = ReadFormat(name="plate_recognizer", parts=_parts, sight=_sight)
