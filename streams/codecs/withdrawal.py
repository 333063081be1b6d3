"""Withdrawals as framed bytes: they come in on the topic of requests."""

from streams.codecs.record_codec import codec_of
from streams.policy.withdrawal import Withdrawal

# A few ids and a seal take a tenth of it.
WITHDRAWAL_LIMIT = 16 << 10
_codec = codec_of(Withdrawal, WITHDRAWAL_LIMIT)


def is_withdrawal(data: bytes | None) -> bool:
    """Tell whether the bytes say that they are a withdrawal, and so are to be read as one."""
    return _codec.is_named_by(data)


def encode_withdrawal(withdrawal: Withdrawal) -> bytes:
    """Return the withdrawal as framed bytes, or raise CodecError when it does not fit or is too large."""
    return _codec.encode(withdrawal)


def decode_withdrawal(data: bytes | None) -> Withdrawal:
    """Return the withdrawal that framed bytes hold, or raise CodecError."""
    return _codec.decode(data)
