"""Orders to disclose as framed bytes, for the records officer."""

from streams.codecs.record_codec import codec_of
from streams.policy.disclosure import DisclosureOrder

_codec = codec_of(DisclosureOrder)


def encode_disclosure_order(order: DisclosureOrder) -> bytes:
    """Return the order as framed bytes, or raise CodecError when it does not fit its schema."""
    return _codec.encode(order)


def decode_disclosure_order(data: bytes | None) -> DisclosureOrder:
    """Return the order that framed bytes hold, or raise CodecError."""
    return _codec.decode(data)
