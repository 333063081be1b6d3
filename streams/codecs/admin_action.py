"""Administrative acts as framed bytes: what stands on `alpr.admin-actions`, and copies among the marks."""

from streams.codecs.linked_codec import LinkedCodec
from streams.ledger.admin_action import AdminAction

_codec = LinkedCodec(AdminAction)


def is_admin_action(data: bytes | None) -> bool:
    """Tell whether the bytes say that they are an act, and so are to be read as one."""
    return _codec.is_named_by(data)


def encode_admin_action(action: AdminAction) -> bytes:
    """Return the act as framed bytes with the hash that it carries, or raise CodecError."""
    return _codec.encode(action)


def decode_admin_action(data: bytes | None) -> AdminAction:
    """Return the act that framed bytes hold, or raise CodecError; the hash is not checked here."""
    return _codec.decode(data)


def link_action(action: AdminAction) -> tuple[bytes, bytes]:
    """Return the framed bytes of the act with its hash filled in, and that hash.

    Raises:
        CodecError: it has a hash already, does not fit its schema, or is larger than 2 MiB.
    """
    return _codec.link(action)


def read_action(data: bytes | None) -> tuple[AdminAction, bytes]:
    """Return the act that framed bytes hold, and the hash that they ought to carry, or raise CodecError."""
    return _codec.read_link(data)
