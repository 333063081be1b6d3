"""Changes of vendors' shares as framed bytes: what stands on `alpr.share-changes`."""

from streams.codecs.record_codec import codec_of
from streams.policy.share_change import ShareChange

_codec = codec_of(ShareChange)


def encode_share_change(change: ShareChange) -> bytes:
    """Return the change as framed bytes, or raise CodecError when it does not fit its schema or 2 MiB."""
    return _codec.encode(change)


def decode_share_change(data: bytes | None) -> ShareChange:
    """Return the change that framed bytes hold, or raise CodecError."""
    return _codec.decode(data)
