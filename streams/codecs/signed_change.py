"""Signed changes of the books as framed bytes: what stands under `change/<id>` and `proposal/<id>` there.

A rejection, under `rejection/<id>`, is one without values.
"""

from streams.codecs.record_codec import codec_of
from streams.ledger.book_change import SignedChange

_codec = codec_of(SignedChange)


def encode_signed_change(change: SignedChange) -> bytes:
    """Return the change as framed bytes.

    Raises:
        CodecError: it does not fit its schema, or is larger than 2 MiB.
    """
    return _codec.encode(change)


def decode_signed_change(data: bytes | None) -> SignedChange:
    """Return the change that framed bytes hold.

    Raises:
        CodecError: they are too large, of another schema, or no such value; None is none either.
    """
    return _codec.decode(data)
