"""Open holds as framed bytes.

What stands on `alpr.sharing.holds` until it is resolved: with the whole request, so that a worker that takes
over needs nothing else.
"""

from streams.codecs.record_codec import codec_of
from streams.policy.hold import Hold

_codec = codec_of(Hold)


def encode_hold(hold: Hold) -> bytes:
    """Return the hold as framed bytes.

    Raises:
        CodecError: it does not fit its schema, or is larger than 2 MiB.
    """
    return _codec.encode(hold)


def decode_hold(data: bytes | None) -> Hold:
    """Return the hold that framed bytes hold.

    Raises:
        CodecError: they are too large, of another schema, or no such value; None is none either.
    """
    return _codec.decode(data)
