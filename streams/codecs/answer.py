"""Answers to requesters as framed bytes.

What stands on `alpr.sharing.answers`, and is told to the requester.
"""

from streams.codecs.record_codec import codec_of
from streams.policy.answer import Answer

_codec = codec_of(Answer)


def encode_answer(answer: Answer) -> bytes:
    """Return the answer as framed bytes.

    Raises:
        CodecError: it does not fit its schema, or is larger than 2 MiB.
    """
    return _codec.encode(answer)


def decode_answer(data: bytes | None) -> Answer:
    """Return the answer that framed bytes hold.

    Raises:
        CodecError: they are too large, of another schema, or no such value; None is none either.
    """
    return _codec.decode(data)
