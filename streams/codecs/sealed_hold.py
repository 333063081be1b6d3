"""Holds as they are kept on their topic: sealed, for they carry the whole request."""

from streams.codecs.hold import decode_hold, encode_hold
from streams.codecs.record_codec import codec_of
from streams.codecs.vault import Vault
from streams.ledger.sealed import Sealer
from streams.ledger.sealed_hold import SealedHold
from streams.policy.hold import Hold
from streams.policy.vocabulary import DecisionId

_codec = codec_of(SealedHold)


def encode_sealed_hold(hold: SealedHold) -> bytes:
    """Return the sealed hold as framed bytes, or raise CodecError when it does not fit its schema."""
    return _codec.encode(hold)


def decode_sealed_hold(data: bytes | None) -> SealedHold:
    """Return the sealed hold that framed bytes hold, or raise CodecError."""
    return _codec.decode(data)


def seal_hold(hold: Hold, sealer: Sealer) -> bytes:
    """Return what stands on `alpr.sharing.holds` for an open hold.

    Raises:
        CodecError: it does not fit its schema, or is larger than 2 MiB.
    """
    decision_id = hold.decision.decision_id
    sealed = sealer.seal(encode_hold(hold), _about(decision_id))
    return _codec.encode(
        SealedHold(
            decision_id=decision_id,
            opened_at=hold.opened_at,
            deadline=hold.deadline,
            exigent=hold.request.exigent,
            sealed=sealed,
        )
    )


def open_hold_of(data: bytes | None, vault: Vault) -> Hold:
    """Return the hold that was sealed.

    Raises:
        CodecError: the bytes are no sealed hold.
        InputError: the month's key is not there, or is another one.
        LedgerError: it was changed, or is that of another decision.
    """
    kept = _codec.decode(data)
    return decode_hold(vault.opened(kept.sealed, _about(kept.decision_id)))


def _about(decision_id: DecisionId) -> str:
    return f"hold {decision_id}"
