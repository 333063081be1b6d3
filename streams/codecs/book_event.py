"""Changes of the books as framed bytes."""

from streams.codecs.record_codec import codec_of
from streams.policy.book_records import BookEvent

_codec = codec_of(BookEvent)


def encode_book_event(event: BookEvent) -> bytes:
    """Return the change as framed bytes."""
    return _codec.encode(event)


def decode_book_event(data: bytes | None) -> BookEvent:
    """Return the change that framed bytes hold, or raise CodecError."""
    return _codec.decode(data)
