"""What a feed sends at once, and what is known of the feed without asking the payload."""

import hashlib
import hmac
from dataclasses import dataclass, field
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

# A read with two images; larger ones are no reads.
MOST_BYTES = 8 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """One source of reads: its name here, the network its cameras belong to, and the zone of their clocks.

    The zone is for times that a camera writes without an offset, or as if they were UTC. `reference_key`
    makes references that show nothing.
    """

    name: str
    network: str
    zone: ZoneInfo
    reference_key: bytes = field(repr=False)

    def reference(self, kind: str, text: str) -> str:
        """Return what stands for a vendor's text outside: the same for the same text, and showing none of it.

        With a key, because plates are few: from a plain digest a plate is found by trying them all.
        """
        content = f"{kind}\n{self.name}\n{text}".encode("utf-8", "surrogatepass")
        return hmac.new(self.reference_key, content, hashlib.sha256).hexdigest()[:32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One payload with its media type as the sender gave it; `received_at` is UTC."""

    feed: Feed
    body: bytes
    content_type: str
    received_at: datetime

    @property
    def digest(self) -> str:
        """Return the SHA-256 of the body in hexadecimal."""
        return hashlib.sha256(self.body).hexdigest()

    def local(self, wall: datetime, zone: ZoneInfo | None = None) -> datetime:
        """Return the instant at which clocks of the feed, or of a zone, showed `wall`, which has no offset.

        Where clocks go back an hour, the first of the two: a read must not look younger than it is.
        """
        return wall.replace(tzinfo=zone or self.feed.zone, fold=0).astimezone(UTC)
