"""Users as framed bytes.

The value of `user/<name>` in `alpr.books`, where the name is a digest. One that cannot be read is nobody who
may push.
"""

from streams.codecs.record_codec import codec_of
from streams.policy.user import User

_codec = codec_of(User)


def encode_user(user: User) -> bytes:
    """Return the user as framed bytes.

    Raises:
        CodecError: it does not fit its schema, or is larger than 2 MiB.
    """
    return _codec.encode(user)


def decode_user(data: bytes | None) -> User:
    """Return the user that framed bytes hold.

    Raises:
        CodecError: they are too large, of another schema, or no such value; None is none either.
    """
    return _codec.decode(data)
