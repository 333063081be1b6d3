"""Marks as framed bytes: what stands on `alpr.sharing.marks`."""

from streams.codecs.record_codec import codec_of
from streams.policy.mark import Mark

_codec = codec_of(Mark)


def encode_mark(mark: Mark) -> bytes:
    """Return the mark as framed bytes, or raise CodecError when it does not fit its schema or 2 MiB."""
    return _codec.encode(mark)


def decode_mark(data: bytes | None) -> Mark:
    """Return the mark that framed bytes hold, or raise CodecError."""
    return _codec.decode(data)
