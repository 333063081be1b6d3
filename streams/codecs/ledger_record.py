"""Ledger records as framed bytes, and the hash that links each to the one before.

What stands on `alpr.sharing.decisions`. The hash covers these bytes and not the value, so that no reader's
idea of equality matters: an auditor needs SHA-256, the fingerprint of the schema and nothing of ours.
"""

from streams.codecs.record_codec import FRAME_SIZE, codec_of
from streams.errors import CodecError
from streams.ledger.chain import HASH_SIZE, chain_hash, with_hash, without_hash
from streams.ledger.record import NO_HASH, LedgerRecord

_codec = codec_of(LedgerRecord)


def encode_ledger_record(record: LedgerRecord) -> bytes:
    """Return the ledger record as framed bytes, with the hash that it carries.

    For records that are sealed already, such as copies; a new one goes through `seal_record`.

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
        CodecError: it is sealed already, does not fit its schema, or is larger than 2 MiB with its hash.
    """
    if record.hash != NO_HASH:
        raise CodecError("expected a ledger record without a hash, got one that is sealed already")
    data = _codec.encode(record)
    own_hash = chain_hash(data[FRAME_SIZE:], _codec.fingerprint_of(data))
    return _codec.fitting(with_hash(data, own_hash)), own_hash


def read_link(data: bytes | None) -> tuple[LedgerRecord, bytes]:
    """Return the record that framed bytes hold, and the hash that these very bytes ought to carry.

    Both are given, and not whether they agree: `streams.ledger.verify` compares them, and says where the
    chain breaks.

    Raises:
        CodecError: the bytes are no ledger record, or one without a hash.
    """
    record = _codec.decode(data)
    if data is None or len(record.hash) != HASH_SIZE:
        raise CodecError("expected a ledger record with a hash of 32 bytes")
    return record, chain_hash(without_hash(data[FRAME_SIZE:]), _codec.fingerprint_of(data))
