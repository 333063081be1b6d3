"""Answers to requesters as framed bytes."""

from streams.codecs.record_codec import codec_of
from streams.policy.answer import Answer

_codec = codec_of(Answer)


def encode_answer(answer: Answer) -> bytes:
    """Return the answer as framed bytes."""
    return _codec.encode(answer)


def decode_answer(data: bytes | None) -> Answer:
    """Return the answer that framed bytes hold, or raise CodecError."""
    return _codec.decode(data)
