"""The agency's policy as framed bytes.

The value of `policy/current` in `alpr.books`. One that cannot be read fails the books, and nothing is
decided.
"""

from streams.codecs.record_codec import codec_of
from streams.policy.agency_policy import AgencyPolicy

_codec = codec_of(AgencyPolicy)


def encode_policy(policy: AgencyPolicy) -> bytes:
    """Return the policy as framed bytes.

    Raises:
        CodecError: it does not fit its schema, or is larger than 2 MiB.
    """
    return _codec.encode(policy)


def decode_policy(data: bytes | None) -> AgencyPolicy:
    """Return the policy that framed bytes hold.

    Raises:
        CodecError: they are too large, of another schema, or no such value; None is none either.
    """
    return _codec.decode(data)
