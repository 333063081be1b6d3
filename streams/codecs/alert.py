"""Violation alerts as framed bytes.

What stands on `alpr.alerts`. Security tools read it without this project, by the schema that its first bytes
name.
"""

from streams.codecs.record_codec import codec_of
from streams.policy.alert import Alert

_codec = codec_of(Alert)


def encode_alert(alert: Alert) -> bytes:
    """Return the alert as framed bytes.

    Raises:
        CodecError: it does not fit its schema, or is larger than 2 MiB.
    """
    return _codec.encode(alert)


def decode_alert(data: bytes | None) -> Alert:
    """Return the alert that framed bytes hold.

    Raises:
        CodecError: they are too large, of another schema, or no such value; None is none either.
    """
    return _codec.decode(data)
