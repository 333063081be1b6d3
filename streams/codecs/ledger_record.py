"""Ledger records as framed bytes: what stands on `alpr.sharing.decisions`."""

from streams.codecs.linked_codec import LinkedCodec
from streams.ledger.record import LedgerRecord

_codec = LinkedCodec(LedgerRecord)


def encode_ledger_record(record: LedgerRecord) -> bytes:
    """Return the ledger record as framed bytes, with the hash that it carries.

    For records that have their hash already, such as copies; a new one goes through `seal_record`.

    Raises:
        CodecError: it does not fit its schema, or is larger than 2 MiB.
    """
    return _codec.encode(record)


def decode_ledger_record(data: bytes | None) -> LedgerRecord:
    """Return the ledger record that framed bytes hold, or raise CodecError; the hash is not checked here."""
    return _codec.decode(data)


def seal_record(record: LedgerRecord) -> tuple[bytes, bytes]:
    """Return the framed bytes of the record with its hash filled in, and that hash.

    Raises:
        CodecError: it has a hash already, does not fit its schema, or is larger than 2 MiB with its hash.
    """
    return _codec.link(record)


def read_link(data: bytes | None) -> tuple[LedgerRecord, bytes]:
    """Return the record that framed bytes hold, and the hash that these very bytes ought to carry.

    Raises:
        CodecError: the bytes are no ledger record, or one without a hash.
    """
    return _codec.read_link(data)
