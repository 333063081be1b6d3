"""Acknowledgements of revisions as framed bytes."""

from streams.codecs.record_codec import codec_of
from streams.policy.book_records import BooksAck

_codec = codec_of(BooksAck)


def encode_books_ack(ack: BooksAck) -> bytes:
    """Return the acknowledgement as framed bytes."""
    return _codec.encode(ack)


def decode_books_ack(data: bytes | None) -> BooksAck:
    """Return the acknowledgement that framed bytes hold, or raise CodecError."""
    return _codec.decode(data)
