"""One thing that is wrong with an entry of a register: with a processor or a user."""

from dataclasses import dataclass
from enum import StrEnum

from streams.policy.lint.finding import Level


class RegisterCheck(StrEnum):
    """What was looked for."""

    UNREADABLE = "unreadable"
    CONTRACT_MISSING = "contract_missing"
    CLAUSE_MISSING = "clause_missing"
    REVIEW_MISSING = "review_missing"
    REVIEW_OVERDUE = "review_overdue"
    REVIEW_DUE = "review_due"
    ALSO_RECIPIENT = "also_recipient"
    NOT_AUTHORISED = "not_authorised"
    AUTHORISATION_ENDING = "authorisation_ending"
    NOT_TRAINED = "not_trained"
    REORIENTATION_OVERDUE = "reorientation_overdue"
    REORIENTATION_DUE = "reorientation_due"


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterFinding:
    """One finding about the entry `name`: a processor's or a user's id, or the key of what cannot be read."""

    level: Level
    check: RegisterCheck
    name: str
    field: str
    message: str


def error(check: RegisterCheck, name: str, field: str, message: str) -> RegisterFinding:
    """Return what has to be put right."""
    return RegisterFinding(level=Level.ERROR, check=check, name=name, field=field, message=message)


def warning(check: RegisterCheck, name: str, field: str, message: str) -> RegisterFinding:
    """Return what has to be looked at."""
    return RegisterFinding(level=Level.WARNING, check=check, name=name, field=field, message=message)


def in_order(findings: list[RegisterFinding]) -> tuple[RegisterFinding, ...]:
    """Return the findings, errors first, then by name."""
    return tuple(sorted(findings, key=lambda one: (one.level is not Level.ERROR, one.name, one.check)))
