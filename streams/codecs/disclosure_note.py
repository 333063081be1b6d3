"""Signed disclosures as framed bytes: they come in with the requests, and stand sealed in the ledger."""

from streams.codecs.record_codec import codec_of
from streams.codecs.vault import Vault
from streams.errors import LedgerError
from streams.ledger.disclosure_note import DisclosureNote
from streams.ledger.record import LedgerRecord
from streams.ledger.sealed import Sealed, Sealer
from streams.policy.vocabulary import DecisionId

# A thousand reads by ids of 64 characters take a third of it.
DISCLOSURE_LIMIT = 256 << 10
_codec = codec_of(DisclosureNote, DISCLOSURE_LIMIT)


def is_disclosure_note(data: bytes | None) -> bool:
    """Tell whether the bytes say that they are a disclosure, and so are to be read as one."""
    return _codec.is_named_by(data)


def encode_disclosure_note(note: DisclosureNote) -> bytes:
    """Return the disclosure as framed bytes, or raise CodecError: it does not fit its schema or 256 KiB."""
    return _codec.encode(note)


def decode_disclosure_note(data: bytes | None) -> DisclosureNote:
    """Return the disclosure that framed bytes hold, or raise CodecError."""
    return _codec.decode(data)


def seal_disclosure(note: DisclosureNote, decision_id: DecisionId, sealer: Sealer) -> Sealed:
    """Return the disclosure of a ledger record, sealed: it names people and plates."""
    return sealer.seal(_codec.encode(note), _about(decision_id))


def open_disclosure(record: LedgerRecord, vault: Vault) -> DisclosureNote:
    """Return the disclosure of a ledger record.

    Raises:
        InputError: the month's key was destroyed, or is another one.
        LedgerError: the record has none, or it does not open.
    """
    if record.sealed_disclosure is None:
        raise LedgerError(f"`{record.decision_id}` holds no disclosure")
    return _codec.decode(vault.opened(record.sealed_disclosure, _about(record.decision_id)))


def _about(decision_id: DecisionId) -> str:
    return f"disclosure {decision_id}"
