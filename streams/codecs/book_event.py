"""Changes of the books as framed bytes.

What stands on `alpr.books.events`, for ever: from it the books of any revision can be made again.
"""

from streams.codecs.record_codec import codec_of
from streams.policy.book_records import BookEvent

_codec = codec_of(BookEvent)


def encode_book_event(event: BookEvent) -> bytes:
    """Return the change as framed bytes.

    Raises:
        CodecError: it does not fit its schema, or is larger than 2 MiB.
    """
    return _codec.encode(event)


def decode_book_event(data: bytes | None) -> BookEvent:
    """Return the change that framed bytes hold.

    Raises:
        CodecError: they are too large, of another schema, or no such value; None is none either.
    """
    return _codec.decode(data)
