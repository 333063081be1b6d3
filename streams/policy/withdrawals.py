"""What a withdrawal may do, and what becomes of the hold.

Only the entity that asked takes its request back, and only while it is held. It ends as a block, so nothing
leaves, and what was held for its content stays marked: to withdraw is no way to ask again unseen.
"""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

from streams.policy.decision import Decision, Reason
from streams.policy.digest import canonical
from streams.policy.hold import Hold
from streams.policy.holds import with_reason
from streams.policy.reasons import refuse
from streams.policy.request import IntakeSeal
from streams.policy.vocabulary import ReasonCode
from streams.policy.withdrawal import Withdrawal

# Apart from the seals of requests: neither can stand for the other.
_TAG = b"alpr-gate withdrawal seal v1\n"
UNVOUCHED = refuse(ReasonCode.REQUESTER_NOT_AUTHENTICATED, "intake_seal", "no intake vouches for it")
NOT_HELD = refuse(
    ReasonCode.WITHDRAWAL_REFUSED,
    "withdrawal",
    "no hold of that decision is open: it ended, or there never was one",
)


def sign_withdrawal(withdrawal: Withdrawal, key_id: str, key: bytes) -> Withdrawal:
    """Return the withdrawal with the seal of that key (HMAC-SHA-256, RFC 2104)."""
    return replace(withdrawal, intake_seal=IntakeSeal(key_id=key_id, mac=_mac(withdrawal, key_id, key)))


def withdrawal_seal_holds(withdrawal: Withdrawal, keys: Mapping[str, bytes]) -> bool:
    """Tell whether it has a seal, of a known key, over just what it says; compared in constant time."""
    seal = withdrawal.intake_seal
    key = None if seal is None else keys.get(seal.key_id)
    if seal is None or key is None:
        return False
    return hmac.compare_digest(seal.mac, _mac(withdrawal, seal.key_id, key))


def withdrawal_digest(withdrawal: Withdrawal) -> str:
    """Return the hex SHA-256 of what it says; by it a ledger record tells which withdrawal came in."""
    return hashlib.sha256(_content(withdrawal)).hexdigest()


def _mac(withdrawal: Withdrawal, key_id: str, key: bytes) -> bytes:
    content = b"\n".join((_TAG + key_id.encode(errors="surrogatepass"), _content(withdrawal)))
    return hmac.digest(key, content, "sha256")


def _content(withdrawal: Withdrawal) -> bytes:
    return canonical(
        {
            "authenticated_as": withdrawal.authenticated_as,
            "deadline": withdrawal.deadline.astimezone(UTC),
            "decision_id": withdrawal.decision_id,
            "request_id": withdrawal.request_id,
        }
    )


def withdraw(withdrawal: Withdrawal, hold: Hold, now: datetime) -> Decision | Reason:
    """Return the block that a withdrawn hold becomes, or why it stays; `hold` is the one that it is about.

    The reasons of the hold stand, and WITHDRAWN is added. A message names nobody.
    """
    if withdrawal.authenticated_as != hold.request.authenticated_as:
        return refuse(ReasonCode.REQUESTER_MISMATCH, "authenticated_as", "who withdraws is not who asked")
    withdrawn = refuse(ReasonCode.WITHDRAWN, "request", "whoever asked has taken it back")
    return replace(with_reason(hold.decision, withdrawn), decided_at=now)
