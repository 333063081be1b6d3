"""Reads as framed bytes: what stands on `alpr.reads`."""

from streams.codecs.record_codec import codec_of
from streams.policy.read_event import ReadEvent

_codec = codec_of(ReadEvent)


def encode_read_event(event: ReadEvent) -> bytes:
    """Return the read as framed bytes, or raise CodecError when it does not fit its schema or 2 MiB."""
    return _codec.encode(event)


def decode_read_event(data: bytes | None) -> ReadEvent:
    """Return the read that framed bytes hold, or raise CodecError."""
    return _codec.decode(data)
