"""Releases, what a recipient gets, as framed bytes."""

from streams.codecs.record_codec import codec_of
from streams.policy.release import Release

_codec = codec_of(Release)


def encode_release(release: Release) -> bytes:
    """Return the release as framed bytes."""
    return _codec.encode(release)


def decode_release(data: bytes | None) -> Release:
    """Return the release that framed bytes hold, or raise CodecError."""
    return _codec.decode(data)
