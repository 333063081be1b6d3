"""Reviews as framed bytes: they come in on the topic of requests, and stand sealed in the ledger."""

from streams.codecs.record_codec import codec_of
from streams.codecs.vault import Vault
from streams.errors import LedgerError
from streams.ledger.record import LedgerRecord
from streams.ledger.review_note import ReviewNote
from streams.ledger.sealed import Sealed, Sealer
from streams.policy.vocabulary import DecisionId

# A line of each field and a signature take a tenth of it.
REVIEW_LIMIT = 16 << 10
_codec = codec_of(ReviewNote, REVIEW_LIMIT)


def is_review_note(data: bytes | None) -> bool:
    """Tell whether the bytes say that they are a review, and so are to be read as one."""
    return _codec.is_named_by(data)


def encode_review_note(note: ReviewNote) -> bytes:
    """Return the review as framed bytes, or raise CodecError when it does not fit its schema or 16 KiB."""
    return _codec.encode(note)


def decode_review_note(data: bytes | None) -> ReviewNote:
    """Return the review that framed bytes hold, or raise CodecError."""
    return _codec.decode(data)


def seal_review(note: ReviewNote, decision_id: DecisionId, sealer: Sealer) -> Sealed:
    """Return the review of a ledger record, sealed: it names who has signed."""
    return sealer.seal(_codec.encode(note), _about(decision_id))


def open_review(record: LedgerRecord, vault: Vault) -> ReviewNote:
    """Return the review of a ledger record.

    Raises:
        InputError: the month's key was destroyed, or is another one.
        LedgerError: the record has none, or it does not open.
    """
    if record.sealed_review is None:
        raise LedgerError(f"`{record.decision_id}` holds no review")
    return _codec.decode(vault.opened(record.sealed_review, _about(record.decision_id)))


def _about(decision_id: DecisionId) -> str:
    return f"review {decision_id}"
