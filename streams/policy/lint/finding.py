"""One thing that is wrong with one agreement: what, where in it, how badly, in words."""

from dataclasses import dataclass
from enum import StrEnum

from streams.policy.agreement import Agreement
from streams.policy.vocabulary import AgreementId, AgreementStatus


class Level(StrEnum):
    """An error has to be put right; a warning has to be looked at."""

    ERROR = "error"
    WARNING = "warning"


class Check(StrEnum):
    """What was looked for."""

    UNREADABLE = "unreadable"
    UNLAWFUL = "unlawful"
    ENTITY_UNKNOWN = "entity_unknown"
    GRANTS_NOTHING = "grants_nothing"
    EVIDENCE_MISSING = "evidence_missing"
    REVIEW_OVERDUE = "review_overdue"
    REVIEW_DUE = "review_due"
    OBLIGATION_OVERDUE = "obligation_overdue"
    OBLIGATION_DUE = "obligation_due"
    ENDED = "ended"
    EXPIRING = "expiring"
    SHADOWED = "shadowed"
    OVERLAPPING = "overlapping"
    NEVER_USED = "never_used"
    LIVE_FEED_IDLE = "live_feed_idle"


# What blocks requests that the agreement was made for, or what an auditor would object to.
_GRAVE = frozenset(
    {
        Check.UNLAWFUL,
        Check.ENTITY_UNKNOWN,
        Check.EVIDENCE_MISSING,
        Check.REVIEW_OVERDUE,
        Check.OBLIGATION_OVERDUE,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One finding; `field` is the field of the agreement that it is about.

    `version` is None for one that cannot be read.
    """

    level: Level
    check: Check
    agreement_id: AgreementId
    version: int | None
    field: str
    message: str


def finding_of(agreement: Agreement, check: Check, field: str, message: str) -> Finding:
    """Return the finding with the level of its check; under what is not active nothing leaves."""
    is_grave = check in _GRAVE and agreement.status is AgreementStatus.ACTIVE
    return _finding(agreement, check, field, message, Level.ERROR if is_grave else Level.WARNING)


def warning_of(agreement: Agreement, check: Check, field: str, message: str) -> Finding:
    """Return the finding as a warning, however grave its check is."""
    return _finding(agreement, check, field, message, Level.WARNING)


def _finding(agreement: Agreement, check: Check, field: str, message: str, level: Level) -> Finding:
    return Finding(
        level=level,
        check=check,
        agreement_id=agreement.agreement_id,
        version=agreement.version,
        field=field,
        message=message,
    )


def unreadable(agreement_id: AgreementId, why: str) -> Finding:
    """Return the finding that an agreement on the books cannot be read."""
    return Finding(
        level=Level.ERROR,
        check=Check.UNREADABLE,
        agreement_id=agreement_id,
        version=None,
        field="agreement_id",
        message=f"it cannot be read ({why}), so nothing is shared under it; apply it again",
    )
