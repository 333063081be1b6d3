"""Processors as framed bytes.

The value of `processor/<id>` in `alpr.books`. The id of one that cannot be read is no recipient's either.
"""

from streams.codecs.record_codec import codec_of
from streams.policy.processor import Processor

_codec = codec_of(Processor)


def encode_processor(processor: Processor) -> bytes:
    """Return the processor as framed bytes.

    Raises:
        CodecError: it does not fit its schema, or is larger than 2 MiB.
    """
    return _codec.encode(processor)


def decode_processor(data: bytes | None) -> Processor:
    """Return the processor that framed bytes hold.

    Raises:
        CodecError: they are too large, of another schema, or no such value; None is none either.
    """
    return _codec.decode(data)
