"""Violation alerts as framed bytes."""

from streams.codecs.record_codec import codec_of
from streams.policy.alert import Alert

_codec = codec_of(Alert)


def encode_alert(alert: Alert) -> bytes:
    """Return the alert as framed bytes."""
    return _codec.encode(alert)


def decode_alert(data: bytes | None) -> Alert:
    """Return the alert that framed bytes hold, or raise CodecError."""
    return _codec.decode(data)
