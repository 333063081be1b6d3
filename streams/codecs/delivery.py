"""Deliveries of live shares as framed bytes: what stands on `alpr.out.<entity id>` beside the releases."""

from streams.codecs.catalogue import versions_of
from streams.codecs.record_codec import FRAME_SIZE, codec_of, frame
from streams.policy.live.delivery import Delivery

_codec = codec_of(Delivery)
_FRAMES = frozenset(frame(version.schema_id) for version in versions_of("delivery"))


def is_delivery(data: bytes | None) -> bool:
    """Tell whether the bytes say that they are a delivery, and so are to be read as one."""
    return data is not None and data[:FRAME_SIZE] in _FRAMES


def encode_delivery(delivery: Delivery) -> bytes:
    """Return the delivery as framed bytes, or raise CodecError when it does not fit its schema or 2 MiB."""
    return _codec.encode(delivery)


def decode_delivery(data: bytes | None) -> Delivery:
    """Return the delivery that framed bytes hold, or raise CodecError."""
    return _codec.decode(data)
