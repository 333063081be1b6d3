"""What the sender makes of payloads that have no feed any more, or no read that its topic takes."""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from streams.adapters.reads.feed_file import FeedAccess, read_feeds
from streams.adapters.reads.meter import ReadMeter
from streams.adapters.reads.sender import Sender
from streams.adapters.reads.spool import Payload, Spool, Spooled
from streams.adapters.reads.unread import Unread
from streams.clock import SystemClock
from streams.policy.read_event import ReadEvent
from streams.settings import Settings
from tests.adapters.reads import samples


async def parsed(tmp_path: Path, feeds: Mapping[str, FeedAccess], payload: Payload) -> ReadEvent | Unread:
    async with Spool.open(tmp_path / "spool", 1 << 20) as spool:
        sender = Sender(Settings(), feeds, spool, ReadMeter(feeds, 1, SystemClock()), SystemClock())
        (found,) = sender._parsed(Spooled(place=1, payload=payload))
        return found


async def test_a_read_that_its_topic_does_not_take_is_told_and_stops_nobody(tmp_path: Path) -> None:
    text = f"""
reference_key: {bytes(32).hex()}
feeds: [{{name: hits, format: flock, network: A, zone: UTC, mqtt_topic: a}}]
"""
    for count, taken in ((1, True), (10_000, True), (30_000, False)):
        body = json.dumps({**samples.FLOCK, "sources": [*samples.FLOCK["sources"]] * count}).encode()
        payload = Payload(feed="hits", content_type="", received_at=samples.RECEIVED, body=body)
        found = await parsed(tmp_path, read_feeds(text, Path("feeds.yaml")), payload)
        assert isinstance(found, ReadEvent) is taken


async def test_a_payload_of_a_feed_that_is_no_more_is_known_by_its_digest(tmp_path: Path) -> None:
    now = datetime(2027, 3, 1, tzinfo=UTC)
    payload = Payload(feed="gone", content_type="", received_at=now, body=b"payload")
    found = await parsed(tmp_path, {}, payload)
    assert isinstance(found, Unread)
    assert found.message == "the feed is no more"
    assert found.source_digest == hashlib.sha256(b"payload").hexdigest()
