"""Records of live shares as framed bytes: what stands on `alpr.reads.manifests`, linked one to the next."""

from streams.codecs.linked_codec import LinkedCodec
from streams.ledger.live_record import LiveRecord

_codec = LinkedCodec(LiveRecord)


def encode_live_record(record: LiveRecord) -> bytes:
    """Return the record as framed bytes with the hash that it carries, or raise CodecError."""
    return _codec.encode(record)


def decode_live_record(data: bytes | None) -> LiveRecord:
    """Return the record that framed bytes hold, or raise CodecError; the hash is not checked here."""
    return _codec.decode(data)


def link_live_record(record: LiveRecord) -> tuple[bytes, bytes]:
    """Return the framed bytes of the record with its hash filled in, and that hash.

    Raises:
        CodecError: it has a hash already, does not fit its schema, or is larger than 2 MiB.
    """
    return _codec.link(record)


def read_live_record(data: bytes | None) -> tuple[LiveRecord, bytes]:
    """Return the record that framed bytes hold, and the hash that it ought to carry, or raise CodecError."""
    return _codec.read_link(data)
