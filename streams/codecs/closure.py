"""Confirmations that a vendor's share is closed, as framed bytes.

The value of `closure/<key of what stopped>` in `alpr.books`. One that cannot be read confirms nothing.
"""

from streams.codecs.record_codec import codec_of
from streams.policy.closure import Closure

_codec = codec_of(Closure)


def encode_closure(closure: Closure) -> bytes:
    """Return the confirmation as framed bytes.

    Raises:
        CodecError: it does not fit its schema, or is larger than 2 MiB.
    """
    return _codec.encode(closure)


def decode_closure(data: bytes | None) -> Closure:
    """Return the confirmation that framed bytes hold.

    Raises:
        CodecError: they are too large, of another schema, or no such value; None is none either.
    """
    return _codec.decode(data)
