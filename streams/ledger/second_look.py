"""The second look at what left in haste: a signed note (C2SP signed-note) of the reviewer who looked.

Its text names the ledger, the decision, what was found, the time and why, a line each after the line that
says what it is. It changes nothing of what was decided.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from streams.errors import InputError
from streams.policy.vocabulary import DecisionId

TITLE = "alpr-gate second look v1"
LONGEST_REASON = 1000


class Found(StrEnum):
    """What the second look found of an approval that was given in haste."""

    IN_ORDER = "in_order"
    NOT_IN_ORDER = "not_in_order"


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondLook:
    """What a reviewer found of one decision, why, and when, in UTC."""

    decision_id: DecisionId
    found: Found
    reason: str
    at: datetime


def second_look_text(origin: str, look: SecondLook) -> str:
    """Return the text that the reviewer signs.

    Raises:
        InputError: the reason is blank, too long, or has more than one line.
    """
    reason = look.reason
    if not reason.strip() or not reason.isprintable() or len(reason) > LONGEST_REASON:
        raise InputError(f"expected a reason in one line, of at most {LONGEST_REASON} characters")
    at = look.at.astimezone(UTC).isoformat(timespec="microseconds")
    return "".join(f"{line}\n" for line in (TITLE, origin, look.decision_id, look.found, at, reason))
