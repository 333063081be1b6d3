"""Agreements as framed bytes."""

from streams.codecs.record_codec import codec_of
from streams.policy.agreement import Agreement

_codec = codec_of(Agreement)


def encode_agreement(agreement: Agreement) -> bytes:
    """Return the agreement as framed bytes."""
    return _codec.encode(agreement)


def decode_agreement(data: bytes | None) -> Agreement:
    """Return the agreement that framed bytes hold, or raise CodecError."""
    return _codec.decode(data)
