"""Releases, what a recipient gets, as framed bytes.

What stands on `alpr.out.<entity id>`, the one topic that a recipient reads. The ledger has the digest of
these bytes.
"""

from streams.codecs.record_codec import codec_of
from streams.policy.release import Release

_codec = codec_of(Release)


def encode_release(release: Release) -> bytes:
    """Return the release as framed bytes.

    Raises:
        CodecError: it does not fit its schema, or is larger than 2 MiB.
    """
    return _codec.encode(release)


def decode_release(data: bytes | None) -> Release:
    """Return the release that framed bytes hold.

    Raises:
        CodecError: they are too large, of another schema, or no such value; None is none either.
    """
    return _codec.decode(data)
