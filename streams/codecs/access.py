"""Access records as framed bytes: what a ledger record holds sealed."""

from streams.codecs.record_codec import codec_of
from streams.codecs.vault import Vault
from streams.errors import LedgerError
from streams.ledger.admin_action import AdminAction
from streams.ledger.record import LedgerRecord
from streams.ledger.sealed import Sealed, Sealer
from streams.policy.decision import Access
from streams.policy.vocabulary import DecisionId

_codec = codec_of(Access)


def encode_access(access: Access) -> bytes:
    """Return the access record as framed bytes, or raise CodecError when it does not fit its schema."""
    return _codec.encode(access)


def decode_access(data: bytes | None) -> Access:
    """Return the access record that framed bytes hold, or raise CodecError."""
    return _codec.decode(data)


def seal_access(access: Access, decision_id: DecisionId, sealer: Sealer) -> Sealed:
    """Return the access record of a decision, sealed.

    Raises:
        CodecError: it does not fit its schema.
    """
    return sealer.seal(_codec.encode(access), _about(decision_id))


def open_access(record: LedgerRecord, vault: Vault) -> Access:
    """Return the access record of a ledger record.

    Raises:
        InputError: the month's key was destroyed, or is another one.
        LedgerError: the record has none, or it does not open.
    """
    # Records of versions before sealing hold it in plain.
    if record.access is not None:
        return record.access
    if record.sealed_access is None:
        raise LedgerError(f"`{record.decision_id}` is a record of kind {record.kind.value}: it is no access")
    return _codec.decode(vault.opened(record.sealed_access, _about(record.decision_id)))


def open_search(action: AdminAction, vault: Vault) -> Access:
    """Return the access record of who looked for something in a ledger.

    Raises:
        InputError: the month's key was destroyed, or is another one.
        LedgerError: the act has none, or it does not open.
    """
    if action.sealed_access is None or action.decision_id is None:
        raise LedgerError(f"act {action.seq} is no search")
    return _codec.decode(vault.opened(action.sealed_access, _about(action.decision_id)))


def _about(decision_id: DecisionId) -> str:
    return f"access {decision_id}"
