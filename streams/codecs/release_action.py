"""What was done with releases, as framed bytes: what stands on `alpr.release-actions`."""

from streams.codecs.linked_codec import LinkedCodec
from streams.ledger.release_action import ReleaseAction

_codec = LinkedCodec(ReleaseAction)


def encode_release_action(action: ReleaseAction) -> bytes:
    """Return the act as framed bytes with the hash that it carries, or raise CodecError."""
    return _codec.encode(action)


def decode_release_action(data: bytes | None) -> ReleaseAction:
    """Return the act that framed bytes hold, or raise CodecError; the hash is not checked here."""
    return _codec.decode(data)


def link_release_action(action: ReleaseAction) -> tuple[bytes, bytes]:
    """Return the framed bytes of the act with its hash filled in, and that hash.

    Raises:
        CodecError: it has a hash already, does not fit its schema, or is larger than 2 MiB.
    """
    return _codec.link(action)


def read_release_action(data: bytes | None) -> tuple[ReleaseAction, bytes]:
    """Return the act that framed bytes hold, and the hash that they ought to carry, or raise CodecError."""
    return _codec.read_link(data)
