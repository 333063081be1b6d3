"""Dead letters as framed bytes.

What stands on `alpr.dead-letters`. It may be twice as large as an input, so that any input within the limit
fits into one.
"""

from streams.codecs.record_codec import codec_of
from streams.ledger.dead_letter import DeadLetter

_codec = codec_of(DeadLetter)


def encode_dead_letter(letter: DeadLetter) -> bytes:
    """Return the dead letter as framed bytes.

    Raises:
        CodecError: it does not fit its schema, or is larger than 2 MiB.
    """
    return _codec.encode(letter)


def decode_dead_letter(data: bytes | None) -> DeadLetter:
    """Return the dead letter that framed bytes hold.

    Raises:
        CodecError: they are too large, of another schema, or no such value; None is none either.
    """
    return _codec.decode(data)
