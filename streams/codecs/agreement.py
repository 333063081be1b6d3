"""Agreements as framed bytes.

The value of `agreement/<id>` in `alpr.books`, and of each change of it in `alpr.books.events`. Files have
another reader, `streams.codecs.file_agreements`, which is strict; this one reads what was strict when it was
written.
"""

from streams.codecs.record_codec import codec_of
from streams.policy.agreement import Agreement

_codec = codec_of(Agreement)


def encode_agreement(agreement: Agreement) -> bytes:
    """Return the agreement as framed bytes.

    Raises:
        CodecError: it does not fit its schema, or is larger than 2 MiB.
    """
    return _codec.encode(agreement)


def decode_agreement(data: bytes | None) -> Agreement:
    """Return the agreement that framed bytes hold.

    Raises:
        CodecError: they are too large, of another schema, or no such value; None is none either.
    """
    return _codec.decode(data)
