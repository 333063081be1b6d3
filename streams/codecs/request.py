"""Sharing requests as framed bytes: the one input of the gate, and so the smaller limit."""

from streams.codecs.record_codec import INPUT_LIMIT, codec_of
from streams.policy.request import SharingRequest

_codec = codec_of(SharingRequest, INPUT_LIMIT)


def encode_request(request: SharingRequest) -> bytes:
    """Return the request as framed bytes."""
    return _codec.encode(request)


def decode_request(data: bytes | None) -> SharingRequest:
    """Return the request that framed bytes hold, or raise CodecError."""
    return _codec.decode(data)
