"""Dead letters as framed bytes."""

from streams.codecs.record_codec import codec_of
from streams.ledger.dead_letter import DeadLetter

_codec = codec_of(DeadLetter)


def encode_dead_letter(letter: DeadLetter) -> bytes:
    """Return the dead letter as framed bytes."""
    return _codec.encode(letter)


def decode_dead_letter(data: bytes | None) -> DeadLetter:
    """Return the dead letter that framed bytes hold, or raise CodecError."""
    return _codec.decode(data)
