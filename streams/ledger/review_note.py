"""A review as a signed note (C2SP signed-note): what the reviewer signs, and what the gate checks.

Its text names the ledger, the decision that holds the request, the act, the codes that are cleared, the time
and the reason, a line each after the line that says what it is. The decision's id is made of the content of
the request, so whoever signs for the one signs for the other.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from streams.errors import InputError
from streams.ledger.signed_note import Verifier, read_note
from streams.ledger.signers import signer_of
from streams.policy.review import Review
from streams.policy.vocabulary import DecisionId, ReasonCode, ReviewAct

TITLE = "alpr-gate review v1"
LINES = 7
LONGEST_REASON = 1000
_NO_CODES = "-"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewNote:
    """A review on its way to the gate: `request_id` says where the hold is, `note` is what was signed."""

    request_id: str
    note: str


def review_text(origin: str, review: Review) -> str:
    """Return the text that a reviewer signs.

    Raises:
        InputError: the reason is blank, too long, or has more than one line.
    """
    reason = review.reason
    if not reason.strip() or not reason.isprintable() or len(reason) > LONGEST_REASON:
        raise InputError(f"expected a reason in one line, of at most {LONGEST_REASON} characters")
    codes = ",".join(review.codes) or _NO_CODES
    lines = (TITLE, origin, review.decision_id, review.act, codes, _instant(review.at), reason)
    return "".join(f"{line}\n" for line in lines)


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def review_digest(note: ReviewNote) -> str:
    """Return the hex SHA-256 of the signed note; by it a ledger record says which review came in."""
    return hashlib.sha256(note.note.encode(errors="surrogatepass")).hexdigest()


def read_review(data: str, origin: str, reviewers: Sequence[Verifier]) -> Review:
    """Return the review that the note is, of the one reviewer who has signed it.

    Raises:
        InputError: no reviewer has, or more than one; it is of another ledger, or no review. The message
            holds nothing of the note, for anybody may have written it.
    """
    note = read_note(data)
    return _read_text(note.text, origin, signer_of(note, reviewers, "reviewer"))


def _read_text(text: str, origin: str, reviewer: str) -> Review:
    lines = text.removesuffix("\n").split("\n")
    if len(lines) != LINES or lines[0] != TITLE:
        raise InputError(f"it does not begin with `{TITLE}`, or has other lines than a review")
    _, ledger, decision_id, act, codes, at, reason = lines
    if ledger != origin:
        raise InputError("it is about another ledger")
    try:
        review = Review(
            decision_id=DecisionId(decision_id),
            reviewer=reviewer,
            act=ReviewAct.read(act),
            codes=() if codes == _NO_CODES else tuple(map(ReasonCode, codes.split(","))),
            reason=reason,
            at=datetime.fromisoformat(at),
        )
        # One spelling of everything: what is read is exactly what was signed.
        exact = review.at.tzinfo is not None and review_text(origin, review) == text
    except (ValueError, OverflowError):
        raise InputError("it has a code or a time that this gate does not know") from None
    if review.act is ReviewAct.UNKNOWN or not exact:
        raise InputError("it has an act or a time that no review has")
    return review
