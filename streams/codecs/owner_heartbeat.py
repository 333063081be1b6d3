"""Heartbeats of the books' owner as framed bytes: the value of `heartbeat/@owner` in `alpr.books`."""

from streams.codecs.record_codec import codec_of
from streams.ledger.books_head import OwnerHeartbeat

_codec = codec_of(OwnerHeartbeat)


def encode_owner_heartbeat(heartbeat: OwnerHeartbeat) -> bytes:
    """Return the heartbeat as framed bytes.

    Raises:
        CodecError: it does not fit its schema, or is larger than 2 MiB.
    """
    return _codec.encode(heartbeat)


def decode_owner_heartbeat(data: bytes | None) -> OwnerHeartbeat:
    """Return the heartbeat that framed bytes hold.

    Raises:
        CodecError: they are too large, of another schema, or no such value; None is none either.
    """
    return _codec.decode(data)
