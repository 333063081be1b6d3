"""Lists of reads that went out live, as framed bytes; in the ledger they are sealed, for they hold plates."""

from streams.codecs.record_codec import codec_of
from streams.codecs.vault import Vault
from streams.errors import LedgerError
from streams.ledger.live_record import LiveRecord, ReadList
from streams.ledger.sealed import Sealed, Sealer

_codec = codec_of(ReadList)


def encode_read_list(listed: ReadList) -> bytes:
    """Return the list as framed bytes, or raise CodecError when it does not fit its schema or 2 MiB."""
    return _codec.encode(listed)


def decode_read_list(data: bytes | None) -> ReadList:
    """Return the list that framed bytes hold, or raise CodecError."""
    return _codec.decode(data)


def seal_read_list(listed: ReadList, batch_id: str, sealer: Sealer) -> Sealed:
    """Return the list of a batch, sealed, or raise CodecError when it does not fit its schema or 2 MiB."""
    return sealer.seal(_codec.encode(listed), _about(batch_id))


def open_read_list(record: LiveRecord, vault: Vault) -> ReadList:
    """Return the list that a record holds.

    Raises:
        InputError: the month's key was destroyed, or is another one.
        LedgerError: the record has none, or it does not open.
    """
    if record.sealed_reads is None:
        raise LedgerError(f"record {record.seq} of live shares is of kind {record.kind.value}: no list")
    return _codec.decode(vault.opened(record.sealed_reads, _about(record.batch_id)))


def _about(batch_id: str) -> str:
    return f"reads {batch_id}"
