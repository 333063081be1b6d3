"""Heartbeats of workers as framed bytes."""

from streams.codecs.record_codec import codec_of
from streams.policy.book_records import Heartbeat

_codec = codec_of(Heartbeat)


def encode_heartbeat(heartbeat: Heartbeat) -> bytes:
    """Return the heartbeat as framed bytes."""
    return _codec.encode(heartbeat)


def decode_heartbeat(data: bytes | None) -> Heartbeat:
    """Return the heartbeat that framed bytes hold, or raise CodecError."""
    return _codec.decode(data)
