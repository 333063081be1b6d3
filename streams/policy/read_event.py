"""A read as a feed delivered it: what of it may be shared, and where it comes from.

Nothing of it is proven but the feed and when it came: cameras misread plates, have wrong clocks and send
again. A hit on a hot list is a disclosure of its own, so it names the lists that it hit.
"""

from dataclasses import dataclass
from datetime import datetime

from streams.policy.request import PlateRead


@dataclass(frozen=True, slots=True, kw_only=True)
class HotListSource:
    """The entry of a hot list that a plate hit; None is what the feed did not say.

    `owner` is the agency whose list it is, `list_name` the list or file that the entry came from.
    """

    owner: str | None = None
    list_name: str | None = None
    reason: str | None = None
    case_number: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadEvent:
    """One read of one plate. Its `read.read_id` is the same whenever the same feed delivers it again.

    `read.plate` is in the letters A to Z and digits, with look-alikes folded; `plate_as_read` is what the
    camera wrote, O and 0 as they were. `source_digest` is the SHA-256 of the payload, in hexadecimal;
    `received_at` is UTC. `is_replay` says that the camera itself called it one.

    `source_read_id` and `source_image` are the feed's own words for the read and its image. They may hold
    the plate or the camera, so they never leave: `read.read_id` and `read.image_reference` stand for them.
    """

    read: PlateRead
    feed: str
    plate_as_read: str
    received_at: datetime
    source_digest: str
    is_replay: bool = False
    hot_lists: tuple[HotListSource, ...] = ()
    source_read_id: str | None = None
    source_image: str | None = None
