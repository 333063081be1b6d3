"""Deliveries of live shares as framed bytes: what stands on `alpr.out.<entity id>` beside the releases."""

from streams.codecs.record_codec import codec_of
from streams.policy.live.delivery import Delivery

_codec = codec_of(Delivery)


def is_delivery(data: bytes | None) -> bool:
    """Tell whether the bytes say that they are a delivery, and so are to be read as one."""
    return _codec.is_named_by(data)


def encode_delivery(delivery: Delivery) -> bytes:
    """Return the delivery as framed bytes, or raise CodecError when it does not fit its schema or 2 MiB."""
    return _codec.encode(delivery)


def decode_delivery(data: bytes | None) -> Delivery:
    """Return the delivery that framed bytes hold, or raise CodecError."""
    return _codec.decode(data)
