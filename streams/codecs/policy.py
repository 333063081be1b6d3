"""The agency's policy as framed bytes."""

from streams.codecs.record_codec import codec_of
from streams.policy.agency_policy import AgencyPolicy

_codec = codec_of(AgencyPolicy)


def encode_policy(policy: AgencyPolicy) -> bytes:
    """Return the policy as framed bytes."""
    return _codec.encode(policy)


def decode_policy(data: bytes | None) -> AgencyPolicy:
    """Return the policy that framed bytes hold, or raise CodecError."""
    return _codec.decode(data)
