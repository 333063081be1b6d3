"""Sharing requests as framed bytes: the one input of the gate, and so the smaller limit.

What stands on `alpr.sharing.requests`, and the only bytes here that may come from anywhere.
"""

from streams.codecs.record_codec import INPUT_LIMIT, codec_of
from streams.policy.request import SharingRequest

_codec = codec_of(SharingRequest, INPUT_LIMIT)


def encode_request(request: SharingRequest) -> bytes:
    """Return the request as framed bytes.

    Raises:
        CodecError: it does not fit its schema, or is larger than 1 MiB.
    """
    return _codec.encode(request)


def decode_request(data: bytes | None) -> SharingRequest:
    """Return the request that framed bytes hold.

    Raises:
        CodecError: they are too large, of another schema, or no such value; None is none either.
    """
    return _codec.decode(data)
