"""Heartbeats of workers as framed bytes.

The value of `heartbeat/<worker>` in `alpr.books`; the one value there that is no change of the books.
"""

from streams.codecs.record_codec import codec_of
from streams.policy.book_records import Heartbeat

_codec = codec_of(Heartbeat)


def encode_heartbeat(heartbeat: Heartbeat) -> bytes:
    """Return the heartbeat as framed bytes.

    Raises:
        CodecError: it does not fit its schema, or is larger than 2 MiB.
    """
    return _codec.encode(heartbeat)


def decode_heartbeat(data: bytes | None) -> Heartbeat:
    """Return the heartbeat that framed bytes hold.

    Raises:
        CodecError: they are too large, of another schema, or no such value; None is none either.
    """
    return _codec.decode(data)
