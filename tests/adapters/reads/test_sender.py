"""What the sender makes of a payload whose feed is not there any more."""

import hashlib
from datetime import UTC, datetime
from pathlib import Path

from streams.adapters.reads.meter import ReadMeter
from streams.adapters.reads.sender import Sender
from streams.adapters.reads.spool import Payload, Spool, Spooled
from streams.adapters.reads.unread import Unread
from streams.clock import SystemClock
from streams.settings import Settings


async def test_a_payload_of_a_feed_that_is_no_more_is_known_by_its_digest(tmp_path: Path) -> None:
    now = datetime(2027, 3, 1, tzinfo=UTC)
    payload = Payload(feed="gone", content_type="", received_at=now, body=b"payload")
    async with Spool.open(tmp_path / "spool", 1 << 20) as spool:
        sender = Sender(Settings(), {}, spool, ReadMeter({}, 1, SystemClock()), SystemClock())
        (found,) = sender._parsed(Spooled(place=1, payload=payload))
    assert isinstance(found, Unread)
    assert found.message == "the feed is no more"
    assert found.source_digest == hashlib.sha256(b"payload").hexdigest()
