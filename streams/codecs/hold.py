"""Open holds as framed bytes."""

from streams.codecs.record_codec import codec_of
from streams.policy.hold import Hold

_codec = codec_of(Hold)


def encode_hold(hold: Hold) -> bytes:
    """Return the hold as framed bytes."""
    return _codec.encode(hold)


def decode_hold(data: bytes | None) -> Hold:
    """Return the hold that framed bytes hold, or raise CodecError."""
    return _codec.decode(data)
