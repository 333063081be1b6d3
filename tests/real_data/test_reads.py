"""Reads as three makers' cameras sent them."""

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from streams.adapters.reads.delivery import Delivery, Feed
from streams.adapters.reads.formats import READ_FORMATS
from streams.policy.read_event import ReadEvent

pytestmark = pytest.mark.real_data

FEED = Feed(name="real", network="Real", zone=ZoneInfo("America/Los_Angeles"), reference_key=bytes(range(32)))


@pytest.mark.parametrize(
    ("name", "file", "plate", "captured_at", "confidence"),
    [
        ("axis", "axis_lpv_event.json", "RLE11684", datetime(2021, 6, 11, 10, 5, 38, 252_000, UTC), 0.719034),
        ("hikvision", "hikvision_anpr.xml", "PECT600", datetime(2024, 1, 19, 3, 17, 19, 0, UTC), 0.97),
        (
            "plate_recognizer",
            "platerecognizer_stream_webhook.json",
            "PL8REC",
            datetime(2021, 9, 29, 5, 56, 13, 606_935, UTC),
            0.902,
        ),
    ],
)
def test_a_payload_of_a_real_camera_is_its_read(
    real_data: Path, name: str, file: str, plate: str, captured_at: datetime, confidence: float
) -> None:
    body = (real_data / file).read_bytes()
    delivery = Delivery(feed=FEED, body=body, content_type="", received_at=datetime(2026, 11, 1, tzinfo=UTC))
    (found,) = READ_FORMATS[name].parse(delivery)
    assert isinstance(found, ReadEvent)
    assert (found.read.plate, found.read.captured_at) == (plate, captured_at)
    assert found.read.confidence == pytest.approx(confidence)
