"""Acknowledgements of revisions as framed bytes.

What stands on `alpr.books.acks`. One that cannot be read acknowledges nothing.
"""

from streams.codecs.record_codec import codec_of
from streams.policy.book_records import BooksAck

_codec = codec_of(BooksAck)


def encode_books_ack(ack: BooksAck) -> bytes:
    """Return the acknowledgement as framed bytes.

    Raises:
        CodecError: it does not fit its schema, or is larger than 2 MiB.
    """
    return _codec.encode(ack)


def decode_books_ack(data: bytes | None) -> BooksAck:
    """Return the acknowledgement that framed bytes hold.

    Raises:
        CodecError: they are too large, of another schema, or no such value; None is none either.
    """
    return _codec.decode(data)
