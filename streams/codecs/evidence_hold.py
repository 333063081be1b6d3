"""Evidence holds as framed bytes.

The value of `evidence-hold/<id>` in `alpr.books`. One that cannot be read lifts nothing, and still forbids to
destroy.
"""

from streams.codecs.record_codec import codec_of
from streams.policy.evidence_hold import EvidenceHold

_codec = codec_of(EvidenceHold)


def encode_evidence_hold(hold: EvidenceHold) -> bytes:
    """Return the hold as framed bytes.

    Raises:
        CodecError: it does not fit its schema, or is larger than 2 MiB.
    """
    return _codec.encode(hold)


def decode_evidence_hold(data: bytes | None) -> EvidenceHold:
    """Return the hold that framed bytes hold.

    Raises:
        CodecError: they are too large, of another schema, or no such value; None is none either.
    """
    return _codec.decode(data)
