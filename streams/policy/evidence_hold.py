"""An evidence hold: reads that are kept beyond their time because they are evidence in one case.

Source: LAPD Special Order 31 (2020): reads are seen for two years and deleted after five, and kept longer
only as evidence, asked for by Form 15.02.00 with the case number, the reason, whom to ask and a supervisor's
approval; the system's administrators verify each of them anew every two years.

A hold has two effects, and each fails towards its own safe side. It lets reads be released although they are
old, only while it is in order in every respect (`lifts`). It forbids to destroy them until somebody has
released it (`preserves`), in order or not.
"""

from dataclasses import dataclass
from datetime import datetime

from streams.policy.alias_index import spoken
from streams.policy.names import is_blank
from streams.policy.vocabulary import EvidenceHoldId, EvidenceHoldStatus

# How long one verification lasts, an ISO 8601 duration (Special Order 31).
VERIFIED_FOR = "P2Y"


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceHold:
    """One version of a hold on the reads of one case. Instants are UTC.

    It names the reads of `plates` and those with an id in `read_ids`, as far as they were captured in
    `[window_from, window_to)`; without plates and ids it names nothing. `form` is the form by which it was
    asked for. From `reverify_due` on it is overdue. `version` rises by any change; the latest alone counts.
    """

    hold_id: EvidenceHoldId
    version: int
    status: EvidenceHoldStatus
    case_number: str
    form: str
    reason: str
    contact: str
    requested_by: str
    approved_by: str
    approved_at: datetime
    reverify_due: datetime
    plates: tuple[str, ...] = ()
    read_ids: tuple[str, ...] = ()
    window_from: datetime
    window_to: datetime


def preserves(hold: EvidenceHold) -> bool:
    """Tell whether it forbids to destroy: until it is released, overdue or of an unknown status too."""
    return hold.status is not EvidenceHoldStatus.RELEASED


def is_overdue(hold: EvidenceHold, now: datetime) -> bool:
    """Tell whether it still preserves and nobody has verified it in time."""
    return preserves(hold) and hold.reverify_due <= now


def lifts(hold: EvidenceHold, now: datetime) -> bool:
    """Tell whether what it names may be released although it is old."""
    return (
        hold.status is EvidenceHoldStatus.ACTIVE
        and hold.approved_at <= now < hold.reverify_due
        and _is_complete(hold)
        and is_approved_by_another(hold)
    )


def is_approved_by_another(hold: EvidenceHold) -> bool:
    """Tell whether somebody else than the requester approves it."""
    # As they sound: an approver who is spelt with another blank or a look-alike letter is the same person.
    return spoken(hold.approved_by) not in {"", spoken(hold.requested_by)}


def _is_complete(hold: EvidenceHold) -> bool:
    given = (hold.case_number, hold.form, hold.reason, hold.contact, hold.requested_by)
    return not any(map(is_blank, given))
