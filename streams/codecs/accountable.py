"""Who answers for a live share, as framed bytes; in the ledger they are sealed, for they name a person."""

from streams.codecs.record_codec import codec_of
from streams.codecs.vault import Vault
from streams.errors import LedgerError
from streams.ledger.live_record import Accountable, LiveRecord
from streams.ledger.sealed import Sealed, Sealer
from streams.policy.vocabulary import AgreementId

_codec = codec_of(Accountable)


def encode_accountable(accountable: Accountable) -> bytes:
    """Return the value as framed bytes, or raise CodecError when it does not fit its schema."""
    return _codec.encode(accountable)


def decode_accountable(data: bytes | None) -> Accountable:
    """Return the value that framed bytes hold, or raise CodecError."""
    return _codec.decode(data)


def seal_accountable(
    accountable: Accountable, agreement_id: AgreementId, version: int, sealer: Sealer
) -> Sealed:
    """Return who answers for the live share of one version of an agreement, sealed, or raise CodecError."""
    return sealer.seal(_codec.encode(accountable), _about(agreement_id, version))


def open_accountable(record: LiveRecord, vault: Vault) -> Accountable:
    """Return who answers for what a manifest says went out.

    Raises:
        InputError: the month's key was destroyed, or is another one.
        LedgerError: the record is no manifest, or it does not open.
    """
    sealed, agreement_id, version = record.sealed_accountable, record.agreement_id, record.agreement_version
    if sealed is None or agreement_id is None or version is None:
        raise LedgerError(f"record {record.seq} of live shares is of kind {record.kind.value}: no manifest")
    return _codec.decode(vault.opened(sealed, _about(agreement_id, version)))


def _about(agreement_id: AgreementId, version: int) -> str:
    return f"accountable {agreement_id} {version}"
